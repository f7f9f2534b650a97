/** Whether the venue accepts commands, and why not. */
import { Unavailable } from "./SubmitError.ts"
import type { VenueClock } from "./VenueClock.ts"

/**
 * `running`; `recovering`: commands wait; `full`: the journal has no space and commands are refused
 * for a while; `fenced`, `stopped`: permanent, `cause` says why; `closed`.
 */
export type Condition = "running" | "recovering" | "full" | "fenced" | "stopped" | "closed"

export type FinalCondition = "fenced" | "stopped" | "closed"

/**
 * How long commands are refused after the journal was full: longer each time, since every attempt
 * may cost a recovery.
 */
const fullPauseMs = 1_000
const fullPauseMsMax = 30_000

/** Why a command is refused in each condition. During recovery commands wait in the inbox. */
const refusals = {
  running: undefined,
  recovering: undefined,
  full: "JournalFull",
  fenced: "NotLeader",
  stopped: "Stopped",
  closed: "Closed"
} as const satisfies Readonly<Record<Condition, Unavailable["reason"] | undefined>>

/** Why a command is refused permanently. */
export const finalRefusal = (condition: FinalCondition): Unavailable =>
  new Unavailable({ reason: refusals[condition] })

export class Availability {
  condition: Condition = "running"
  /** Why it is not running. */
  cause: unknown = undefined
  /** No more commands are accepted; waiting ones are still executed. */
  closing = false
  private pausedUntilMs = 0
  private fullPause = fullPauseMs
  private readonly clock: VenueClock

  constructor(clock: VenueClock) {
    this.clock = clock
  }

  /** Why a command is refused now. An expired pause ends here. */
  refusal(): Unavailable | undefined {
    if (this.condition === "full" && !this.isPaused) this.condition = "running"
    const reason = this.closing ? "Closed" : refusals[this.condition]
    return reason === undefined ? undefined : new Unavailable({ reason })
  }

  /** After the journal was full, until it is tried again. */
  get isPaused(): boolean {
    return this.pausedForMs > 0
  }

  get pausedForMs(): number {
    return this.condition === "full" ? this.pausedUntilMs - this.clock.monotonicMs() : 0
  }

  get isOver(): boolean {
    return this.isFailed || this.condition === "closed"
  }

  get isFailed(): boolean {
    return this.condition === "fenced" || this.condition === "stopped"
  }

  set(condition: Condition, cause: unknown): void {
    this.condition = condition
    this.cause = cause
  }

  pauseFull(cause: unknown): void {
    this.set("full", cause)
    this.pausedUntilMs = this.clock.monotonicMs() + this.fullPause
    this.fullPause = Math.min(2 * this.fullPause, fullPauseMsMax)
  }

  /** The journal has space again: the next pause is a short one. */
  hasRoom(): void {
    this.fullPause = fullPauseMs
  }
}
