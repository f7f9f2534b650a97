/** How the server is: what it can do, what is late, and what has failed. */
import type { Check } from "@pandora-exchange/client/api/Health"
import type { Exchange } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import type { FeedService } from "./feed/Feed.ts"
import type { HistoryService } from "./History.ts"

type Check = typeof Check.Type

export interface Look {
  readonly status: "ready" | "degraded" | "notReady" | "shuttingDown"
  readonly checks: ReadonlyArray<Check>
  readonly durableSequence: number
  readonly uptimeMs: number
}

/** Commands that a reader of the journal may be behind before that is worth a word. */
const lagMax = 20_000

export class Health {
  private readonly exchange: Exchange["Service"]
  private readonly feed: FeedService
  private readonly history: HistoryService
  private readonly started = Date.now()
  private goingDown = false
  /** Open WebSocket connections. */
  connections: () => number = () => 0

  constructor(exchange: Exchange["Service"], feed: FeedService, history: HistoryService) {
    this.exchange = exchange
    this.feed = feed
    this.history = history
  }

  shutDown(): void {
    this.goingDown = true
  }

  /** `notReady`: no orders are taken. `degraded`: they are, and something else is not as it should be. */
  readonly look: Effect.Effect<Look> = Effect.suspend(() =>
    Effect.map(Effect.all([this.exchange.status, this.history.position]), ([status, historyAt]) => {
      const { clockLeapMs, condition, durableSequence, waiting } = status
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
        this.reader("stream", durableSequence - this.feed.position(), `; ${this.connections()} connections`),
        this.reader("history", durableSequence - historyAt)
      ]
      if (waiting > 0) checks.push({ name: "inbox", status: "ok", detail: `${waiting} commands wait` })
      return {
        status: this.statusOf(checks),
        checks,
        durableSequence,
        uptimeMs: Date.now() - this.started
      }
    })
  )

  private reader(name: string, behind: number, more = ""): Check {
    if (this.feed.trouble() !== undefined) {
      return { name, status: "degraded", detail: "the journal cannot be read at the moment; it is tried again" }
    }
    return behind > lagMax
      ? { name, status: "degraded", detail: `${behind} commands behind the venue` }
      : { name, status: "ok", detail: `follows the venue${more}` }
  }

  private statusOf(checks: ReadonlyArray<Check>): Look["status"] {
    if (this.goingDown) return "shuttingDown"
    if (checks.some(({ status }) => status === "failed")) return "notReady"
    return checks.every(({ status }) => status === "ok") ? "ready" : "degraded"
  }
}

const venueDetails = {
  running: "takes orders",
  recovering: "is being rebuilt from its journal; orders wait",
  full: "the journal's disk is full; orders are refused until there is room",
  fenced: "another process leads this exchange now; stop this one",
  stopped: "has stopped and needs its operator; the log says why",
  closed: "is closed"
} as const
