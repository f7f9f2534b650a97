/** The health of the server: what it can do, what is behind, and what has failed. */
import {
  type Health as ProjectionHealth,
  ProjectionHalted,
  type Projections
} from "@pandora-exchange/adapters-pg/Projections"
import type { HealthCheck as Check, Readiness } from "@pandora-exchange/contract/generated/server"
import { UserId } from "@pandora-exchange/core/IdentityRecords"
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import type { Exchange } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import type { FeedService, Trouble } from "./feed/Feed.ts"

/** How many commands a reader of the journal may be behind before it is reported. */
const lagMax = 20_000
/** How long the database may take to report the position of the projections. */
const answerWithin = "1 second"

export class Health {
  private readonly exchange: Exchange["Service"]
  private readonly feed: FeedService
  private readonly projections: Projections["Service"]
  private readonly users: IdentityStore["Service"] | undefined
  private readonly started = Date.now()
  private goingDown = false
  /** Open WebSocket connections. */
  connections: () => number = () => 0

  /** Without a store of users they are the host's own, and so is their health. */
  constructor(
    exchange: Exchange["Service"],
    feed: FeedService,
    projections: Projections["Service"],
    users?: IdentityStore["Service"]
  ) {
    this.exchange = exchange
    this.feed = feed
    this.projections = projections
    this.users = users
  }

  shutDown(): void {
    this.goingDown = true
  }

  /** `notReady`: no orders are accepted. `degraded`: they are, but something else is wrong. */
  readonly look: Effect.Effect<Readiness> = Effect.suspend(() =>
    Effect.gen({ self: this }, function* () {
      const { clockLeapMs, condition, durableSequence, waiting } = yield* this.exchange.status
      const checks: Array<Check> = [
        {
          name: "venue",
          status: condition === "running" ? "ok" : "failed",
          detail: venueDetails[condition]
        },
        clockLeapMs === 0
          ? { name: "clock", status: "ok", detail: "the venue's time follows the clock" }
          : {
              name: "clock",
              status: "degraded",
              detail: `the clock leapt ahead by ${clockLeapMs} ms and waits for an operator's word`
            },
        this.stream(durableSequence),
        ...(yield* this.history(durableSequence)),
        ...(this.users === undefined ? [] : [yield* this.identity(this.users)])
      ]
      if (waiting > 0)
        checks.push({ name: "inbox", status: "ok", detail: `${waiting} commands wait` })
      return {
        status: this.statusOf(checks),
        checks,
        durableSequence,
        uptimeMs: Date.now() - this.started
      }
    })
  )

  private stream(durableSequence: number): Check {
    const trouble = this.feed.trouble()
    if (trouble !== undefined)
      return { name: "stream", status: "degraded", detail: streamDetails[trouble] }
    return following(
      "stream",
      durableSequence - this.feed.position(),
      `; ${this.connections()} connections`
    )
  }

  /**
   * A projection refused by the database shows that the books do not add up: nothing may be
   * withdrawn until they do.
   */
  private history(durableSequence: number): Effect.Effect<ReadonlyArray<Check>> {
    return Effect.gen({ self: this }, function* () {
      const halted = (yield* this.projections.health).filter(
        ({ condition }) => condition === "halted"
      )
      if (halted.length > 0) {
        const detail = halted.map(reasonOf).join("; ")
        const checks: ReadonlyArray<Check> = [
          { name: "history", status: "degraded", detail },
          {
            name: "withdrawals",
            status: "degraded",
            detail: `frozen until the history goes on: ${detail}`
          }
        ]
        return checks
      }
      const { ledger, trading } = yield* this.projections.positions
      return [following("history", durableSequence - Math.min(ledger, trading))]
    }).pipe(
      Effect.timeout(answerWithin),
      Effect.orElseSucceed(() => [unanswered])
    )
  }

  /** If nobody can be authenticated, nobody can place an order. */
  private identity(users: IdentityStore["Service"]): Effect.Effect<Check> {
    return users.user(nobody).pipe(
      Effect.timeout(answerWithin),
      Effect.match({
        onSuccess: (): Check => ({
          name: "identity",
          status: "ok",
          detail: "recognises its users"
        }),
        onFailure: () => ({
          name: "identity",
          status: "failed",
          detail:
            "its database does not answer at the moment; nobody can be recognised until it does"
        })
      })
    )
  }

  private statusOf(checks: ReadonlyArray<Check>): Readiness["status"] {
    if (this.goingDown) return "shuttingDown"
    if (checks.some(({ status }) => status === "failed")) return "notReady"
    return checks.every(({ status }) => status === "ok") ? "ready" : "degraded"
  }
}

const nobody = UserId("usr_nobody")

const venueDetails = {
  running: "takes orders",
  recovering: "is being rebuilt from its journal; orders wait",
  full: "the journal's disk is full; orders are refused until there is room",
  fenced: "another process leads this exchange now; stop this one",
  stopped: "has stopped and needs its operator; the log says why",
  closed: "is closed"
} as const

const streamDetails: Readonly<Record<Trouble, string>> = {
  unreadable: "the journal cannot be read at the moment; it is tried again",
  bug: "stands still because of a bug; the log says which"
}

const following = (name: string, behind: number, more = ""): Check =>
  behind > lagMax
    ? { name, status: "degraded", detail: `${behind} commands behind the venue` }
    : { name, status: "ok", detail: `follows the venue${more}` }

const reasonOf = ({ cause, projection }: ProjectionHealth): string =>
  cause instanceof ProjectionHalted
    ? `the projection ${projection} halted before command ${cause.sequence}; the log says why`
    : `the projection ${projection} halted; the log says why`

const unanswered: Check = {
  name: "history",
  status: "degraded",
  detail: "its database does not answer at the moment; it is asked again"
}
