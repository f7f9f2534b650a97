/**
 * What comes instead of an answer: RFC 9457 problem details with a stable `code`, and what a caller may do about each code.
 *
 * Compare `code`, never `detail`. `type` links to the code's paragraph on the server that answered. `retry` is one of three:
 * `safe`, it was not done and the same request may succeed later; `never`, it was not done and the same request gets the same
 * answer; `unknown`, it may have been done, and the same request with the same key tells.
 */
import { Schema } from "effect"
import { FactorRequest } from "./api/FactorRequest.ts"

export const retries = ["safe", "never", "unknown"] as const
export type Retry = (typeof retries)[number]

/** The body of every answer whose status is 400 or more, as `application/problem+json`. */
export const ProblemDetails = Schema.Struct({
  type: Schema.String.annotate({ description: "Link to what is said about the code, relative to the server" }),
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.String,
  code: Schema.String.annotate({
    description: "Stable. The list is open: treat an unknown code by its status and `retry`"
  }),
  retry: Schema.Literals(retries),
  requestId: Schema.String.annotate({ description: "Finds the request in the server's log" }),
  parameter: Schema.optionalKey(Schema.String).annotate({
    description: "The field, query parameter or header that is wrong"
  }),
  sequence: Schema.optionalKey(Schema.Int).annotate({ description: "The command of the journal that was refused" }),
  factor: Schema.optionalKey(FactorRequest).pipe(
    Schema.annotateKey({ description: "Of `FactorRequired`: what to send as `proof`" })
  )
}).annotate({ identifier: "Problem", description: "RFC 9457 problem details" })

export type ProblemDetails = typeof ProblemDetails.Type

/** What the typed clients fail with. */
export class Problem extends Schema.TaggedError<Problem>()("Problem", ProblemDetails.fields) {
  override get message() {
    return this.parameter === undefined
      ? `${this.code}: ${this.detail}`
      : `${this.code} (${this.parameter}): ${this.detail}`
  }
}

interface Entry {
  readonly status: number
  readonly retry: Retry
  /** One sentence: what is wrong and what to do. */
  readonly sentence: string
}

const codes = (status: number, retry: Retry, sentences: Readonly<Record<string, string>>) =>
  Object.entries(sentences).map(([code, sentence]): [string, Entry] => [code, { status, retry, sentence }])

/** Every code, by what happened. Codes are only ever added. */
export const problems: ReadonlyMap<string, Entry> = new Map([
  // The request cannot be read
  ...codes(400, "never", {
    MalformedBody: "the body is no JSON object",
    MalformedUrl: "the path or the query is not properly encoded",
    MalformedCursor: "take the cursor as it was given in `next`, with the same filters",
    MissingField: "is required",
    UnknownField: "the request has no such field",
    ForbiddenKey: "no field may have this name",
    TooDeep: "is nested too deeply",
    InvalidValue: "is no valid value",
    DuplicateParameter: "was given more than once",
    DuplicateField: "stands in the body more than once",
    TimeRangeReversed: "`from` is later than `to`"
  }),
  ...codes(413, "never", { BodyTooLarge: "the body is larger than 64 KiB" }),
  ...codes(414, "never", { UrlTooLong: "the URL is longer than 4096 characters" }),
  ...codes(415, "never", { UnsupportedMediaType: "send the body as application/json" }),
  ...codes(408, "safe", { RequestTimeout: "the request was not sent in time" }),

  // Who asks for what
  ...codes(401, "never", {
    Unauthorized: "give a valid access token as `Authorization: Bearer TOKEN`",
    SignInRefused:
      "address and password do not go together, or too much was tried: check them, wait some minutes, or reset the password",
    FactorRequired:
      'the password is right; send it again with a second factor of `factor.methods`, for instance `"proof":{"kind":"totp","code":"123456"}`',
    FactorRefused: "the second factor is wrong, was used before, or comes too late; send another code, or begin again",
    RefreshRefused: "the refresh token is not, or no longer, valid; sign in again"
  }),
  ...codes(403, "never", {
    NotPermitted: "the token does not have the right that this needs",
    StepUpRequired:
      "this takes a proof of who you are that is not older than ten minutes; step up, and send it again with the new token",
    OwnRights: "nobody changes or decides about their own rights; let somebody else do it",
    RightsAbove: "this user gives rights to others; only those who do so, too, may do that",
    OriginNotAllowed: "pages of this origin may not connect; the server's PANDORA_ORIGINS lists those that may"
  }),
  ...codes(404, "never", {
    NotFound: "there is nothing at this path",
    UnknownAccount: "there is no such account",
    UnknownReceiver: "there is no account that could receive it",
    UnknownAsset: "there is no such asset; list it first",
    UnknownMarket: "there is no such market; list it first",
    UnknownHold: "there is no such hold, or it has ended",
    UnknownOrder: "the account has no such open order",
    UnknownOrderList: "the account has no such open list",
    UnknownUser: "there is no such user",
    UnknownSession: "you have no such session, or it has ended",
    UnknownPasskey: "you have no such passkey"
  }),
  ...codes(405, "never", { MethodNotAllowed: "this path has other methods" }),

  // The values are not valid: it did not reach the exchange
  ...codes(400, "never", {
    NotAnObject: "the request is an object with named fields",
    DecimalNotText: 'give decimal text, for instance "0.015", not a number: numbers lose digits',
    DecimalBlank: 'is empty; give decimal text, for instance "0.015"',
    DecimalTooLong: "has more than 64 characters",
    DecimalSigned: "has a sign; give plain digits",
    DecimalExponent: "has an exponent; give plain digits",
    DecimalMalformed: "is no plain decimal: digits and at most one point between them",
    DecimalTooPrecise: "has more decimals than the asset or rate has",
    DecimalTooLarge: "is past the largest amount of the ledger",
    OffTick: "is no multiple of the market's tick size",
    OffLot: "is no multiple of the market's lot size",
    NotAnAccount: "give the number of an account, as `openAccount` answered it",
    NotAnOrder: "give the number of an order, as `place` answered it",
    NotAHold: "give the number of a hold, as `hold` answered it",
    NotANumber: "give a whole number from 1",
    NotATime: "give milliseconds since 1970 or a Date",
    NotABoolean: "give true or false",
    NotOneOf: "is none of the values that this field can have",
    KeyAndSource: "a request has a key or a source number, not both",
    MalformedKey: "is no version 7 UUID in lower case; make keys with `idempotencyKey()`",
    OrderOrClientOrderId: "name the order by its number or by its client order id",
    QuantityOrBudget: "a market order has a quantity or a budget, and not both",
    NotForMarketOrders: "market orders have no such field",
    PriceMissing: 'a limit order needs a price; did you mean type "market"?',
    NotForLimitOrders: 'limit orders have no such field; did you mean type "market"?',
    LevelsOutOfRange: "give 1 to 5000 levels",
    NotAList: "give the number of a list, as `placeList` answered it",
    NotACount: "give a whole number from 0",
    ListOrClientListId: "name the list by its number or by its client list id",
    OrdersMissing: "give two orders, or three for OTOCO",
    TriggerIncomplete: "a trigger has a price, an offset, or both; and its offset in prices or in basis points"
  }),

  // It does not fit the user as they are: nothing has changed
  ...codes(409, "never", {
    RefreshedAlready: "another request of yours was given the next tokens a moment ago; use those",
    TotpPresent: "there is an authenticator app; remove it before you add another one",
    TotpMissing: "there is no authenticator app or other second factor; add one first",
    NoAccount: "only those with the role user have accounts",
    AccountFrozen:
      "the account is frozen: it can be looked at and secured, and nothing else; ask whoever runs the exchange",
    FundsLeft: "an account still has something; withdraw it, end its orders, and close then",
    KycUnderWay: "you are verified, or it is being looked at; wait for what comes of it",
    KycNotPending: "the user does not wait to be verified"
  }),
  ...codes(422, "never", {
    MalformedEmail: "this is no address that mail reaches; check it",
    LinkRefused: "the link was used, is too old, or was never sent; ask for a new one",
    PasswordTooShort: "the password is too short: 15 characters, or 8 beside a second factor",
    PasswordTooLong: "the password has more than 256 characters",
    PasswordTooCommon: "the password is one that many have, or a pattern; choose words that nobody would guess",
    PasswordAboutYou:
      "the password is made of your name, your address or ours; choose something that nobody would guess",
    PasswordTooShortAlone:
      "without a second factor the password must have 15 characters; change it before you remove the last one",
    PasskeyRefused: "the passkey was not made for this, was added before, or comes too late; begin again",
    TooManyPasskeys: "you have as many passkeys as you may have; remove one first",
    TooManySubAccounts: "you have as many sub-accounts as you may have"
  }),
  ...codes(429, "safe", {
    TooManyAttempts:
      "too much was tried from here or for this user; it was not done, wait as long as `Retry-After` says"
  }),

  // The exchange refused it: nothing has changed
  ...codes(409, "never", {
    KeyConflict: "this key was used for another request; use a new key for each request",
    DuplicateClientOrderId: "the account has an open order with this client order id"
  }),
  ...codes(422, "never", {
    KeyExpired:
      "this key is older than what the exchange remembers (24 hours); check what became of the first request before sending it with a new key",
    KeyInFuture: "this key was made more than a minute ahead of the exchange's time; check your clock",
    SourceNumberUsed: "this number of the source was used already; it was done then, and is not done again",
    SourceNumberGap: "a lower number of this source is missing; send it first",
    TooManySources: "there is no room for another source",
    AccountKindReserved: "accounts of this kind belong to the exchange itself",
    AccountReferenceTaken: "this reference belongs to an account of another kind",
    AccountCannotTrade: "only user and house accounts trade",
    TransferNotAllowed: "transfers go between user and house accounts",
    SameAccount: "sender and receiver are the same account",
    MarketHalted: "the market is halted; nothing happens in it until it is opened",
    MarketCancelOnly: "the market accepts cancels only",
    MarketPostOnly: "the market accepts post-only limit orders only",
    MalformedSymbol: "symbols are capital letters and digits; a market's may have . _ / - inside",
    SymbolTaken: "this symbol is listed already",
    ScaleTooLarge: "an asset has 0 to 18 decimals",
    SameAsset: "base and quote are the same asset",
    InexactMarket:
      "one tick times one lot must be a whole number of the quote asset's smallest unit: use a larger tick or lot, or list the quote asset with more decimals",
    BoundsInvalid: "the bounds contradict each other, or their product is past the largest amount of the ledger",
    FeeRateTooHigh: "fees are at most 0.1 (10 %)",
    TooManyAssets: "there is no room for another asset",
    TooManyMarkets: "there is no room for another market",
    TooManyAccounts: "there is no room for another account",
    CombinationNotSupported: "this order type, time in force and post-only do not go together",
    MalformedText: "has characters that do not belong there, or too many of them",
    AmountNotPositive: "give an amount above zero",
    FeeTooLarge: "the fee is more than the hold",
    QuantityZero: "give a quantity above zero",
    QuantityTooSmall: "is below the market's least quantity",
    QuantityTooLarge: "is above the market's largest quantity",
    PriceZero: "give a price above zero",
    PriceTooHigh: "is above the market's highest price",
    NotionalTooSmall: "price times quantity is below the market's least notional",
    NotionalTooLarge: "price times quantity is above the market's largest notional",
    DeadlinePassed: "the deadline is not in the future",
    NothingToAmend: "neither price nor quantity differs from what the order has",
    QuantityBelowFilled: "the order has filled as much or more; the new quantity counts what is filled",
    TooManyOpenOrders: "the account or the exchange has as many open orders as it may have",
    TooManyHolds: "there is no room for another hold",
    TooManyPriceSources: "the market has as many price sources as it may have",
    PostOnlyWouldCross: "the order would trade at once; a post-only order does not",
    FillOrKillUnfilled: "not all of it can be traded at once",
    InsufficientFunds: "the account has less available than this needs",
    BalanceTooLarge: "the ledger cannot hold that much of one asset",
    LevelFull: "there is no room for that much at this price",
    RulesInvalid: "the rules contradict each other or the market's terms; bands go down to 0 and up to 100",
    FeeTierTooHigh: "fee tiers are 0 to 31",
    DelayTooLong: "the delay is at most 24 hours",
    ReduceOnlyNotSupported: "only margin accounts have positions to reduce",
    DisplayQuantityInvalid:
      "an iceberg shows at least the market's least quantity, at most the order's, and has at most 100 parts",
    TrailingOffsetInvalid: "the offset is above the market's highest price, or above 5,000 basis points",
    PriceTooLow: "is below the market's lowest price",
    PriceOutsideBand: "the price is too far from the market's",
    ListTermsInvalid:
      "these orders make no such list: a pair has one side and quantity, a post-only limit or take-profit order and then a stop-loss; a working order is a limit order without a trigger",
    ListPricesInvalid:
      "selling, the limit or take-profit price is above the market and the stop below it; buying, the other way round",
    OrderNotAmendable: "an order that waits or is one of a list cannot be amended; cancel it and place another one",
    OrderNotReplaceable: "the order is filled in part, or not at all, other than you asked for",
    NoReferencePrice: "the market has no price yet that this order could follow",
    WouldTrigger: "the market's price is past the trigger already",
    TooManyConditionalOrders: "the account or the market has as many waiting orders as it may have",
    PositionTooLarge: "the account would have more of this asset than the market allows"
  }),

  // The stream
  ...codes(400, "never", {
    MalformedMessage: "the message is no JSON object with an operation that this stream has",
    ResumeTooOld: "what followed on `from` is no longer kept here; subscribe without it for a snapshot"
  }),
  ...codes(409, "never", { AlreadySubscribed: "this connection has that subscription" }),
  ...codes(404, "never", { NotSubscribed: "this connection has no such subscription" }),
  ...codes(429, "safe", {
    TooManyRequests: "too many requests in too short a time; it was not done, slow down and send it again",
    TooManySubscriptions: "this connection has as many subscriptions as it may have",
    TooManyConnections: "there are as many connections as there may be; close one, or try again later"
  }),

  // The server itself
  ...codes(503, "safe", {
    HistoryBehind: "the history has not caught up with what you were answered; ask again",
    HistoryUnavailable: "the history cannot be read at the moment; ask again",
    IdentityUnavailable: "who you are cannot be found out at the moment; it was not done, send it again",
    RateLimiterUnavailable: "attempts cannot be counted at the moment, so none is made; send it again",
    VenueAccountsUnavailable:
      "the exchange does not answer about accounts at the moment; it was not done, send it again",
    KycUnavailable: "whoever verifies users does not answer at the moment; nothing has begun, send it again",
    Busy: "too many want the same at once; it was not done, send it again a little later",
    ShuttingDown: "the server is going down; it was not done, send it again to the next one",
    Overloaded: "too many requests wait; it was not done, send it again a little later",
    JournalFull: "the journal's disk is full; it was not done, send it again when there is room",
    Recovering: "the exchange is being rebuilt from its journal; it was not done, send it again",
    NotLeader: "another process leads this exchange now; it was not done, send it there",
    Stopped: "the exchange has stopped and needs its operator; it was not done",
    Closed: "the exchange is closed; it was not done"
  }),
  ...codes(504, "unknown", {
    OutcomeUnknown:
      "the journal did not answer, so it may or may not have been done; send it again with the same key to find out",
    ChangeUnknown:
      "no answer came in time from what this needs, so a change may or may not have been made; look, and send it again if it was not"
  }),
  ...codes(500, "unknown", {
    Internal: "something is wrong on our side; the request id finds it in the log"
  })
])

/** The problem details of a code. `detail` is the code's sentence unless something more exact is known. */
export const detailsOf = (
  code: string,
  requestId: string,
  more: {
    readonly detail?: string
    readonly parameter?: string
    readonly sequence?: number
    readonly factor?: FactorRequest
  } = {}
): ProblemDetails => {
  const { retry, sentence, status } = problems.get(code) ?? problems.get("Internal")!
  return {
    type: `/docs/errors#${code}`,
    title: titleOf(code),
    status,
    detail: more.detail ?? (more.parameter === undefined ? sentence : `${more.parameter}: ${sentence}`),
    code,
    retry,
    requestId,
    ...(more.parameter === undefined ? {} : { parameter: more.parameter }),
    ...(more.sequence === undefined ? {} : { sequence: more.sequence }),
    ...(more.factor === undefined ? {} : { factor: more.factor })
  }
}

/** `InsufficientFunds` is "Insufficient funds". */
const titleOf = (code: string): string => {
  const words = code.replace(/(?!^)([A-Z])/g, " $1").toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
