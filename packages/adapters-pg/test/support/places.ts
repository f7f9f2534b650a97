/** Databases for running contract suites, with the faults the suites need. */
import type { PgClient } from "@effect/sql-pg"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Schedule, Scope } from "effect"
import { afterAll } from "vitest"
import { Reactivity } from "effect/reactivity"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as EmbeddedDatabase from "../../src/EmbeddedDatabase.ts"
import { embeddedClient } from "../../src/internal/embeddedClient.ts"
import * as Migrations from "../../src/internal/Migrations.ts"
import * as PgDatabase from "../../src/PgDatabase.ts"
import * as Postgres from "./Postgres.ts"
import { prepareFolder } from "./preparedFolder.ts"

export interface Place {
  /** As a starting process opens it. */
  readonly database: Layer.Layer<PgDatabase.PgDatabase, unknown>
  /** Tampers with it through a session of its own. */
  readonly meddle: <A>(
    use: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>
  ) => Effect.Effect<A>
}

/** A folder that is deleted with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "pandora-test-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

/** A new database on the server. */
export const onServer: Effect.Effect<Place & { readonly url: string }> = Effect.map(
  Postgres.emptyDatabase,
  (url) => ({
    url,
    database: PgDatabase.layer({ url }),
    meddle: (use) => Effect.orDie(Effect.scoped(Effect.flatMap(Postgres.connect(url), use)))
  })
)

/** Opens a place for as long as the test file runs. */
export const forThisFile = async <A>(place: Effect.Effect<A, unknown, Scope.Scope>): Promise<A> => {
  const scope = Scope.makeUnsafe()
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return Effect.runPromise(Scope.provide(place, scope))
}

/** In memory, for as long as the test file runs. */
export const inMemory: Effect.Effect<Place, unknown, Scope.Scope> = Effect.map(
  Layer.build(EmbeddedDatabase.layer()),
  (context) => {
    const database = Layer.succeedContext(context)
    const { sql } = Context.get(context, PgDatabase.PgDatabase)
    return { database, meddle: (use) => Effect.orDie(use(sql)) }
  }
)

const preparedFolder = Effect.tap(temporaryFolder, (folder) =>
  Effect.promise(() => prepareFolder(folder))
)

/** Without tables until the database is opened. */
export const emptyEmbedded: Effect.Effect<Place, unknown, Scope.Scope> = Effect.gen(function* () {
  const sql = yield* Effect.provide(embeddedClient(yield* preparedFolder), Reactivity.layer)
  return {
    database: Layer.effect(
      PgDatabase.PgDatabase,
      Effect.as(Migrations.run(sql), { sql, session: () => Effect.succeed(sql) })
    ),
    meddle: (use) => Effect.orDie(use(sql))
  }
})

/** In a folder that is reopened each time. */
export const inFolder: Effect.Effect<Place & { readonly folder: string }, never, Scope.Scope> =
  Effect.map(preparedFolder, (folder) => {
    let open: PgClient.PgClient | undefined
    const database = Layer.effect(
      PgDatabase.PgDatabase,
      Effect.gen(function* () {
        const context = yield* Layer.build(EmbeddedDatabase.layer({ folder }))
        const service = Context.get(context, PgDatabase.PgDatabase)
        open = service.sql
        yield* Effect.addFinalizer(() => Effect.sync(() => (open = undefined)))
        return service
      })
    )
    const withDatabase = <A>(use: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>) =>
      Effect.provide(
        Effect.flatMap(PgDatabase.PgDatabase, ({ sql }) => use(sql)),
        database,
        { local: true }
      )
    return {
      folder,
      database,
      meddle: (use) =>
        Effect.orDie(Effect.suspend(() => (open === undefined ? withDatabase(use) : use(open))))
    }
  })

const untilWithin = "20 seconds"

/** Waits for something to happen by itself. */
export const until = <E, R>(holds: Effect.Effect<boolean, E, R>) =>
  Effect.suspend(() => holds).pipe(
    Effect.repeat({ until: (held) => held, schedule: Schedule.spaced("2 millis") }),
    Effect.timeout(untilWithin)
  )

/** The server reports a full disk on inserts into the table, until the returned effect is run. */
export const fill = ({ meddle }: Place, table: string) =>
  meddle((sql) =>
    Effect.gen(function* () {
      yield* sql.unsafe(`
        CREATE OR REPLACE FUNCTION pandora.disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END $$`)
      yield* sql.unsafe(`
        CREATE TRIGGER disk_is_full BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION pandora.disk_is_full()`)
    })
  ).pipe(
    Effect.as(meddle((sql) => Effect.asVoid(sql.unsafe(`DROP TRIGGER disk_is_full ON ${table}`))))
  )

/** Anything that needs the table waits until the returned effect is run. */
export const hang = (
  url: string,
  table: string
): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.orDie(
    Effect.gen(function* () {
      const sql = yield* Postgres.connect(url)
      yield* sql`BEGIN`
      yield* sql.unsafe(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
      return Effect.orDie(Effect.asVoid(sql`ROLLBACK`))
    })
  )

/**
 * The only session of an embedded database is in a transaction until the returned effect is run.
 */
export const occupy = ({ meddle }: Place): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const over = yield* Deferred.make<void>()
    const transaction = Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(over))
    const fiber = yield* Effect.forkScoped(meddle((sql) => sql.withTransaction(transaction)))
    yield* Deferred.await(begun)
    return Effect.andThen(Deferred.succeed(over, undefined), Fiber.join(fiber))
  })

/** Runs statements that the tables' triggers would refuse. */
export const unguarded = <A>(
  { meddle }: Place,
  use: (sql: PgClient.PgClient) => Effect.Effect<A, unknown>
) =>
  meddle((sql) =>
    sql.withTransaction(Effect.andThen(sql`SET LOCAL session_replication_role = replica`, use(sql)))
  )
