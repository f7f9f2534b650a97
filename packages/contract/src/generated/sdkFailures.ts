/**
 * What each method of the SDK can fail with. Printed from the declarations by `npm run contract`.
 */

import type { InvalidInput, OutcomeUnknown, Refused, Unavailable } from "../failure.ts"
import type { GuardRefused } from "../Guard.ts"

export type RequestCode =
  | "NotAnObject"
  | "UnknownField"
  | "MissingField"
  | "InvalidValue"

export type DecimalCode =
  | "DecimalNotText"
  | "DecimalBlank"
  | "DecimalTooLong"
  | "DecimalSigned"
  | "DecimalExponent"
  | "DecimalMalformed"
  | "DecimalTooPrecise"
  | "DecimalTooLarge"

export type KeyCode =
  | "KeyConflict"
  | "KeyExpired"
  | "KeyInFuture"
  | "SourceNumberUsed"
  | "SourceNumberGap"
  | "TooManySources"

export type VenueCode =
  | "JournalFull"
  | "Recovering"
  | "NotLeader"
  | "Stopped"
  | "Closed"
  | "Overloaded"

/** What the effect of each method fails with, by the name of the method. */
export interface MethodFailures {
  readonly account:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
      >
    | Refused<
        | "MalformedText"
        | "UnknownAccount"
      >
    | Unavailable<VenueCode>
  readonly accountTerms:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
      >
    | Refused<"UnknownAccount">
    | Unavailable<VenueCode>
  readonly amend:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownOrder"
        | "AccountCannotTrade"
        | "UnknownMarket"
        | "MarketHalted"
        | "MarketCancelOnly"
        | "MarketPostOnly"
        | "CombinationNotSupported"
        | "QuantityZero"
        | "QuantityTooSmall"
        | "QuantityTooLarge"
        | "PriceZero"
        | "PriceTooHigh"
        | "PriceTooLow"
        | "PriceOutsideBand"
        | "NotionalTooSmall"
        | "NotionalTooLarge"
        | "DeadlinePassed"
        | "DisplayQuantityInvalid"
        | "TrailingOffsetInvalid"
        | "WouldTrigger"
        | "NoReferencePrice"
        | "DuplicateClientOrderId"
        | "TooManyOpenOrders"
        | "TooManyConditionalOrders"
        | "PostOnlyWouldCross"
        | "FillOrKillUnfilled"
        | "InsufficientFunds"
        | "PositionTooLarge"
        | "LevelFull"
        | "OrderNotAmendable"
        | "NothingToAmend"
        | "QuantityBelowFilled"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly assets:
    | InvalidInput<RequestCode>
    | Unavailable<VenueCode>
  readonly balances:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
      >
    | Refused<"UnknownAccount">
    | Unavailable<VenueCode>
  readonly batch:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
        | "MalformedKey"
        | "NotOneOf"
        | "NotABoolean"
        | "NotForLimitOrders"
        | "NotACount"
        | "PriceMissing"
        | "NotATime"
        | "NotForMarketOrders"
      >
    | Refused<
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownOrder"
      >
    | Unavailable<VenueCode>
  readonly cancel:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownOrder"
        | "MarketHalted"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly cancelAfter:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotACount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "DelayTooLong"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly cancelAll:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotOneOf"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownMarket"
        | "MarketHalted"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly cancelList:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotAList"
        | "ListOrClientListId"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownOrderList"
        | "MarketHalted"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly conservation:
    | InvalidInput<RequestCode>
    | Unavailable<VenueCode>
  readonly credit:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownAsset"
        | "AmountNotPositive"
        | "BalanceTooLarge"
        | "AccountKindReserved"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly depth:
    | InvalidInput<
        | RequestCode
        | "LevelsOutOfRange"
        | "NotACount"
      >
    | Refused<
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly feeTiers:
    | InvalidInput<RequestCode>
    | Refused<
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly hold:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownAsset"
        | "AmountNotPositive"
        | "InsufficientFunds"
        | "TooManyHolds"
        | "AccountKindReserved"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly holds:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
      >
    | Refused<"UnknownAccount">
    | Unavailable<VenueCode>
  readonly lastPrice:
    | InvalidInput<RequestCode>
    | Refused<
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly listAsset:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotACount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "ScaleTooLarge"
        | "MalformedSymbol"
        | "SymbolTaken"
        | "TooManyAssets"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly listMarket:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAsset"
        | "MalformedSymbol"
        | "SymbolTaken"
        | "SameAsset"
        | "InexactMarket"
        | "BoundsInvalid"
        | "FeeRateTooHigh"
        | "TooManyMarkets"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly market:
    | InvalidInput<RequestCode>
    | Refused<
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly marketRules:
    | InvalidInput<RequestCode>
    | Refused<
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly markets:
    | InvalidInput<RequestCode>
    | Unavailable<VenueCode>
  readonly openAccount:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotOneOf"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "AccountKindReserved"
        | "AccountReferenceTaken"
        | "TooManyAccounts"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly openLists:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
      >
    | Refused<"UnknownAccount">
    | Unavailable<VenueCode>
  readonly openOrder:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
      >
    | Refused<
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownOrder"
      >
    | Unavailable<VenueCode>
  readonly openOrders:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
        | "NotACount"
      >
    | Refused<
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<VenueCode>
  readonly order:
    | InvalidInput<
        | RequestCode
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
      >
    | Refused<
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownOrder"
      >
    | Unavailable<
        | VenueCode
        | "HistoryBehind"
        | "HistoryUnavailable"
      >
  readonly place:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotForLimitOrders"
        | "NotAnAccount"
        | "NotOneOf"
        | "NotACount"
        | "PriceMissing"
        | "NotABoolean"
        | "NotATime"
        | "NotForMarketOrders"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "AccountCannotTrade"
        | "UnknownMarket"
        | "MarketHalted"
        | "MarketCancelOnly"
        | "MarketPostOnly"
        | "CombinationNotSupported"
        | "QuantityZero"
        | "QuantityTooSmall"
        | "QuantityTooLarge"
        | "PriceZero"
        | "PriceTooHigh"
        | "PriceTooLow"
        | "PriceOutsideBand"
        | "NotionalTooSmall"
        | "NotionalTooLarge"
        | "DeadlinePassed"
        | "DisplayQuantityInvalid"
        | "TrailingOffsetInvalid"
        | "WouldTrigger"
        | "NoReferencePrice"
        | "DuplicateClientOrderId"
        | "TooManyOpenOrders"
        | "TooManyConditionalOrders"
        | "PostOnlyWouldCross"
        | "FillOrKillUnfilled"
        | "InsufficientFunds"
        | "PositionTooLarge"
        | "LevelFull"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly placeList:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotOneOf"
        | "OrdersMissing"
        | "NotForLimitOrders"
        | "NotACount"
        | "PriceMissing"
        | "NotABoolean"
        | "NotATime"
        | "NotForMarketOrders"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "AccountCannotTrade"
        | "UnknownMarket"
        | "MarketHalted"
        | "MarketCancelOnly"
        | "MarketPostOnly"
        | "CombinationNotSupported"
        | "QuantityZero"
        | "QuantityTooSmall"
        | "QuantityTooLarge"
        | "PriceZero"
        | "PriceTooHigh"
        | "PriceTooLow"
        | "PriceOutsideBand"
        | "NotionalTooSmall"
        | "NotionalTooLarge"
        | "DeadlinePassed"
        | "DisplayQuantityInvalid"
        | "TrailingOffsetInvalid"
        | "WouldTrigger"
        | "NoReferencePrice"
        | "DuplicateClientOrderId"
        | "TooManyOpenOrders"
        | "TooManyConditionalOrders"
        | "PostOnlyWouldCross"
        | "FillOrKillUnfilled"
        | "InsufficientFunds"
        | "PositionTooLarge"
        | "LevelFull"
        | "ListTermsInvalid"
        | "ListPricesInvalid"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly preview:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "NotForLimitOrders"
        | "NotAnAccount"
        | "NotOneOf"
        | "NotACount"
        | "PriceMissing"
        | "NotABoolean"
        | "NotATime"
        | "NotForMarketOrders"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | "UnknownAccount"
        | "MalformedText"
        | "AccountCannotTrade"
        | "UnknownMarket"
        | "MarketHalted"
        | "MarketCancelOnly"
        | "MarketPostOnly"
        | "CombinationNotSupported"
        | "QuantityZero"
        | "QuantityTooSmall"
        | "QuantityTooLarge"
        | "PriceZero"
        | "PriceTooHigh"
        | "PriceTooLow"
        | "PriceOutsideBand"
        | "NotionalTooSmall"
        | "NotionalTooLarge"
        | "DeadlinePassed"
        | "DisplayQuantityInvalid"
        | "TrailingOffsetInvalid"
        | "WouldTrigger"
        | "NoReferencePrice"
        | "DuplicateClientOrderId"
        | "TooManyOpenOrders"
        | "TooManyConditionalOrders"
        | "PostOnlyWouldCross"
        | "FillOrKillUnfilled"
        | "InsufficientFunds"
        | "PositionTooLarge"
        | "LevelFull"
      >
    | Unavailable<VenueCode>
  readonly releaseHold:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAHold"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownHold"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly replace:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotAnOrder"
        | "OrderOrClientOrderId"
        | "NotOneOf"
        | "NotABoolean"
        | "NotForLimitOrders"
        | "NotACount"
        | "PriceMissing"
        | "NotATime"
        | "NotForMarketOrders"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownOrder"
        | "AccountCannotTrade"
        | "UnknownMarket"
        | "MarketHalted"
        | "MarketCancelOnly"
        | "MarketPostOnly"
        | "CombinationNotSupported"
        | "QuantityZero"
        | "QuantityTooSmall"
        | "QuantityTooLarge"
        | "PriceZero"
        | "PriceTooHigh"
        | "PriceTooLow"
        | "PriceOutsideBand"
        | "NotionalTooSmall"
        | "NotionalTooLarge"
        | "DeadlinePassed"
        | "DisplayQuantityInvalid"
        | "TrailingOffsetInvalid"
        | "WouldTrigger"
        | "NoReferencePrice"
        | "DuplicateClientOrderId"
        | "TooManyOpenOrders"
        | "TooManyConditionalOrders"
        | "PostOnlyWouldCross"
        | "FillOrKillUnfilled"
        | "InsufficientFunds"
        | "PositionTooLarge"
        | "LevelFull"
        | "OrderNotReplaceable"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly reverse:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownAsset"
        | "AmountNotPositive"
        | "InsufficientFunds"
        | "AccountKindReserved"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly setAccountTerms:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
        | "NotACount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "FeeTierTooHigh"
        | "AccountKindReserved"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly setMarketFees:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotACount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownMarket"
        | "FeeRateTooHigh"
        | "FeeTierTooHigh"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly setMarketRules:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotABoolean"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownMarket"
        | "RulesInvalid"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly setMarketStatus:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotOneOf"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownMarket"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly setPrice:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownMarket"
        | "PriceZero"
        | "PriceTooHigh"
        | "TooManyPriceSources"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly settleHold:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAHold"
        | "HoldOfAnotherAsset"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownHold"
        | "UnknownAsset"
        | "FeeTooLarge"
        | "InsufficientFunds"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
  readonly sourceNumber:
    | InvalidInput<RequestCode>
    | Refused<"MalformedText">
    | Unavailable<VenueCode>
  readonly stateHash:
    | InvalidInput<RequestCode>
    | Unavailable<VenueCode>
  readonly transfer:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
        | "KeyAndSource"
        | "NotANumber"
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "MalformedText"
        | "UnknownAccount"
        | "UnknownReceiver"
        | "UnknownAsset"
        | "SameAccount"
        | "TransferNotAllowed"
        | "AmountNotPositive"
        | "InsufficientFunds"
        | "BalanceTooLarge"
      >
    | Unavailable<
        | VenueCode
        | "GuardUnavailable"
      >
    | OutcomeUnknown
    | GuardRefused
}
