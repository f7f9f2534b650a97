/** What every account has, from the journal's events alone. Events carry every amount they move. */
import { Account, type Event } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"
import type { Directory } from "./Directory.ts"

/** In ledger units of `assetId`. */
export interface Balance {
  readonly assetId: number
  available: bigint
  held: bigint
}

type Changes = Map<number, Set<number>>

export class Balances {
  private readonly directory: Directory
  private readonly balances = new Map<number, Map<number, Balance>>()
  private changes: Changes = new Map()

  constructor(directory: Directory, standing: ReadonlyArray<Contents.Balance>) {
    this.directory = directory
    for (const { accountId, assetId, available, held } of standing) {
      if (accountId >= Account.firstAccountId) Object.assign(this.of(accountId, assetId), { available, held })
    }
  }

  apply(event: Event.Event): void {
    switch (event._tag) {
      case "Credited":
        return this.move(event.accountId, event.assetId, event.amount, 0n)
      case "Reversed":
        return this.move(event.accountId, event.assetId, -event.fromAvailable, 0n)
      case "Transferred":
        this.move(event.accountId, event.assetId, -event.amount, 0n)
        return this.move(event.receiverId, event.assetId, event.amount, 0n)
      case "Held":
        return this.move(event.accountId, event.assetId, -event.amount, event.amount)
      case "HoldSettled":
        return this.move(event.accountId, event.assetId, 0n, -(event.amount + event.fee))
      case "HoldReleased":
        return this.move(event.accountId, event.assetId, event.amount, -event.amount)
      case "OrderAccepted":
        return this.holdFor(event, event.held)
      case "OrderAmended":
      case "OrderStarted":
        return this.holdFor(event, event.held - event.oldHeld)
      case "SelfTradePrevented":
        return this.prevented(event)
      case "OrderEnded":
        return this.holdFor(event, -event.released)
      case "Trade":
        return this.trade(event)
    }
  }

  private holdFor(
    { accountId, marketId, side }: Pick<Event.EventOf<"OrderAccepted">, "accountId" | "marketId" | "side">,
    amount: bigint
  ): void {
    const { base, quote } = this.directory.termsOf(marketId)
    this.move(accountId, (side === "buy" ? quote : base).assetId, -amount, amount)
  }

  private prevented(event: Event.EventOf<"SelfTradePrevented">): void {
    const { makerAccountId, makerReleased, marketId, takerAccountId, takerReleased, takerSide } = event
    const makerSide = takerSide === "buy" ? "sell" : "buy"
    this.holdFor({ accountId: makerAccountId, marketId, side: makerSide }, -makerReleased)
    this.holdFor({ accountId: takerAccountId, marketId, side: takerSide }, -takerReleased)
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const { baseUnits, buyerHeld, marketId, quoteUnits, takerSide } = event
    const { base, quote } = this.directory.termsOf(marketId)
    const maker = { account: event.makerAccountId, fee: event.makerFee }
    const taker = { account: event.takerAccountId, fee: event.takerFee }
    const [buyer, seller] = takerSide === "buy" ? [taker, maker] : [maker, taker]
    this.move(buyer.account, quote.assetId, buyerHeld - quoteUnits, -buyerHeld)
    this.move(buyer.account, base.assetId, baseUnits - buyer.fee, 0n)
    this.move(seller.account, base.assetId, 0n, -baseUnits)
    this.move(seller.account, quote.assetId, quoteUnits - seller.fee, 0n)
  }

  private move(accountId: number, assetId: number, available: bigint, held: bigint): void {
    // The venue's own accounts are on the other side of everything; nobody follows them here.
    if ((available === 0n && held === 0n) || accountId < Account.firstAccountId) return
    const balance = this.of(accountId, assetId)
    balance.available += available
    balance.held += held
    const changed = this.changes.get(accountId)
    if (changed === undefined) this.changes.set(accountId, new Set([assetId]))
    else changed.add(assetId)
  }

  /** The assets of which each account's balance has changed since it was asked last. */
  takeChanges(): ReadonlyMap<number, ReadonlySet<number>> {
    const changes = this.changes
    if (changes.size > 0) this.changes = new Map()
    return changes
  }

  /** The assets of which the account has something. */
  balancesOf(accountId: number): Array<Readonly<Balance>> {
    return [...(this.balances.get(accountId)?.values() ?? [])].filter(
      ({ available, held }) => available !== 0n || held !== 0n
    )
  }

  private of(accountId: number, assetId: number): Balance {
    let ofAccount = this.balances.get(accountId)
    if (ofAccount === undefined) this.balances.set(accountId, (ofAccount = new Map()))
    let balance = ofAccount.get(assetId)
    if (balance === undefined) ofAccount.set(assetId, (balance = { assetId, available: 0n, held: 0n }))
    return balance
  }
}
