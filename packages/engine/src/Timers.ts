/**
 * Accounts whose orders are cancelled unless the command is repeated in time. By index of account.
 */
import { type Dated, Deadlines } from "./Deadlines.ts"

export class Timers implements Dated {
  private readonly places = new Map<number, number>()
  private readonly due = new Deadlines(this)

  get size(): number {
    return this.due.size
  }

  /** Accounts with a running timer. */
  get running(): MapIterator<number> {
    return this.places.keys()
  }

  /** The account whose timer fires first, or 0. */
  first(): number {
    return this.due.first()
  }

  /** When the first timer fires; infinite if none is running. */
  firstTime(): number {
    return this.due.firstTime()
  }

  /** When the account's timer fires, if it has one. */
  timeOf(account: number): number | undefined {
    return this.places.has(account) ? this.due.timeOf(account) : undefined
  }

  set(account: number, time: number): void {
    this.stop(account)
    this.due.add(account, time)
  }

  stop(account: number): void {
    if (!this.places.has(account)) return
    this.due.remove(account)
    this.places.delete(account)
  }

  id(account: number): number {
    return account
  }
  deadlineIndex(account: number): number {
    return this.places.get(account)!
  }
  setDeadlineIndex(account: number, index: number): void {
    this.places.set(account, index)
  }
}
