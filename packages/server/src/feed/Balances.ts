/** What every account holds, from the journal's events alone. */
import { Account, type Event, Postings } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"

/** In ledger units of `assetId`. */
export interface Balance {
  readonly assetId: number
  available: bigint
  held: bigint
}

type Changes = Map<number, Set<number>>

export class Balances implements Postings.Poster {
  private readonly postings: Postings.Postings
  private readonly balances = new Map<number, Map<number, Balance>>()
  private changes: Changes = new Map()
  /** The most recently changed balance among those in `changes`. */
  private last: Balance | undefined
  private lastAccountId = 0

  constructor({ balances, markets }: Pick<Contents.Contents, "balances" | "markets">) {
    this.postings = new Postings.Postings(markets.map(({ market }) => market))
    for (const { accountId, assetId, available, held } of balances) {
      if (accountId >= Account.firstAccountId)
        Object.assign(this.of(accountId, assetId), { available, held })
    }
  }

  apply(event: Event.Event): void {
    this.postings.read(event, this)
  }

  post(accountId: number, assetId: number, part: Postings.BalancePart, amount: bigint): void {
    // The venue's own accounts are the other side of everything; nobody follows them here.
    if (accountId < Account.firstAccountId) return
    // Most postings come in pairs, for the two parts of one balance.
    if (accountId !== this.lastAccountId || assetId !== this.last?.assetId)
      this.change(accountId, assetId)
    this.last![part] += amount
  }

  private change(accountId: number, assetId: number): void {
    this.last = this.of(accountId, assetId)
    this.lastAccountId = accountId
    const changed = this.changes.get(accountId)
    if (changed === undefined) this.changes.set(accountId, new Set([assetId]))
    else changed.add(assetId)
  }

  /** The assets of which each account's balance has changed since the last call. */
  takeChanges(): ReadonlyMap<number, ReadonlySet<number>> {
    const changes = this.changes
    if (changes.size > 0) this.changes = new Map()
    this.last = undefined
    return changes
  }

  /** The assets the account holds. */
  balancesOf(accountId: number): Array<Readonly<Balance>> {
    return [...(this.balances.get(accountId)?.values() ?? [])].filter(
      ({ available, held }) => available !== 0n || held !== 0n
    )
  }

  private of(accountId: number, assetId: number): Balance {
    let ofAccount = this.balances.get(accountId)
    if (ofAccount === undefined) this.balances.set(accountId, (ofAccount = new Map()))
    let balance = ofAccount.get(assetId)
    if (balance === undefined)
      ofAccount.set(assetId, (balance = { assetId, available: 0n, held: 0n }))
    return balance
  }
}
