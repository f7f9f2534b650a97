/** What one match moves between its two accounts. One instance serves all, since trades come one by one. */
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
}
