/** What happened, in order: its hash distinguishes runs, and its end explains a failure. */
import { createHash } from "node:crypto"
import type { EventLoop } from "./EventLoop.ts"

const linesKept = 40

export class Trace {
  readonly last: Array<string> = []
  /** The first thing that was wrong. */
  failure: string | undefined
  private readonly hash = createHash("sha256")
  private readonly loop: EventLoop

  constructor(loop: EventLoop) {
    this.loop = loop
  }

  add(what: string): void {
    const line = `${this.loop.nowMs.toFixed(3)} ${what}`
    this.hash.update(line).update("\n")
    this.last.push(line)
    if (this.last.length > linesKept) this.last.shift()
  }

  fail(what: string): void {
    if (this.failure !== undefined) return
    this.failure = what
    this.add(`FAILED ${what}`)
  }

  /** Runs a check in a place where an exception would be attributed to the sequencer. */
  checked(check: () => void): void {
    try {
      check()
    } catch (cause) {
      this.fail(cause instanceof Error ? cause.message : String(cause))
    }
  }

  digest(): string {
    return this.hash.copy().digest("hex")
  }
}
