/**
 * Commands waiting for the sequencer, in binary form, oldest first. Bounded: whatever does not fit
 * is refused at once.
 */
import { Command, Layout } from "@pandora-exchange/core"
import type { SubmitError } from "./SubmitError.ts"

/** Called once, when the command's batch is durable or never will be. */
export interface Waiter {
  /** The command's own events are in `view` from `from` to `to`, for the duration of this call. */
  readonly answered: (view: DataView, from: number, to: number, sequence: number) => void
  readonly failed: (error: SubmitError) => void
}

/**
 * Space reserved for cancels and operators' commands, so that whatever makes an overloaded venue
 * safer gets through.
 */
const reservedShare = 8

const trades: ReadonlyArray<number> = [Command.PlaceOrder.code, Command.AmendOrder.code]

export class Inbox {
  private readonly commandsMax: number
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  private readonly ends: Array<number> = []
  private readonly waiters: Array<Waiter | undefined> = []
  /** The first waiting command: its position in the lists, and the offset of its bytes. */
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
   * Encodes a command after the others, or returns false if there is no room for one of its kind.
   * Throws `MalformedRecord`, and adds nothing, if it cannot be encoded.
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

  /** Turns the bytes written up to `end` into a waiting command, if there is room. */
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

  /**
   * Moves the waiting commands to the front, or into a larger buffer if they take more than half of
   * this one.
   */
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

  /** Passes the oldest command's bytes to `take` and removes it. */
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
