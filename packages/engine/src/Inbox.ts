/**
 * Commands that wait for the sequencer, in their binary form, oldest first. Bounded: what does not
 * fit is refused at once.
 */
import { Command, Layout } from "@pandora-exchange/core"
import type { SubmitError } from "./SubmitError.ts"

/** Told once, when the command's batch is durable or will never be. */
export interface Waiter {
  /** The command's own events stand in `view` from `from` to `to`, for the time of this call. */
  readonly answered: (view: DataView, from: number, to: number, sequence: number) => void
  readonly failed: (error: SubmitError) => void
}

/**
 * Room that only cancels and operators' commands may use: what makes an overloaded venue safer gets
 * through.
 */
const reservedShare = 8

const trades: ReadonlyArray<number> = [Command.PlaceOrder.code, Command.AmendOrder.code]

export class Inbox {
  private readonly commandsMax: number
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  private readonly ends: Array<number> = []
  private readonly waiters: Array<Waiter | undefined> = []
  /** The first command that waits: its place in the lists, and where its bytes begin. */
  private first = 0
  private firstAt = 0
  private at = 0

  constructor(commandsMax: number) {
    this.commandsMax = commandsMax
  }

  get size(): number {
    return this.ends.length - this.first
  }

  /**
   * Encodes a command behind the others, or returns false when there is no room for one of its
   * kind. Throws `MalformedRecord` and takes nothing when it cannot be encoded.
   */
  add(
    command: Command.Command,
    requestKey: Command.RequestKey | undefined,
    waiter: Waiter | undefined
  ): boolean {
    if (this.at + 2 * Layout.recordBytesMax > this.bytes.length) this.makeRoom()
    return this.take(Command.encode(this.view, this.at, command, requestKey), waiter)
  }

  /** The same for a command and its request key in their binary form. */
  addBytes(command: Uint8Array, waiter: Waiter): boolean {
    if (this.at + 2 * Layout.recordBytesMax > this.bytes.length) this.makeRoom()
    this.bytes.set(command, this.at)
    return this.take(this.at + command.length, waiter)
  }

  /** What was written up to `end` is a command that waits, if there is room. */
  private take(end: number, waiter: Waiter | undefined): boolean {
    const reserved = trades.includes(Layout.codeAt(this.view, this.at))
      ? this.commandsMax / reservedShare
      : 0
    if (this.size >= this.commandsMax - reserved) return false
    this.at = end
    this.ends.push(end)
    this.waiters.push(waiter)
    return true
  }

  /** Moves what waits to the front, into a larger buffer if it takes more than half of this one. */
  private makeRoom(): void {
    const waiting = this.bytes.subarray(this.firstAt, this.at)
    const bytes = new Uint8Array(
      waiting.length * 2 > this.bytes.length ? this.bytes.length * 2 : this.bytes.length
    )
    bytes.set(waiting)
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
    for (let i = this.first; i < this.ends.length; i++) this.ends[i]! -= this.firstAt
    this.at -= this.firstAt
    this.firstAt = 0
    this.ends.splice(0, this.first)
    this.waiters.splice(0, this.first)
    this.first = 0
  }

  /** Hands the oldest command's bytes to `take` and forgets it. */
  shift(
    take: (bytes: Uint8Array, from: number, to: number, waiter: Waiter | undefined) => void
  ): void {
    const index = this.first++
    const from = this.firstAt
    const to = this.ends[index]!
    const waiter = this.waiters[index]
    this.waiters[index] = undefined
    this.firstAt = to
    take(this.bytes, from, to, waiter)
    if (this.size > 0) return
    this.ends.length = 0
    this.waiters.length = 0
    this.first = this.firstAt = this.at = 0
  }
}
