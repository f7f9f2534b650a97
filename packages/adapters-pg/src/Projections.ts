/**
 * Followers of the journal that store its events in tables: accounts, balances and ledger entries,
 * orders and trades.
 *
 * The position of a projection is a row that changes in the same transaction as its tables. Every
 * command therefore counts exactly once, whatever fails and however many followers there are. If
 * the database refuses a command, the projection halts just before it. The command is never
 * skipped; following again tries it again.
 */
import type { Sequence } from "@pandora-exchange/core/Ids"
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import { Context, type Duration, Effect, Layer, Result, Schedule, Schema } from "effect"
import type { SqlError } from "effect/sql"
import * as Following from "./internal/Following.ts"
import { positionsOf } from "./internal/Positions.ts"
import { problemOf } from "./internal/SqlFailure.ts"
import { venueIdOf, type VenueOptions } from "./internal/venueIdOf.ts"
import { PgDatabase } from "./PgDatabase.ts"
import { Ledger } from "./projections/Ledger.ts"
import { type Projection, type ProjectionName, projectionNames } from "./projections/Projection.ts"
import { Trading } from "./projections/Trading.ts"

/**
 * The tables refuse the command `sequence`, or the journal is not the one that was followed before.
 * An operator has to decide.
 */
export class ProjectionHalted extends Schema.TaggedError<ProjectionHalted>()("ProjectionHalted", {
  projection: Schema.Literals(projectionNames),
  /** The first command that is not stored. */
  sequence: Schema.Number,
  problem: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The projection ${this.projection} halted before command ${this.sequence} (${this.problem}). Everything stored so far is correct. Remove the cause and start following again.`
  }
}

/**
 * `waiting`: the database or the journal does not answer, and is tried again. `halted`: until
 * `follow` is called again.
 */
export type Condition = "idle" | "following" | "waiting" | "halted"

export interface Health {
  readonly projection: ProjectionName
  readonly condition: Condition
  /** The reason for `waiting` or `halted`. */
  readonly cause: unknown
}

export type Read = Journal["Service"]["read"]

export class Projections extends Context.Service<
  Projections,
  {
    /**
     * Stores what `read` returns, and reads again whenever it ends. Waits for whatever does not
     * answer. Runs until every projection has halted; a halted one does not stop the others.
     */
    readonly follow: (read: Read) => Effect.Effect<never, ProjectionHalted>
    /** Stores what `read` returns until it ends. */
    readonly catchUp: (read: Read) => Effect.Effect<void, ProjectionHalted>
    /**
     * Deletes the rows of one projection, or of all, and rebuilds them from `read`. Followers may
     * keep running.
     */
    readonly rebuild: (
      read: Read,
      projection?: ProjectionName
    ) => Effect.Effect<void, ProjectionHalted>
    readonly health: Effect.Effect<ReadonlyArray<Health>>
    /** The last command that each projection has stored. */
    readonly positions: Effect.Effect<Readonly<Record<ProjectionName, Sequence>>, SqlError.SqlError>
  }
>()("@pandora-exchange/adapters-pg/Projections") {}

export interface Options extends VenueOptions {
  /** The pause before `follow` reads again after a read has ended. Default: 50 ms. */
  readonly pause?: Duration.Input | undefined
}

export const layer = (options: Options = {}): Layer.Layer<Projections, never, PgDatabase> =>
  Layer.effect(Projections, make(options))

const all: ReadonlyArray<Projection> = [Ledger, Trading]
const pauseDefault = "50 millis"
const retryPauseMsMin = 100
const retryPauseMsMax = 5_000

/** Temporary failures in a row, since something was last stored. */
interface Failures {
  count: number
}

/** The pauses grow with each failure, without limit on the number of attempts. */
const pausesAfter = (failures: Failures) =>
  Schedule.jittered(
    Schedule.addDelay(Schedule.forever, () =>
      Effect.sync(() => Math.min(retryPauseMsMax, retryPauseMsMin * 2 ** failures.count++))
    )
  )

const make = Effect.fnUntraced(function* ({ pause = pauseDefault, ...options }: Options) {
  const venueId = venueIdOf(options)
  const { sql } = yield* PgDatabase
  const states = new Map<ProjectionName, Health>(
    projectionNames.map((projection) => [
      projection,
      { projection, condition: "idle", cause: undefined }
    ])
  )
  const become = (projection: ProjectionName, condition: Condition, cause?: unknown) =>
    Effect.sync(() => states.set(projection, { projection, condition, cause }))

  /** One read, from the position of the projection to the end. */
  const pass = (projection: Projection, read: Read) => {
    const { name } = projection
    const failures: Failures = { count: 0 }
    const onStored = () => {
      failures.count = 0
    }
    return Effect.andThen(
      become(name, "following"),
      Following.follow({ sql, venueId, projection, onStored }, read)
    ).pipe(
      Effect.as(undefined),
      Effect.catchTag("Refused", (refused) => Effect.succeed(refused)),
      Effect.tapError((error) => become(name, "waiting", error)),
      Effect.retry(pausesAfter(failures)),
      Effect.orDie, // It does not come to that: the schedule has no end.
      Effect.flatMap((refused) => (refused === undefined ? Effect.void : halt(name, refused))),
      Effect.withSpan("Projections.pass", { attributes: { projection: name } })
    )
  }

  const halt = Effect.fnUntraced(function* (
    projection: ProjectionName,
    { cause, sequence }: Following.Refused
  ) {
    const halted = new ProjectionHalted({ projection, sequence, problem: problemOf(cause), cause })
    yield* become(projection, "halted", halted)
    yield* Effect.logError(halted.message)
    return yield* halted
  })

  /**
   * Runs for each projection. One that halts does not stop the others, and is reported once they
   * are done.
   */
  const each = <A>(
    projections: ReadonlyArray<Projection>,
    run: (projection: Projection) => Effect.Effect<A, ProjectionHalted>
  ) =>
    Effect.gen(function* () {
      const results = yield* Effect.forEach(
        projections,
        (projection) => Effect.result(run(projection)),
        {
          concurrency: "unbounded"
        }
      )
      for (const result of results) if (Result.isFailure(result)) return yield* result.failure
    })

  const idle = ({ name }: Projection) => become(name, "idle")
  const catchUp = (projections: ReadonlyArray<Projection>, read: Read) =>
    each(projections, (projection) => Effect.andThen(pass(projection, read), idle(projection)))

  return Projections.of({
    follow: (read) =>
      each(all, (projection) =>
        Effect.forever(Effect.andThen(pass(projection, read), Effect.sleep(pause)))
      ).pipe(Effect.andThen(Effect.never)),
    catchUp: (read) => catchUp(all, read),
    rebuild: (read, name) => {
      const chosen = all.filter((projection) => name === undefined || projection.name === name)
      return Effect.andThen(
        Effect.forEach(chosen, (projection) =>
          Effect.orDie(
            Effect.retry(Following.forget({ sql, venueId, projection }), pausesAfter({ count: 0 }))
          )
        ),
        catchUp(chosen, read)
      )
    },
    health: Effect.sync(() => [...states.values()]),
    positions: positionsOf(sql, venueId)
  })
})
