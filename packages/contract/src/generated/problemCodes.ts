/**
 * The codes of the problems that each method of the clients rejects with. Printed from the
 * declarations by `npm run contract`.
 */

export type AnyCode =
  | "MalformedUrl"
  | "UrlTooLong"
  | "RequestTimeout"
  | "TooManyRequests"
  | "Internal"
  | "UnknownField"
  | "ForbiddenKey"
  | "DuplicateParameter"
  | "Overloaded"
  | "ShuttingDown"

export type FieldCode =
  | "MissingField"
  | "InvalidValue"

export type BodyCode =
  | "MalformedBody"
  | "DuplicateField"
  | "TooDeep"
  | "BodyTooLarge"
  | "UnsupportedMediaType"

export type AccessCode =
  | "Unauthorized"
  | "NotPermitted"
  | "IdentityUnavailable"

export type DecimalCode =
  | "DecimalNotText"
  | "DecimalBlank"
  | "DecimalTooLong"
  | "DecimalSigned"
  | "DecimalExponent"
  | "DecimalMalformed"
  | "DecimalTooPrecise"
  | "DecimalTooLarge"

export type CommandCode =
  | "MalformedKey"
  | "KeyConflict"
  | "KeyExpired"
  | "KeyInFuture"
  | "OutcomeUnknown"
  | "GuardRefused"
  | "GuardUnavailable"

export type VenueCode =
  | "JournalFull"
  | "Recovering"
  | "NotLeader"
  | "Stopped"
  | "Closed"

/** By the name of the method. */
export interface ProblemCodes {
  readonly accountTerms:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
  readonly addAccount:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "AccountFrozen"
    | "NoAccount"
    | "MalformedName"
    | "TooManySubAccounts"
    | "Busy"
    | "RateLimiterUnavailable"
    | "VenueAccountsUnavailable"
    | "ChangeUnknown"
  readonly addPasskey:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "StepUpRequired"
    | "MalformedName"
    | "PasskeyRefused"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly amend:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | CommandCode
    | VenueCode
    | "OffTick"
    | "OffLot"
    | "TriggerIncomplete"
    | "QuantityOrBudget"
    | "UnknownAccount"
    | "UnknownMarket"
    | "UnknownOrder"
    | "DuplicateClientOrderId"
    | "MalformedText"
    | "AccountCannotTrade"
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
  readonly assets:
    | AnyCode
    | VenueCode
  readonly auditEntries:
    | AnyCode
    | FieldCode
    | AccessCode
    | "MalformedCursor"
  readonly balances:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
  readonly batch:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | VenueCode
    | "NotForLimitOrders"
    | "PriceMissing"
    | "NotForMarketOrders"
    | "UnknownAccount"
    | "MalformedText"
    | "OutcomeUnknown"
  readonly beginKyc:
    | AnyCode
    | BodyCode
    | AccessCode
    | "KycUnderWay"
    | "Busy"
    | "RateLimiterUnavailable"
    | "KycUnavailable"
    | "ChangeUnknown"
  readonly beginPasskey:
    | AnyCode
    | BodyCode
    | AccessCode
    | "StepUpRequired"
    | "TooManyPasskeys"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly beginStepUp:
    | AnyCode
    | BodyCode
    | AccessCode
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly beginTotp:
    | AnyCode
    | BodyCode
    | AccessCode
    | "StepUpRequired"
    | "TotpPresent"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly cancel:
    | AnyCode
    | FieldCode
    | AccessCode
    | CommandCode
    | VenueCode
    | "UnknownAccount"
    | "UnknownOrder"
    | "MalformedText"
    | "MarketHalted"
  readonly cancelAfter:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | CommandCode
    | VenueCode
    | "UnknownAccount"
    | "DelayTooLong"
  readonly cancelAll:
    | AnyCode
    | FieldCode
    | AccessCode
    | CommandCode
    | VenueCode
    | "UnknownAccount"
    | "UnknownMarket"
    | "MarketHalted"
  readonly cancelList:
    | AnyCode
    | FieldCode
    | AccessCode
    | CommandCode
    | VenueCode
    | "UnknownAccount"
    | "UnknownOrderList"
    | "MalformedText"
    | "MarketHalted"
  readonly changeEmail:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "StepUpRequired"
    | "AccountFrozen"
    | "MalformedEmail"
    | "TooManyAttempts"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly changePassword:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "SignInRefused"
    | "StepUpRequired"
    | "PasswordTooShort"
    | "PasswordTooLong"
    | "PasswordTooCommon"
    | "PasswordAboutYou"
    | "TooManyAttempts"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly closeUser:
    | AnyCode
    | AccessCode
    | "StepUpRequired"
    | "FundsLeft"
    | "AccountFrozen"
    | "Busy"
    | "RateLimiterUnavailable"
    | "VenueAccountsUnavailable"
    | "ChangeUnknown"
  readonly completeEmailChange:
    | AnyCode
    | FieldCode
    | BodyCode
    | "LinkRefused"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly completePasswordReset:
    | AnyCode
    | FieldCode
    | BodyCode
    | "FactorRequired"
    | "FactorRefused"
    | "LinkRefused"
    | "PasswordTooShort"
    | "PasswordTooLong"
    | "PasswordTooCommon"
    | "PasswordAboutYou"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly completeRegistration:
    | AnyCode
    | FieldCode
    | BodyCode
    | "LinkRefused"
    | "MalformedName"
    | "PasswordTooShort"
    | "PasswordTooLong"
    | "PasswordTooCommon"
    | "PasswordAboutYou"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "VenueAccountsUnavailable"
    | "ChangeUnknown"
  readonly confirmTotp:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "FactorRefused"
    | "StepUpRequired"
    | "TotpMissing"
    | "TotpPresent"
    | "TooManyAttempts"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly decideKyc:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "OwnRights"
    | "UnknownUser"
    | "KycNotPending"
    | "Busy"
    | "ChangeUnknown"
  readonly depth:
    | AnyCode
    | FieldCode
    | VenueCode
    | "UnknownMarket"
  readonly endOtherSessions:
    | AnyCode
    | AccessCode
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly endSession:
    | AnyCode
    | FieldCode
    | AccessCode
    | "UnknownSession"
    | "ChangeUnknown"
  readonly factors:
    | AnyCode
    | AccessCode
  readonly feeTiers:
    | AnyCode
    | FieldCode
    | VenueCode
    | "UnknownMarket"
  readonly fills:
    | AnyCode
    | FieldCode
    | AccessCode
    | "TimeRangeReversed"
    | "MalformedCursor"
    | "UnknownAccount"
    | "HistoryBehind"
    | "HistoryUnavailable"
  readonly freezeUser:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "OwnRights"
    | "RightsAbove"
    | "UnknownUser"
    | "Busy"
    | "ChangeUnknown"
  readonly holds:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
  readonly keySet:
    | AnyCode
    | "IdentityUnavailable"
  readonly lastPrice:
    | AnyCode
    | FieldCode
    | VenueCode
    | "UnknownMarket"
  readonly ledgerEntries:
    | AnyCode
    | FieldCode
    | AccessCode
    | "TimeRangeReversed"
    | "MalformedCursor"
    | "UnknownAccount"
    | "HistoryBehind"
    | "HistoryUnavailable"
  readonly live:
    | AnyCode
  readonly market:
    | AnyCode
    | FieldCode
    | VenueCode
    | "UnknownMarket"
  readonly marketRules:
    | AnyCode
    | FieldCode
    | VenueCode
    | "UnknownMarket"
  readonly markets:
    | AnyCode
    | VenueCode
  readonly me:
    | AnyCode
    | AccessCode
  readonly newRecoveryCodes:
    | AnyCode
    | BodyCode
    | AccessCode
    | "StepUpRequired"
    | "TotpMissing"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly openLists:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
  readonly openOrders:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
    | "UnknownMarket"
  readonly order:
    | AnyCode
    | FieldCode
    | AccessCode
    | VenueCode
    | "UnknownAccount"
    | "UnknownOrder"
    | "MalformedText"
    | "HistoryBehind"
    | "HistoryUnavailable"
  readonly orders:
    | AnyCode
    | FieldCode
    | AccessCode
    | "TimeRangeReversed"
    | "MalformedCursor"
    | "UnknownAccount"
    | "UnknownMarket"
    | "HistoryBehind"
    | "HistoryUnavailable"
  readonly place:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | CommandCode
    | VenueCode
    | "NotForLimitOrders"
    | "PriceMissing"
    | "NotForMarketOrders"
    | "OffTick"
    | "OffLot"
    | "TriggerIncomplete"
    | "QuantityOrBudget"
    | "UnknownAccount"
    | "UnknownMarket"
    | "DuplicateClientOrderId"
    | "MalformedText"
    | "AccountCannotTrade"
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
    | "TooManyOpenOrders"
    | "TooManyConditionalOrders"
    | "PostOnlyWouldCross"
    | "FillOrKillUnfilled"
    | "InsufficientFunds"
    | "PositionTooLarge"
    | "LevelFull"
  readonly placeList:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | CommandCode
    | VenueCode
    | "NotForLimitOrders"
    | "PriceMissing"
    | "NotForMarketOrders"
    | "OffTick"
    | "OffLot"
    | "TriggerIncomplete"
    | "QuantityOrBudget"
    | "OrdersMissing"
    | "UnknownAccount"
    | "UnknownMarket"
    | "DuplicateClientOrderId"
    | "MalformedText"
    | "AccountCannotTrade"
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
    | "TooManyOpenOrders"
    | "TooManyConditionalOrders"
    | "PostOnlyWouldCross"
    | "FillOrKillUnfilled"
    | "InsufficientFunds"
    | "PositionTooLarge"
    | "LevelFull"
    | "ListTermsInvalid"
    | "ListPricesInvalid"
  readonly preview:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | VenueCode
    | "NotForLimitOrders"
    | "PriceMissing"
    | "NotForMarketOrders"
    | "OffTick"
    | "OffLot"
    | "TriggerIncomplete"
    | "QuantityOrBudget"
    | "UnknownAccount"
    | "UnknownMarket"
    | "DuplicateClientOrderId"
    | "MalformedText"
    | "AccountCannotTrade"
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
    | "TooManyOpenOrders"
    | "TooManyConditionalOrders"
    | "PostOnlyWouldCross"
    | "FillOrKillUnfilled"
    | "InsufficientFunds"
    | "PositionTooLarge"
    | "LevelFull"
  readonly ready:
    | AnyCode
  readonly refresh:
    | AnyCode
    | FieldCode
    | BodyCode
    | "RefreshRefused"
    | "RefreshedAlready"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly register:
    | AnyCode
    | FieldCode
    | BodyCode
    | "MalformedEmail"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly removePasskey:
    | AnyCode
    | FieldCode
    | AccessCode
    | "StepUpRequired"
    | "UnknownPasskey"
    | "PasswordTooShortAlone"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly removeTotp:
    | AnyCode
    | AccessCode
    | "StepUpRequired"
    | "TotpMissing"
    | "PasswordTooShortAlone"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly rename:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "AccountFrozen"
    | "MalformedName"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly replace:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | DecimalCode
    | CommandCode
    | VenueCode
    | "NotForLimitOrders"
    | "PriceMissing"
    | "NotForMarketOrders"
    | "OffTick"
    | "OffLot"
    | "TriggerIncomplete"
    | "QuantityOrBudget"
    | "UnknownAccount"
    | "UnknownMarket"
    | "UnknownOrder"
    | "DuplicateClientOrderId"
    | "MalformedText"
    | "AccountCannotTrade"
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
    | "TooManyOpenOrders"
    | "TooManyConditionalOrders"
    | "PostOnlyWouldCross"
    | "FillOrKillUnfilled"
    | "InsufficientFunds"
    | "PositionTooLarge"
    | "LevelFull"
    | "OrderNotReplaceable"
  readonly requestPasswordReset:
    | AnyCode
    | FieldCode
    | BodyCode
    | "MalformedEmail"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly sessions:
    | AnyCode
    | AccessCode
  readonly setRoles:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "OwnRights"
    | "StepUpRequired"
    | "UnknownUser"
    | "Busy"
    | "VenueAccountsUnavailable"
    | "ChangeUnknown"
  readonly signIn:
    | AnyCode
    | FieldCode
    | BodyCode
    | "SignInRefused"
    | "FactorRequired"
    | "FactorRefused"
    | "TooManyAttempts"
    | "Busy"
    | "IdentityUnavailable"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly stepUp:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "FactorRefused"
    | "SignInRefused"
    | "TooManyAttempts"
    | "Busy"
    | "RateLimiterUnavailable"
    | "ChangeUnknown"
  readonly trades:
    | AnyCode
    | FieldCode
    | "TimeRangeReversed"
    | "MalformedCursor"
    | "UnknownMarket"
    | "HistoryUnavailable"
  readonly unfreezeUser:
    | AnyCode
    | FieldCode
    | BodyCode
    | AccessCode
    | "OwnRights"
    | "RightsAbove"
    | "UnknownUser"
    | "Busy"
    | "ChangeUnknown"
  readonly user:
    | AnyCode
    | AccessCode
  readonly userNamed:
    | AnyCode
    | FieldCode
    | AccessCode
    | "UnknownUser"
  readonly users:
    | AnyCode
    | FieldCode
    | AccessCode
    | "MalformedCursor"
  readonly verifyAudit:
    | AnyCode
    | AccessCode
}

/** Codes that many methods share, by the name of their type. */
export const sharedProblemCodes: Readonly<Record<string, string>> = {
  AnyCode: "MalformedUrl UrlTooLong RequestTimeout TooManyRequests Internal UnknownField ForbiddenKey DuplicateParameter Overloaded ShuttingDown",
  FieldCode: "MissingField InvalidValue",
  BodyCode: "MalformedBody DuplicateField TooDeep BodyTooLarge UnsupportedMediaType",
  AccessCode: "Unauthorized NotPermitted IdentityUnavailable",
  DecimalCode: "DecimalNotText DecimalBlank DecimalTooLong DecimalSigned DecimalExponent DecimalMalformed DecimalTooPrecise DecimalTooLarge",
  CommandCode: "MalformedKey KeyConflict KeyExpired KeyInFuture OutcomeUnknown GuardRefused GuardUnavailable",
  VenueCode: "JournalFull Recovering NotLeader Stopped Closed"
}

/** The codes of each method, after the names of those that it shares. */
export const problemCodes: { readonly [Name in keyof ProblemCodes]: string } = {
  accountTerms: "AnyCode FieldCode AccessCode VenueCode UnknownAccount",
  addAccount: "AnyCode FieldCode BodyCode AccessCode AccountFrozen NoAccount MalformedName TooManySubAccounts Busy RateLimiterUnavailable VenueAccountsUnavailable ChangeUnknown",
  addPasskey: "AnyCode FieldCode BodyCode AccessCode StepUpRequired MalformedName PasskeyRefused Busy RateLimiterUnavailable ChangeUnknown",
  amend: "AnyCode FieldCode BodyCode AccessCode DecimalCode CommandCode VenueCode OffTick OffLot TriggerIncomplete QuantityOrBudget UnknownAccount UnknownMarket UnknownOrder DuplicateClientOrderId MalformedText AccountCannotTrade MarketHalted MarketCancelOnly MarketPostOnly CombinationNotSupported QuantityZero QuantityTooSmall QuantityTooLarge PriceZero PriceTooHigh PriceTooLow PriceOutsideBand NotionalTooSmall NotionalTooLarge DeadlinePassed DisplayQuantityInvalid TrailingOffsetInvalid WouldTrigger NoReferencePrice TooManyOpenOrders TooManyConditionalOrders PostOnlyWouldCross FillOrKillUnfilled InsufficientFunds PositionTooLarge LevelFull OrderNotAmendable NothingToAmend QuantityBelowFilled",
  assets: "AnyCode VenueCode",
  auditEntries: "AnyCode FieldCode AccessCode MalformedCursor",
  balances: "AnyCode FieldCode AccessCode VenueCode UnknownAccount",
  batch: "AnyCode FieldCode BodyCode AccessCode DecimalCode VenueCode NotForLimitOrders PriceMissing NotForMarketOrders UnknownAccount MalformedText OutcomeUnknown",
  beginKyc: "AnyCode BodyCode AccessCode KycUnderWay Busy RateLimiterUnavailable KycUnavailable ChangeUnknown",
  beginPasskey: "AnyCode BodyCode AccessCode StepUpRequired TooManyPasskeys Busy RateLimiterUnavailable ChangeUnknown",
  beginStepUp: "AnyCode BodyCode AccessCode Busy RateLimiterUnavailable ChangeUnknown",
  beginTotp: "AnyCode BodyCode AccessCode StepUpRequired TotpPresent Busy RateLimiterUnavailable ChangeUnknown",
  cancel: "AnyCode FieldCode AccessCode CommandCode VenueCode UnknownAccount UnknownOrder MalformedText MarketHalted",
  cancelAfter: "AnyCode FieldCode BodyCode AccessCode CommandCode VenueCode UnknownAccount DelayTooLong",
  cancelAll: "AnyCode FieldCode AccessCode CommandCode VenueCode UnknownAccount UnknownMarket MarketHalted",
  cancelList: "AnyCode FieldCode AccessCode CommandCode VenueCode UnknownAccount UnknownOrderList MalformedText MarketHalted",
  changeEmail: "AnyCode FieldCode BodyCode AccessCode StepUpRequired AccountFrozen MalformedEmail TooManyAttempts Busy RateLimiterUnavailable ChangeUnknown",
  changePassword: "AnyCode FieldCode BodyCode AccessCode SignInRefused StepUpRequired PasswordTooShort PasswordTooLong PasswordTooCommon PasswordAboutYou TooManyAttempts Busy RateLimiterUnavailable ChangeUnknown",
  closeUser: "AnyCode AccessCode StepUpRequired FundsLeft AccountFrozen Busy RateLimiterUnavailable VenueAccountsUnavailable ChangeUnknown",
  completeEmailChange: "AnyCode FieldCode BodyCode LinkRefused TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  completePasswordReset: "AnyCode FieldCode BodyCode FactorRequired FactorRefused LinkRefused PasswordTooShort PasswordTooLong PasswordTooCommon PasswordAboutYou TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  completeRegistration: "AnyCode FieldCode BodyCode LinkRefused MalformedName PasswordTooShort PasswordTooLong PasswordTooCommon PasswordAboutYou TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable VenueAccountsUnavailable ChangeUnknown",
  confirmTotp: "AnyCode FieldCode BodyCode AccessCode FactorRefused StepUpRequired TotpMissing TotpPresent TooManyAttempts Busy RateLimiterUnavailable ChangeUnknown",
  decideKyc: "AnyCode FieldCode BodyCode AccessCode OwnRights UnknownUser KycNotPending Busy ChangeUnknown",
  depth: "AnyCode FieldCode VenueCode UnknownMarket",
  endOtherSessions: "AnyCode AccessCode Busy RateLimiterUnavailable ChangeUnknown",
  endSession: "AnyCode FieldCode AccessCode UnknownSession ChangeUnknown",
  factors: "AnyCode AccessCode",
  feeTiers: "AnyCode FieldCode VenueCode UnknownMarket",
  fills: "AnyCode FieldCode AccessCode TimeRangeReversed MalformedCursor UnknownAccount HistoryBehind HistoryUnavailable",
  freezeUser: "AnyCode FieldCode BodyCode AccessCode OwnRights RightsAbove UnknownUser Busy ChangeUnknown",
  holds: "AnyCode FieldCode AccessCode VenueCode UnknownAccount",
  keySet: "AnyCode IdentityUnavailable",
  lastPrice: "AnyCode FieldCode VenueCode UnknownMarket",
  ledgerEntries: "AnyCode FieldCode AccessCode TimeRangeReversed MalformedCursor UnknownAccount HistoryBehind HistoryUnavailable",
  live: "AnyCode",
  market: "AnyCode FieldCode VenueCode UnknownMarket",
  marketRules: "AnyCode FieldCode VenueCode UnknownMarket",
  markets: "AnyCode VenueCode",
  me: "AnyCode AccessCode",
  newRecoveryCodes: "AnyCode BodyCode AccessCode StepUpRequired TotpMissing Busy RateLimiterUnavailable ChangeUnknown",
  openLists: "AnyCode FieldCode AccessCode VenueCode UnknownAccount",
  openOrders: "AnyCode FieldCode AccessCode VenueCode UnknownAccount UnknownMarket",
  order: "AnyCode FieldCode AccessCode VenueCode UnknownAccount UnknownOrder MalformedText HistoryBehind HistoryUnavailable",
  orders: "AnyCode FieldCode AccessCode TimeRangeReversed MalformedCursor UnknownAccount UnknownMarket HistoryBehind HistoryUnavailable",
  place: "AnyCode FieldCode BodyCode AccessCode DecimalCode CommandCode VenueCode NotForLimitOrders PriceMissing NotForMarketOrders OffTick OffLot TriggerIncomplete QuantityOrBudget UnknownAccount UnknownMarket DuplicateClientOrderId MalformedText AccountCannotTrade MarketHalted MarketCancelOnly MarketPostOnly CombinationNotSupported QuantityZero QuantityTooSmall QuantityTooLarge PriceZero PriceTooHigh PriceTooLow PriceOutsideBand NotionalTooSmall NotionalTooLarge DeadlinePassed DisplayQuantityInvalid TrailingOffsetInvalid WouldTrigger NoReferencePrice TooManyOpenOrders TooManyConditionalOrders PostOnlyWouldCross FillOrKillUnfilled InsufficientFunds PositionTooLarge LevelFull",
  placeList: "AnyCode FieldCode BodyCode AccessCode DecimalCode CommandCode VenueCode NotForLimitOrders PriceMissing NotForMarketOrders OffTick OffLot TriggerIncomplete QuantityOrBudget OrdersMissing UnknownAccount UnknownMarket DuplicateClientOrderId MalformedText AccountCannotTrade MarketHalted MarketCancelOnly MarketPostOnly CombinationNotSupported QuantityZero QuantityTooSmall QuantityTooLarge PriceZero PriceTooHigh PriceTooLow PriceOutsideBand NotionalTooSmall NotionalTooLarge DeadlinePassed DisplayQuantityInvalid TrailingOffsetInvalid WouldTrigger NoReferencePrice TooManyOpenOrders TooManyConditionalOrders PostOnlyWouldCross FillOrKillUnfilled InsufficientFunds PositionTooLarge LevelFull ListTermsInvalid ListPricesInvalid",
  preview: "AnyCode FieldCode BodyCode AccessCode DecimalCode VenueCode NotForLimitOrders PriceMissing NotForMarketOrders OffTick OffLot TriggerIncomplete QuantityOrBudget UnknownAccount UnknownMarket DuplicateClientOrderId MalformedText AccountCannotTrade MarketHalted MarketCancelOnly MarketPostOnly CombinationNotSupported QuantityZero QuantityTooSmall QuantityTooLarge PriceZero PriceTooHigh PriceTooLow PriceOutsideBand NotionalTooSmall NotionalTooLarge DeadlinePassed DisplayQuantityInvalid TrailingOffsetInvalid WouldTrigger NoReferencePrice TooManyOpenOrders TooManyConditionalOrders PostOnlyWouldCross FillOrKillUnfilled InsufficientFunds PositionTooLarge LevelFull",
  ready: "AnyCode",
  refresh: "AnyCode FieldCode BodyCode RefreshRefused RefreshedAlready TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  register: "AnyCode FieldCode BodyCode MalformedEmail TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  removePasskey: "AnyCode FieldCode AccessCode StepUpRequired UnknownPasskey PasswordTooShortAlone Busy RateLimiterUnavailable ChangeUnknown",
  removeTotp: "AnyCode AccessCode StepUpRequired TotpMissing PasswordTooShortAlone Busy RateLimiterUnavailable ChangeUnknown",
  rename: "AnyCode FieldCode BodyCode AccessCode AccountFrozen MalformedName Busy RateLimiterUnavailable ChangeUnknown",
  replace: "AnyCode FieldCode BodyCode AccessCode DecimalCode CommandCode VenueCode NotForLimitOrders PriceMissing NotForMarketOrders OffTick OffLot TriggerIncomplete QuantityOrBudget UnknownAccount UnknownMarket UnknownOrder DuplicateClientOrderId MalformedText AccountCannotTrade MarketHalted MarketCancelOnly MarketPostOnly CombinationNotSupported QuantityZero QuantityTooSmall QuantityTooLarge PriceZero PriceTooHigh PriceTooLow PriceOutsideBand NotionalTooSmall NotionalTooLarge DeadlinePassed DisplayQuantityInvalid TrailingOffsetInvalid WouldTrigger NoReferencePrice TooManyOpenOrders TooManyConditionalOrders PostOnlyWouldCross FillOrKillUnfilled InsufficientFunds PositionTooLarge LevelFull OrderNotReplaceable",
  requestPasswordReset: "AnyCode FieldCode BodyCode MalformedEmail TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  sessions: "AnyCode AccessCode",
  setRoles: "AnyCode FieldCode BodyCode AccessCode OwnRights StepUpRequired UnknownUser Busy VenueAccountsUnavailable ChangeUnknown",
  signIn: "AnyCode FieldCode BodyCode SignInRefused FactorRequired FactorRefused TooManyAttempts Busy IdentityUnavailable RateLimiterUnavailable ChangeUnknown",
  stepUp: "AnyCode FieldCode BodyCode AccessCode FactorRefused SignInRefused TooManyAttempts Busy RateLimiterUnavailable ChangeUnknown",
  trades: "AnyCode FieldCode TimeRangeReversed MalformedCursor UnknownMarket HistoryUnavailable",
  unfreezeUser: "AnyCode FieldCode BodyCode AccessCode OwnRights RightsAbove UnknownUser Busy ChangeUnknown",
  user: "AnyCode AccessCode",
  userNamed: "AnyCode FieldCode AccessCode UnknownUser",
  users: "AnyCode FieldCode AccessCode MalformedCursor",
  verifyAudit: "AnyCode AccessCode"
}
