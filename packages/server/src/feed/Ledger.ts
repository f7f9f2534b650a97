/** What every account has, and each change of it, from the journal's events alone. Events carry every amount they move. */
import { Account, type Event } from "@pandora-exchange/core"
import type { entryKinds } from "@pandora-exchange/client/api/Accounts"
import type { JournalEntry } from "@pandora-exchange/sdk"
import type { Directory } from "./Directory.ts"
import { Recent } from "./Recent.ts"

type Kind = (typeof entryKinds)[number]

/** In ledger units of `assetId`. */
export interface Posting {
  readonly sequence: number
  /** Counts the postings of this command. */
  readonly index: number
  readonly time: number
  readonly accountId: number
  readonly assetId: number
  readonly kind: Kind
  readonly available: bigint
  readonly held: bigint
  readonly availableBalance: bigint
  readonly heldBalance: bigint
  readonly orderId?: number
  readonly tradeId?: number
  readonly marketId?: number
  readonly holdId?: number
}

interface Balance {
  available: bigint
  held: bigint
}

type About = Pick<Posting, "orderId" | "tradeId" | "marketId" | "holdId">

export class Ledger {
  private readonly directory: Directory
  private readonly balances = new Map<number, Map<number, Balance>>()
  private readonly postings = new Map<number, Recent<Posting>>()
  private readonly keptPerAccount: number
  private sequence = 0
  private time = 0
  private index = 0
  /** The postings of the last command. */
  last: Array<Posting> = []

  constructor(directory: Directory, keptPerAccount: number) {
    this.directory = directory
    this.keptPerAccount = keptPerAccount
  }

  begin({ sequence, time }: JournalEntry): void {
    this.sequence = sequence
    this.time = time
    this.index = 0
    this.last = []
  }

  apply(event: Event.Event): void {
    switch (event._tag) {
      case "Credited":
        return this.post(event.accountId, event.assetId, "credit", event.amount, 0n, {})
      case "Reversed":
        return this.post(event.accountId, event.assetId, "reversal", -event.fromAvailable, 0n, {})
      case "Transferred":
        this.post(event.accountId, event.assetId, "transfer", -event.amount, 0n, {})
        return this.post(event.receiverId, event.assetId, "transfer", event.amount, 0n, {})
      case "Held":
        return this.post(event.accountId, event.assetId, "held", -event.amount, event.amount, { holdId: event.holdId })
      case "HoldSettled": {
        const { accountId, amount, assetId, fee, holdId } = event
        return this.post(accountId, assetId, "settled", 0n, -(amount + fee), { holdId })
      }
      case "HoldReleased": {
        const { accountId, amount, assetId, holdId } = event
        return this.post(accountId, assetId, "released", amount, -amount, { holdId })
      }
      case "OrderAccepted":
        return this.holdFor(event, event.held)
      case "OrderAmended":
        return this.holdFor(event, event.held - event.oldHeld)
      case "OrderEnded":
        return this.holdFor(event, -event.released)
      case "Trade":
        return this.trade(event)
    }
  }

  private holdFor(
    { accountId, marketId, orderId, side }: Event.EventOf<"OrderAccepted" | "OrderAmended" | "OrderEnded">,
    amount: bigint
  ): void {
    const { base, quote } = this.directory.termsOf(marketId)
    const { assetId } = side === "buy" ? quote : base
    const kind = amount > 0n ? "orderHeld" : "orderReleased"
    this.post(accountId, assetId, kind, -amount, amount, { orderId, marketId })
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const { baseUnits, buyerHeld, marketId, quoteUnits, takerSide, tradeId } = event
    const { base, quote } = this.directory.termsOf(marketId)
    const maker = { account: event.makerAccountId, orderId: event.makerOrderId, fee: event.makerFee }
    const taker = { account: event.takerAccountId, orderId: event.takerOrderId, fee: event.takerFee }
    const [buyer, seller] = takerSide === "buy" ? [taker, maker] : [maker, taker]
    const bought = { orderId: buyer.orderId, tradeId, marketId }
    const sold = { orderId: seller.orderId, tradeId, marketId }
    this.post(buyer.account, quote.assetId, "trade", buyerHeld - quoteUnits, -buyerHeld, bought)
    this.post(buyer.account, base.assetId, "trade", baseUnits, 0n, bought)
    this.post(buyer.account, base.assetId, "fee", -buyer.fee, 0n, bought)
    this.post(seller.account, base.assetId, "trade", 0n, -baseUnits, sold)
    this.post(seller.account, quote.assetId, "trade", quoteUnits, 0n, sold)
    this.post(seller.account, quote.assetId, "fee", -seller.fee, 0n, sold)
  }

  private post(accountId: number, assetId: number, kind: Kind, available: bigint, held: bigint, about: About): void {
    // The venue's own accounts are on the other side of everything; nobody asks for their history here.
    if ((available === 0n && held === 0n) || accountId < Account.firstAccountId) return
    const balance = this.balanceOf(accountId, assetId)
    balance.available += available
    balance.held += held
    const posting: Posting = {
      ...about,
      sequence: this.sequence,
      index: this.index++,
      time: this.time,
      accountId,
      assetId,
      kind,
      available,
      held,
      availableBalance: balance.available,
      heldBalance: balance.held
    }
    this.last.push(posting)
    this.postingsOf(accountId).push(posting)
  }

  /** Oldest first. */
  postingsOf(accountId: number): Recent<Posting> {
    let found = this.postings.get(accountId)
    if (found === undefined) this.postings.set(accountId, (found = new Recent(this.keptPerAccount)))
    return found
  }

  /** The assets of which the account has something. */
  balancesOf(
    accountId: number
  ): Array<{ readonly assetId: number; readonly available: bigint; readonly held: bigint }> {
    const found = [...(this.balances.get(accountId) ?? [])]
    return found.flatMap(([assetId, { available, held }]) =>
      available === 0n && held === 0n ? [] : [{ assetId, available, held }]
    )
  }

  private balanceOf(accountId: number, assetId: number): Balance {
    let ofAccount = this.balances.get(accountId)
    if (ofAccount === undefined) this.balances.set(accountId, (ofAccount = new Map()))
    let balance = ofAccount.get(assetId)
    if (balance === undefined) ofAccount.set(assetId, (balance = { available: 0n, held: 0n }))
    return balance
  }
}
