/**
 * Why the venue refused a command. A refusal changes nothing.
 *
 * The list is in order of precedence: of all reasons that apply, the first one listed is reported,
 * except where `docs/concepts/venue-rules.md` says otherwise. A reason's position is also its code
 * in the journal, so new reasons are appended and get their precedence on that page.
 */
export const rejectReasons = [
  // Asking again
  "KeyExpired",
  "KeyInFuture",
  "KeyConflict",
  "SourceNumberUsed",
  "SourceNumberGap",
  "TooManySources",
  // Does what it names exist, and may it be used
  "UnknownAccount",
  "UnknownReceiver",
  "UnknownAsset",
  "UnknownMarket",
  "UnknownHold",
  "UnknownOrder",
  "AccountKindReserved",
  "AccountReferenceTaken",
  "AccountCannotTrade",
  "TransferNotAllowed",
  "SameAccount",
  "MarketHalted",
  "MarketCancelOnly",
  "MarketPostOnly",
  // Listing
  "MalformedSymbol",
  "SymbolTaken",
  "ScaleTooLarge",
  "SameAsset",
  "InexactMarket",
  "BoundsInvalid",
  "FeeRateTooHigh",
  "TooManyAssets",
  "TooManyMarkets",
  "TooManyAccounts",
  // Is the order well-formed
  "CombinationNotSupported",
  "MalformedText",
  "AmountNotPositive",
  "FeeTooLarge",
  "QuantityZero",
  "QuantityTooSmall",
  "QuantityTooLarge",
  "PriceZero",
  "PriceTooHigh",
  "NotionalTooSmall",
  "NotionalTooLarge",
  "DeadlinePassed",
  "NothingToAmend",
  "QuantityBelowFilled",
  // Does it fit the state
  "DuplicateClientOrderId",
  "TooManyOpenOrders",
  "TooManyHolds",
  "TooManyPriceSources",
  "PostOnlyWouldCross",
  "FillOrKillUnfilled",
  "InsufficientFunds",
  "BalanceTooLarge",
  "LevelFull",
  // Terms of conditional orders, icebergs, lists, rules
  "UnknownOrderList",
  "RulesInvalid",
  "FeeTierTooHigh",
  "DelayTooLong",
  "ReduceOnlyNotSupported",
  "DisplayQuantityInvalid",
  "TrailingOffsetInvalid",
  "PriceTooLow",
  "PriceOutsideBand",
  "ListTermsInvalid",
  "ListPricesInvalid",
  "OrderNotAmendable",
  "OrderNotReplaceable",
  "NoReferencePrice",
  "WouldTrigger",
  "TooManyConditionalOrders",
  "PositionTooLarge"
] as const

export type RejectReason = (typeof rejectReasons)[number]
