/**
 * One match: what it moves between its two accounts, and everything in its event. A single instance
 * serves all trades, since they come one at a time.
 */
export class Trade {
  buyer = 0
  seller = 0
  /** Asset ids. */
  base = 0
  quote = 0
  /** Amounts in ledger units: the base that changes hands, and the quote it costs. */
  baseUnits = 0
  quoteUnits = 0
  /** Held for the buyer at the buyer's own price; whatever the trade does not cost is released. */
  buyerHeld = 0
  /** Deducted from what each side receives: base for the buyer, quote for the seller. */
  buyerFee = 0
  sellerFee = 0

  // ---- Only in the event

  marketId = 0
  tradeId = 0
  makerOrderId = 0
  takerOrderId = 0
  makerAccountId = 0
  takerAccountId = 0
  /** Its position in `sides`. */
  takerSide = 0
  priceTicks = 0
  lots = 0
  makerRemainingLots = 0
  takerRemainingLots = 0
  /** The same fees, by maker and taker. */
  makerFee = 0
  takerFee = 0
  depthSequence = 0
}
