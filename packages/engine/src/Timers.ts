/** Accounts whose orders are cancelled unless they say otherwise in time. By index of account. */
import { type Dated, Deadlines } from "./Deadlines.ts"

export class Timers implements Dated {
  /** When each running timer comes. */
  readonly running = new Map<number, number>()
  private readonly places = new Map<number, number>()
  private readonly due = new Deadlines(this)

  get size(): number {
    return this.due.size
  }

  /** The account whose timer comes first, or 0. */
  first(): number {
    return this.due.first()
  }

  set(account: number, deadline: number): void {
    this.stop(account)
    this.running.set(account, deadline)
    this.due.add(account)
  }

  stop(account: number): void {
    if (!this.running.has(account)) return
    this.due.remove(account)
    this.running.delete(account)
    this.places.delete(account)
  }

  id(account: number): number {
    return account
  }
  deadline(account: number): number {
    return this.running.get(account)!
  }
  deadlineIndex(account: number): number {
    return this.places.get(account)!
  }
  setDeadlineIndex(account: number, index: number): void {
    this.places.set(account, index)
  }
}
