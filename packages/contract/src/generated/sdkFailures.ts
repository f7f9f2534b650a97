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
  | "DecimalSigned"
  | "DecimalExponent"
  | "DecimalMalformed"
  | "DecimalTooPrecise"
  | "DecimalTooLarge"

export type KeyCode =
  | "KeyConflict"
  | "KeyExpired"
  | "KeyInFuture"

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
        | "NotAnAccount"
        | "NotAnOrder"
        | "OffTick"
        | "OffLot"
        | "TriggerIncomplete"
        | "QuantityOrBudget"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
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
  readonly cancel:
    | InvalidInput<
        | RequestCode
        | "MalformedKey"
        | "NotAnAccount"
        | "NotAnOrder"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
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
        | "NotAnAccount"
        | "NotACount"
      >
    | Refused<
        | KeyCode
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
        | "NotAnAccount"
        | "NotOneOf"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
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
        | "NotAnAccount"
        | "NotAList"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
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
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownAsset"
        | "AmountNotPositive"
        | "BalanceTooLarge"
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
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownAsset"
        | "AmountNotPositive"
        | "InsufficientFunds"
        | "TooManyHolds"
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
  readonly place:
    | InvalidInput<
        | RequestCode
        | DecimalCode
        | "MalformedKey"
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
        | "NotAHold"
      >
    | Refused<
        | KeyCode
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
        | "NotAnAccount"
        | "NotAnOrder"
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
        | "UnknownAccount"
        | "MalformedText"
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
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
        | "UnknownAsset"
        | "AmountNotPositive"
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
        | "NotAnAccount"
        | "NotACount"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "FeeTierTooHigh"
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
        | "NotAHold"
        | "HoldOfAnotherAsset"
      >
    | Refused<
        | KeyCode
        | "UnknownHold"
        | "MalformedText"
        | "UnknownAsset"
        | "FeeTooLarge"
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
        | "NotAnAccount"
      >
    | Refused<
        | KeyCode
        | "UnknownAccount"
        | "MalformedText"
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
