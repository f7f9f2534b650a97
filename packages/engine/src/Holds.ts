/** Amounts set aside, by id and by account. */
import type { Ids } from "@pandora-exchange/core"

export interface HoldState {
  readonly account: number
  readonly assetId: Ids.AssetId
  readonly amount: bigint
  readonly reference: string
}

export class Holds {
  private readonly byId = new Map<number, HoldState>()
  private readonly byAccount = new Map<number, Set<number>>()

  get size(): number {
    return this.byId.size
  }

  get(holdId: number): HoldState | undefined {
    return this.byId.get(holdId)
  }

  /** Oldest first. */
  [Symbol.iterator](): MapIterator<[number, HoldState]> {
    return this.byId.entries()
  }

  /** The holds of one account, oldest first. */
  of(account: number): ReadonlyArray<readonly [number, HoldState]> {
    return [...(this.byAccount.get(account) ?? [])].map((holdId) => [
      holdId,
      this.byId.get(holdId)!
    ])
  }

  add(holdId: number, hold: HoldState): void {
    this.byId.set(holdId, hold)
    const own = this.byAccount.get(hold.account)
    if (own === undefined) this.byAccount.set(hold.account, new Set([holdId]))
    else own.add(holdId)
  }

  end(holdId: number): void {
    const { account } = this.byId.get(holdId)!
    const own = this.byAccount.get(account)!
    this.byId.delete(holdId)
    own.delete(holdId)
    if (own.size === 0) this.byAccount.delete(account)
  }
}
