/**
 * Recently used idempotency keys, with their requests and answers. `docs/concepts/venue-rules.md`,
 * "Asking again".
 */
import { IdempotencyKey } from "@pandora-exchange/core"
import type { Limits } from "./Limits.ts"

export interface RememberedKey {
  /** Account and key, as used in the map. */
  readonly name: string
  readonly account: number
  readonly madeAt: number
  readonly rememberedAt: number
  readonly sequence: number
  /** The command's record and, from `answerAt`, its events. */
  readonly bytes: Uint8Array
  readonly answerAt: number
  /** The neighbours in the order of remembering. */
  previous: RememberedKey | undefined
  next: RememberedKey | undefined
  nextOfAccount: RememberedKey | undefined
}

interface AccountKeys {
  count: number
  first: RememberedKey | undefined
  last: RememberedKey | undefined
  /** Keys created at or before this time are refused. */
  horizon: number
}

export class KeyMemory {
  private readonly limits: Limits
  /** In the order in which they were remembered. */
  readonly keys = new Map<string, RememberedKey>()
  readonly accounts = new Map<number, AccountKeys>()
  /**
   * Linked, since an iterator of a `Map` that begins has to pass every place at its front from
   * which something was deleted: with a million keys that takes longer than a thousand commands.
   */
  private first: RememberedKey | undefined
  private last: RememberedKey | undefined

  constructor(limits: Limits) {
    this.limits = limits
  }

  find(name: string): RememberedKey | undefined {
    return this.keys.get(name)
  }

  /** Drops keys older than a day, up to the limit per command. */
  dropOld(time: number): void {
    for (let dropped = 0; dropped < this.limits.keyDropsPerCommandMax; dropped++) {
      const { first } = this
      if (first === undefined || first.rememberedAt > time - IdempotencyKey.windowMs) return
      this.drop(first)
    }
  }

  refusal(account: number, madeAt: number, time: number): "KeyExpired" | "KeyInFuture" | undefined {
    const horizon = this.accounts.get(account)?.horizon ?? 0
    if (madeAt <= Math.max(horizon, time - IdempotencyKey.windowMs)) return "KeyExpired"
    return madeAt > time + IdempotencyKey.aheadMsMax ? "KeyInFuture" : undefined
  }

  remember(key: RememberedKey): void {
    const account = this.accountOf(key.account)
    if (account.count >= this.limits.keysPerAccountMax) this.drop(account.first!)
    if (this.keys.size >= this.limits.keysMax) this.drop(this.first!)
    this.keys.set(key.name, key)
    key.previous = this.last
    if (this.last === undefined) this.first = key
    else this.last.next = key
    this.last = key
    account.count++
    if (account.last === undefined) account.first = key
    else account.last.nextOfAccount = key
    account.last = key
  }

  accountOf(account: number): AccountKeys {
    let keys = this.accounts.get(account)
    if (keys === undefined) {
      keys = { count: 0, first: undefined, last: undefined, horizon: 0 }
      this.accounts.set(account, keys)
    }
    return keys
  }

  /** Always the oldest of its account: both orders are the order of remembering. */
  private drop(key: RememberedKey): void {
    const account = this.accounts.get(key.account)!
    this.keys.delete(key.name)
    const { next, previous } = key
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    account.first = key.nextOfAccount
    if (account.first === undefined) account.last = undefined
    account.count--
    account.horizon = Math.max(account.horizon, key.madeAt)
  }
}

/** The 16 bytes of a key and the account as a single map key. */
export const nameOf = (account: number, view: DataView, at: number): string => {
  let name = `${account} `
  for (let i = 0; i < IdempotencyKey.keyBytes; i += 2)
    name += String.fromCharCode(view.getUint16(at + i))
  return name
}
