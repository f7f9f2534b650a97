/**
 * One match: what it moves between its two accounts, and all that its event tells. One instance
 * serves all, since trades come one by one.
 */
export class Trade {
  buyer = 0
  seller = 0
  /** Asset ids. */
  base = 0
  quote = 0
  /** Amounts in ledger units: the base that changes hands, and the quote that it costs. */
  baseUnits = 0
  quoteUnits = 0
  /** Held for the buyer's side at its own price; what the trade does not cost goes back. */
  buyerHeld = 0
  /** Taken out of what each receives: base of the buyer, quote of the seller. */
  buyerFee = 0
  sellerFee = 0

  // ---- Told by the event only

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
  /** The same fees, by who was in the book. */
  makerFee = 0
  takerFee = 0
  depthSequence = 0
}
