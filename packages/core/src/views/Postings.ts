/**
 * Money, from events alone: a posting for each amount that enters or leaves a part of a balance.
 *
 * The postings of one event add up to zero per asset. An order's postings refer to the order, a
 * hold's to the hold.
 */
import { externalAccountId, houseAccountId, receivableAccountId } from "../Account.ts"
import type { Event, EventOf } from "../Event.ts"
import type { AccountId, AssetId, MarketId, OrderId } from "../Ids.ts"
import type { Market } from "../Market.ts"
import { opposite, type Side } from "../Order.ts"
import { Contradiction } from "./Contradiction.ts"
import { type Handlers, handlerOf, nothing } from "./Handlers.ts"

/**
 * Why an amount moved. `orderHold` and `orderRelease` move it between the two parts of one balance,
 * for an order.
 */
export const postingKinds = [
  "credit",
  "reversal",
  "hold",
  "settlement",
  "release",
  "transfer",
  "orderHold",
  "orderRelease",
  "trade",
  "fee"
] as const
export type PostingKind = (typeof postingKinds)[number]

export const balanceParts = ["available", "held"] as const
export type BalancePart = (typeof balanceParts)[number]

/** Receives postings as arguments, so that no objects are created. */
export interface Poster {
  /**
   * `amount` is in ledger units and never 0; negative if it leaves. `referenceId` is 0 if there is
   * no order or hold.
   */
  post(
    accountId: AccountId,
    assetId: AssetId,
    part: BalancePart,
    amount: bigint,
    kind: PostingKind,
    referenceId: number
  ): void
}

/**
 * What `referenceId` refers to. The fee of a hold is deducted from the held amount, the fee of an
 * order from what it receives.
 */
export const referenceOf = (kind: PostingKind, part: BalancePart): "hold" | "order" | "none" => {
  switch (kind) {
    case "hold":
    case "settlement":
    case "release":
      return "hold"
    case "fee":
      return part === "held" ? "hold" : "order"
    case "orderHold":
    case "orderRelease":
    case "trade":
      return "order"
    case "credit":
    case "reversal":
    case "transfer":
      return "none"
  }
}

/** The assets held by a market's orders and moved by its trades. */
export type MarketAssets = Pick<Market, "marketId" | "baseAssetId" | "quoteAssetId">

export class Postings {
  private readonly markets = new Map<number, MarketAssets>()

  /** `markets` are those listed before the first event that is read. */
  constructor(markets: Iterable<MarketAssets> = []) {
    for (const market of markets) this.list(market)
  }

  /**
   * Posts what the event moves. Throws `Contradiction` if it names a market that was never listed.
   */
  read(event: Event, to: Poster): void {
    handlerOf(handlers, event)(event, to, this)
  }

  list(market: MarketAssets): void {
    this.markets.set(market.marketId, market)
  }

  assetsOf(marketId: MarketId): MarketAssets {
    const market = this.markets.get(marketId)
    if (market === undefined)
      throw new Contradiction(`market ${marketId} is named and was never listed`)
    return market
  }
}

const handlers: Handlers<[to: Poster, postings: Postings]> = {
  Rejected: nothing,
  Repeated: nothing,
  RulesChanged: nothing,
  AssetListed: nothing,
  MarketStatusChanged: nothing,
  MarketFeesChanged: nothing,
  MarketRulesChanged: nothing,
  AccountOpened: nothing,
  AccountTermsChanged: nothing,
  OrderListAccepted: nothing,
  OrderWaiting: nothing,
  OrderRested: nothing,
  OrderRefilled: nothing,
  OrderStood: nothing,
  PartRefused: nothing,
  CancelAfterSet: nothing,
  CancelAfterFired: nothing,
  PriceSet: nothing,
  MarketListed: ({ baseAssetId, marketId, quoteAssetId }, _, postings) =>
    postings.list({ marketId, baseAssetId, quoteAssetId }),
  Credited: ({ accountId, amount, assetId }, to) => {
    post(to, externalAccountId, assetId, "available", -amount, "credit", 0)
    post(to, accountId, assetId, "available", amount, "credit", 0)
  },
  Reversed: ({ accountId, assetId, fromAvailable, toReceivable }, to) => {
    post(to, accountId, assetId, "available", -fromAvailable, "reversal", 0)
    post(to, receivableAccountId, assetId, "available", -toReceivable, "reversal", 0)
    post(to, externalAccountId, assetId, "available", fromAvailable + toReceivable, "reversal", 0)
  },
  Held: ({ accountId, amount, assetId, holdId }, to) =>
    hold(to, accountId, assetId, amount, "hold", holdId),
  HoldSettled: ({ accountId, amount, assetId, fee, holdId }, to) => {
    post(to, accountId, assetId, "held", -amount, "settlement", holdId)
    post(to, externalAccountId, assetId, "available", amount, "settlement", holdId)
    post(to, accountId, assetId, "held", -fee, "fee", holdId)
    post(to, houseAccountId, assetId, "available", fee, "fee", holdId)
  },
  HoldReleased: ({ accountId, amount, assetId, holdId }, to) =>
    hold(to, accountId, assetId, -amount, "release", holdId),
  Transferred: ({ accountId, amount, assetId, receiverId }, to) => {
    post(to, accountId, assetId, "available", -amount, "transfer", 0)
    post(to, receiverId, assetId, "available", amount, "transfer", 0)
  },
  OrderAccepted: ({ accountId, held, marketId, orderId, side }, to, postings) =>
    hold(to, accountId, payingAsset(postings, marketId, side), held, "orderHold", orderId),
  OrderEnded: ({ accountId, marketId, orderId, released, side }, to, postings) =>
    hold(to, accountId, payingAsset(postings, marketId, side), -released, "orderRelease", orderId),
  OrderActivated: holdAnew,
  OrderAmended: holdAnew,
  OrderReduced: holdAnew,
  SelfTradePrevented: (event, to, postings) => {
    const {
      makerAccountId,
      makerOrderId,
      makerReleased,
      marketId,
      takerAccountId,
      takerOrderId,
      takerReleased
    } = event
    const makerAsset = payingAsset(postings, marketId, opposite(event.takerSide))
    const takerAsset = payingAsset(postings, marketId, event.takerSide)
    hold(to, makerAccountId, makerAsset, -makerReleased, "orderRelease", makerOrderId)
    hold(to, takerAccountId, takerAsset, -takerReleased, "orderRelease", takerOrderId)
  },
  Trade: (event, to, postings) => {
    const { makerAccountId, makerFee, makerOrderId, takerAccountId, takerFee, takerOrderId } = event
    if (event.takerSide === "buy") {
      traded(
        event,
        to,
        postings,
        takerAccountId,
        takerOrderId,
        takerFee,
        makerAccountId,
        makerOrderId,
        makerFee
      )
    } else {
      traded(
        event,
        to,
        postings,
        makerAccountId,
        makerOrderId,
        makerFee,
        takerAccountId,
        takerOrderId,
        takerFee
      )
    }
  }
}

function holdAnew(
  event: EventOf<"OrderActivated" | "OrderAmended" | "OrderReduced">,
  to: Poster,
  postings: Postings
): void {
  const more = event.held - event.oldHeld
  const asset = payingAsset(postings, event.marketId, event.side)
  hold(to, event.accountId, asset, more, more > 0n ? "orderHold" : "orderRelease", event.orderId)
}

/** Both sides of a trade. Not as two objects, because this is the hottest event. */
const traded = (
  { baseUnits, buyerHeld, marketId, quoteUnits }: EventOf<"Trade">,
  to: Poster,
  postings: Postings,
  buyer: AccountId,
  buyOrder: OrderId,
  buyerFee: bigint,
  seller: AccountId,
  sellOrder: OrderId,
  sellerFee: bigint
): void => {
  const { baseAssetId, quoteAssetId } = postings.assetsOf(marketId)
  post(to, buyer, quoteAssetId, "held", -quoteUnits, "trade", buyOrder)
  post(to, seller, quoteAssetId, "available", quoteUnits, "trade", sellOrder)
  hold(to, buyer, quoteAssetId, quoteUnits - buyerHeld, "orderRelease", buyOrder)
  post(to, seller, baseAssetId, "held", -baseUnits, "trade", sellOrder)
  post(to, buyer, baseAssetId, "available", baseUnits, "trade", buyOrder)
  post(to, buyer, baseAssetId, "available", -buyerFee, "fee", buyOrder)
  post(to, houseAccountId, baseAssetId, "available", buyerFee, "fee", buyOrder)
  post(to, seller, quoteAssetId, "available", -sellerFee, "fee", sellOrder)
  post(to, houseAccountId, quoteAssetId, "available", sellerFee, "fee", sellOrder)
}

/** What an order on this side pays with, and so holds. */
const payingAsset = (postings: Postings, marketId: MarketId, side: Side): AssetId => {
  const { baseAssetId, quoteAssetId } = postings.assetsOf(marketId)
  return side === "buy" ? quoteAssetId : baseAssetId
}

/** From available to held; the other way if the amount is negative. */
const hold = (
  to: Poster,
  accountId: AccountId,
  assetId: AssetId,
  amount: bigint,
  kind: PostingKind,
  referenceId: number
): void => {
  post(to, accountId, assetId, "available", -amount, kind, referenceId)
  post(to, accountId, assetId, "held", amount, kind, referenceId)
}

const post = (
  to: Poster,
  accountId: AccountId,
  assetId: AssetId,
  part: BalancePart,
  amount: bigint,
  kind: PostingKind,
  referenceId: number
): void => {
  if (amount !== 0n) to.post(accountId, assetId, part, amount, kind, referenceId)
}
