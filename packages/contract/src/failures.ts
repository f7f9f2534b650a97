/**
 * Every way a request can fail: each code once, with its kind and its sentence.
 *
 * A kind determines how a failure is reported: the class that raises it, HTTP status, retry class,
 * gRPC status and exit code. The tables import nothing at run time, so a browser bundle contains
 * nothing else. Codes are only ever added.
 */
import type {
  FolderLock,
  IdentityStore,
  Journal,
  RateLimiter,
  RejectReason,
  SnapshotStore
} from "@pandora-exchange/core"

/**
 * Whether to send the same request again. `safe`: it was not executed and may succeed later.
 * `never`: it was not executed, and will be refused again unless something else changes. `unknown`:
 * it may have been executed; send it again with the same key or number to find out.
 */
export type Retry = "safe" | "never" | "unknown"

/** The classes that raise failures. */
export type Family = "InvalidInput" | "Refused" | "Unavailable" | "OutcomeUnknown" | "NotOpened"

export interface Kind {
  readonly family: Family
  readonly status: number
  readonly retry: Retry
  readonly grpc: string
  /**
   * Exit code for a command-line program: 1 refused, 2 invalid, 3 unknown; 70 and up as in
   * `sysexits.h`.
   */
  readonly exit: number
}

export const kinds = {
  invalid: {
    family: "InvalidInput",
    status: 400,
    retry: "never",
    grpc: "INVALID_ARGUMENT",
    exit: 2
  },
  wrongMethod: {
    family: "InvalidInput",
    status: 405,
    retry: "never",
    grpc: "UNIMPLEMENTED",
    exit: 2
  },
  bodyTooLarge: {
    family: "InvalidInput",
    status: 413,
    retry: "never",
    grpc: "INVALID_ARGUMENT",
    exit: 2
  },
  urlTooLong: {
    family: "InvalidInput",
    status: 414,
    retry: "never",
    grpc: "INVALID_ARGUMENT",
    exit: 2
  },
  wrongMediaType: {
    family: "InvalidInput",
    status: 415,
    retry: "never",
    grpc: "INVALID_ARGUMENT",
    exit: 2
  },
  unauthenticated: {
    family: "Refused",
    status: 401,
    retry: "never",
    grpc: "UNAUTHENTICATED",
    exit: 1
  },
  forbidden: { family: "Refused", status: 403, retry: "never", grpc: "PERMISSION_DENIED", exit: 1 },
  notFound: { family: "Refused", status: 404, retry: "never", grpc: "NOT_FOUND", exit: 1 },
  conflict: {
    family: "Refused",
    status: 409,
    retry: "never",
    grpc: "FAILED_PRECONDITION",
    exit: 1
  },
  refused: { family: "Refused", status: 422, retry: "never", grpc: "FAILED_PRECONDITION", exit: 1 },
  slowRequest: { family: "Unavailable", status: 408, retry: "safe", grpc: "UNAVAILABLE", exit: 75 },
  limited: {
    family: "Unavailable",
    status: 429,
    retry: "safe",
    grpc: "RESOURCE_EXHAUSTED",
    exit: 75
  },
  unavailable: { family: "Unavailable", status: 503, retry: "safe", grpc: "UNAVAILABLE", exit: 75 },
  unknown: {
    family: "OutcomeUnknown",
    status: 504,
    retry: "unknown",
    grpc: "DEADLINE_EXCEEDED",
    exit: 3
  },
  bug: { family: "OutcomeUnknown", status: 500, retry: "unknown", grpc: "INTERNAL", exit: 70 },
  /** The exchange did not open; an operator has to act. */
  notOpened: {
    family: "NotOpened",
    status: 500,
    retry: "never",
    grpc: "FAILED_PRECONDITION",
    exit: 78
  }
} as const satisfies Record<string, Kind>

export type KindName = keyof typeof kinds

/**
 * A code's kind and its sentence: what is wrong and what to do. A message about a field prefixes
 * the sentence with the field's name.
 */
export type Row = readonly [kind: KindName, sentence: string]

/** The request cannot be read, or no route accepts it. */
const request = {
  MalformedBody: ["invalid", "The body must be a JSON object in UTF-8."],
  MalformedUrl: ["invalid", "The path or query is not correctly percent-encoded."],
  MalformedCursor: [
    "invalid",
    "Invalid cursor for this list: pass `next` unchanged, with the same filters."
  ],
  MissingField: ["invalid", "This field is required."],
  UnknownField: ["invalid", "There is no such field."],
  ForbiddenKey: ["invalid", "No field may have this name."],
  TooDeep: ["invalid", "The value is nested too deeply."],
  InvalidValue: ["invalid", "The value is not valid."],
  DuplicateParameter: ["invalid", "The query has this parameter more than once."],
  DuplicateField: ["invalid", "The body has this field more than once."],
  TimeRangeReversed: ["invalid", "`from` must not be later than `to`."],
  BodyTooLarge: ["bodyTooLarge", "The body is larger than 128 KiB."],
  UrlTooLong: ["urlTooLong", "The URL is longer than 4096 characters."],
  UnsupportedMediaType: ["wrongMediaType", "Send the body as `application/json`."],
  RequestTimeout: [
    "slowRequest",
    "The request did not arrive in time. Nothing was done; send it again."
  ],
  NotFound: ["notFound", "There is nothing at this path."],
  MethodNotAllowed: [
    "wrongMethod",
    "This path does not take this method; `Allow` lists those it takes."
  ]
} satisfies Record<string, Row>

/** A value is invalid. It did not reach the exchange. */
const values = {
  NotAnObject: ["invalid", "Must be an object with named fields."],
  DecimalNotText: [
    "invalid",
    'Must be decimal text such as "0.015", not a number: numbers lose digits.'
  ],
  DecimalBlank: ["invalid", 'Must not be empty: give decimal text such as "0.015".'],
  DecimalTooLong: ["invalid", "Must have at most 64 characters."],
  DecimalSigned: ["invalid", "Must not have a sign: give plain digits."],
  DecimalExponent: ["invalid", "Must not have an exponent: give plain digits."],
  DecimalMalformed: [
    "invalid",
    "Must be a plain decimal: digits with at most one point between them."
  ],
  DecimalTooPrecise: ["invalid", "Has more decimals than the asset or rate allows."],
  DecimalTooLarge: ["invalid", "Exceeds the largest amount the ledger can hold."],
  OffTick: ["invalid", "Must be a multiple of the market's tick size."],
  OffLot: ["invalid", "Must be a multiple of the market's lot size."],
  NotAnAccount: ["invalid", "Must be an account number, as returned by `openAccount`."],
  NotAnOrder: ["invalid", "Must be an order number, as returned by `place`."],
  HoldOfAnotherAsset: ["invalid", "The hold is of another asset. `holds` tells which."],
  NotAHold: ["invalid", "Must be a hold number, as returned by `hold`."],
  NotAList: ["invalid", "Must be a list number, as returned by `placeList`."],
  NotACount: ["invalid", "Must be an integer of 0 or more."],
  NotANumber: ["invalid", "Must be an integer of 1 or more."],
  NotATime: ["invalid", "Must be milliseconds since 1970 or a `Date`."],
  NotABoolean: ["invalid", "Must be true or false."],
  NotOneOf: ["invalid", "Is not one of the allowed values."],
  KeyAndSource: ["invalid", "Give either a key or a source number, not both."],
  MalformedKey: [
    "invalid",
    "Must be a version 7 UUID in lower case, such as 019b7600-7c00-7abc-8def-0123456789ab. Make a new one for each command: with `idempotencyKey()`, with `uuidgen -7` of util-linux 2.41, or with `uuid.uuid7()` of Python 3.14."
  ],
  OrderOrClientOrderId: [
    "invalid",
    "Identify the order either by its number or by its client order id."
  ],
  ListOrClientListId: [
    "invalid",
    "Identify the list either by its number or by its client list id."
  ],
  OrdersMissing: ["invalid", "Give two orders, or three for OTOCO."],
  TriggerIncomplete: [
    "invalid",
    "A trigger needs a price, an offset or both, and the offset must be either a price or basis points."
  ],
  QuantityOrBudget: ["invalid", "A market order needs either a quantity or a budget, not both."],
  NotForMarketOrders: ["invalid", "Market orders do not have this field."],
  PriceMissing: ["invalid", 'A limit order needs a price. Did you mean type "market"?'],
  NotForLimitOrders: [
    "invalid",
    'Limit orders do not have this field. Did you mean type "market"?'
  ],
  LevelsOutOfRange: ["invalid", "Must be from 1 to 5000."]
} satisfies Record<string, Row>

/** The venue's refusals, in order of precedence. Nothing has changed. */
const refusals = {
  KeyExpired: [
    "refused",
    "This key is older than the 24 hours the exchange remembers. Check what became of the first request before you send it with a new key."
  ],
  KeyInFuture: [
    "refused",
    "This key is more than a minute ahead of the exchange's time. Check your clock."
  ],
  KeyConflict: [
    "conflict",
    "This key was used for a different request. Use a new key for each request."
  ],
  SourceNumberUsed: [
    "refused",
    "This source number was already used, and its request was done then."
  ],
  SourceNumberGap: ["refused", "A lower number of this source is missing. Send that one first."],
  TooManySources: ["refused", "The exchange has reached its limit of sources."],
  UnknownAccount: ["notFound", "There is no such account."],
  UnknownReceiver: ["notFound", "There is no such account to receive it."],
  UnknownAsset: ["notFound", "There is no such asset. List it first."],
  UnknownMarket: ["notFound", "There is no such market. List it first."],
  UnknownHold: ["notFound", "There is no such hold, or it has ended."],
  UnknownOrder: ["notFound", "The account has no such order, or the order is no longer open."],
  AccountKindReserved: ["refused", "Accounts of this kind belong to the exchange itself."],
  AccountReferenceTaken: ["refused", "This reference belongs to an account of another kind."],
  AccountCannotTrade: ["refused", "Only user and house accounts can trade."],
  TransferNotAllowed: ["refused", "Transfers are only possible between user and house accounts."],
  SameAccount: ["refused", "Sender and receiver are the same account."],
  MarketHalted: ["refused", "The market is halted. Nothing happens in it until it is opened."],
  MarketCancelOnly: ["refused", "The market only accepts cancellations."],
  MarketPostOnly: ["refused", "The market only accepts post-only limit orders."],
  MalformedSymbol: [
    "refused",
    "Symbols take capital letters and digits; market symbols also `._/-` in the middle."
  ],
  SymbolTaken: ["refused", "This symbol is already listed."],
  ScaleTooLarge: ["refused", "An asset has 0 to 18 decimals."],
  SameAsset: ["refused", "Base and quote are the same asset."],
  InexactMarket: [
    "refused",
    "One tick times one lot must be a whole number of the quote asset's smallest unit. Use a larger tick or lot, or list the quote asset with more decimals."
  ],
  BoundsInvalid: [
    "refused",
    "The bounds contradict each other, or their product exceeds the largest amount the ledger can hold."
  ],
  FeeRateTooHigh: ["refused", "Fees must not exceed 0.1 (10%)."],
  TooManyAssets: ["refused", "The exchange has reached its limit of assets."],
  TooManyMarkets: ["refused", "The exchange has reached its limit of markets."],
  TooManyAccounts: ["refused", "The exchange has reached its limit of accounts."],
  CombinationNotSupported: [
    "refused",
    "This order type, time in force and post-only mode cannot be combined."
  ],
  MalformedText: ["refused", "Has characters that are not allowed here, or too many of them."],
  AmountNotPositive: ["refused", "The amount must be above zero."],
  FeeTooLarge: ["refused", "The fee exceeds the hold."],
  QuantityZero: ["refused", "The quantity must be above zero."],
  QuantityTooSmall: ["refused", "The quantity is below the market's minimum."],
  QuantityTooLarge: ["refused", "The quantity is above the market's maximum."],
  PriceZero: ["refused", "The price must be above zero."],
  PriceTooHigh: ["refused", "The price is above the market's maximum."],
  NotionalTooSmall: ["refused", "Price times quantity is below the market's minimum notional."],
  NotionalTooLarge: ["refused", "Price times quantity is above the market's maximum notional."],
  DeadlinePassed: ["refused", "The deadline must be in the future."],
  NothingToAmend: ["refused", "The order already has this price and quantity."],
  QuantityBelowFilled: [
    "refused",
    "So much of the order is filled already, or was prevented from trading with the same owner. The new quantity counts both."
  ],
  DuplicateClientOrderId: [
    "conflict",
    "The account already has an open order with this client order id."
  ],
  TooManyOpenOrders: [
    "refused",
    "The account or the exchange has reached its limit of open orders."
  ],
  TooManyHolds: ["refused", "The exchange has reached its limit of holds."],
  TooManyPriceSources: ["refused", "The market has reached its limit of price sources."],
  PostOnlyWouldCross: ["refused", "The post-only order would trade immediately."],
  FillOrKillUnfilled: ["refused", "The order cannot be filled in full immediately."],
  InsufficientFunds: ["refused", "The available balance is too small."],
  BalanceTooLarge: ["refused", "The balance would exceed the largest amount the ledger can hold."],
  LevelFull: ["refused", "This price level cannot hold that much more."],
  UnknownOrderList: ["notFound", "The account has no such list, or the list is no longer open."],
  RulesInvalid: [
    "refused",
    "The rules contradict each other or the market's terms. Bands range from 0 to 100."
  ],
  FeeTierTooHigh: ["refused", "Fee tiers range from 0 to 31."],
  DelayTooLong: ["refused", "The delay must not exceed 24 hours."],
  ReduceOnlyNotSupported: ["refused", "Only margin accounts have positions to reduce."],
  DisplayQuantityInvalid: [
    "refused",
    "The displayed quantity must be between the market's minimum and the order's quantity, and split the order into at most 100 parts."
  ],
  TrailingOffsetInvalid: [
    "refused",
    "The offset must be above zero and at most the market's maximum price or 5,000 basis points."
  ],
  PriceTooLow: ["refused", "The price is below the market's minimum."],
  PriceOutsideBand: ["refused", "The price is too far from the market's price."],
  ListTermsInvalid: [
    "refused",
    "These orders do not form a valid list. A pair has one side and quantity: a post-only limit or take-profit order, then a stop-loss. A working order is a limit order without a trigger."
  ],
  ListPricesInvalid: [
    "refused",
    "For sells the limit or take-profit price must be above the market and the stop below it; for buys the reverse."
  ],
  OrderNotAmendable: [
    "refused",
    "Orders that wait, that are part of a list, or that were partly filled under rules version 1 cannot be amended. Cancel the order and place another one."
  ],
  OrderNotReplaceable: ["refused", "The order's fill state does not match `only`."],
  NoReferencePrice: ["refused", "The market has no price yet for this order to follow."],
  WouldTrigger: ["refused", "The market's price has already passed the trigger."],
  TooManyConditionalOrders: [
    "refused",
    "The account or the market has reached its limit of waiting orders."
  ],
  PositionTooLarge: ["refused", "The account would hold more of this asset than the market allows."]
} satisfies Record<RejectReason.RejectReason, Row>

/** About the caller's identity and permissions, and users in general. */
const users = {
  Unauthorized: ["unauthenticated", "Send a valid access token as `Authorization: Bearer TOKEN`."],
  SignInRefused: [
    "unauthenticated",
    "Wrong email or password, or too many attempts. Check both, wait a few minutes, or reset the password."
  ],
  FactorRequired: [
    "unauthenticated",
    "The password is correct. Send it again with a second factor as `proof`, one of `methods`."
  ],
  FactorRefused: [
    "unauthenticated",
    "The second factor is wrong, has expired or was already used. Send another code, or start again."
  ],
  RefreshRefused: [
    "unauthenticated",
    "The refresh token is invalid or has expired. Sign in again."
  ],
  NotPermitted: [
    "forbidden",
    "The access token lacks the permission this needs. `GET /v1/me` lists those it has."
  ],
  StepUpRequired: [
    "forbidden",
    "This needs a proof of identity from the last ten minutes. Step up, and send it again with the new token."
  ],
  OwnRights: [
    "forbidden",
    "You cannot change your own roles or status. Ask another administrator."
  ],
  RightsAbove: [
    "forbidden",
    "This user can grant roles. Only someone who can also grant roles may do this."
  ],
  OriginNotAllowed: [
    "forbidden",
    "Pages of this origin may not connect. The server's PANDORA_ORIGINS lists those that may."
  ],
  UnknownUser: ["notFound", "There is no such user."],
  UnknownSession: ["notFound", "You have no such session, or it has ended."],
  UnknownPasskey: ["notFound", "You have no such passkey."],
  RefreshedAlready: [
    "conflict",
    "This token was refreshed a moment ago, and the next one is used too. Use the tokens that came last, and never send this one again."
  ],
  TotpPresent: [
    "conflict",
    "You already have an authenticator app. Remove it before you add another."
  ],
  TotpMissing: ["conflict", "You have no authenticator app or other second factor. Add one first."],
  NoAccount: ["conflict", "Only users with the role `user` have accounts."],
  AccountFrozen: [
    "conflict",
    "The account is frozen: it can be viewed and secured, but nothing else. Contact the operator of the exchange."
  ],
  FundsLeft: [
    "conflict",
    "An account still has funds or open orders. Withdraw the funds, cancel the orders, then close."
  ],
  KycUnderWay: ["conflict", "You are already verified, or verification is in progress."],
  KycNotPending: ["conflict", "This user has no verification pending."],
  MalformedEmail: ["refused", "This is not an email address. Give one such as ann@example.com."],
  MalformedName: [
    "refused",
    "A name has 1 to 100 characters, at least one of them visible, and no line breaks, control or direction characters."
  ],
  LinkRefused: [
    "refused",
    "The link is invalid, has expired or was already used. Request a new one."
  ],
  PasswordTooShort: [
    "refused",
    "The password must have at least 15 characters, or 8 if you also have a second factor."
  ],
  PasswordTooLong: ["refused", "The password must not exceed 256 characters."],
  PasswordTooCommon: [
    "refused",
    "The password is common or follows a pattern. Choose words that nobody would guess."
  ],
  PasswordAboutYou: [
    "refused",
    "The password contains your name, your address or ours. Choose something that nobody would guess."
  ],
  PasswordTooShortAlone: [
    "refused",
    "Without a second factor the password needs at least 15 characters. Change it before you remove the last factor."
  ],
  PasskeyRefused: [
    "refused",
    "The passkey does not fit this request, took too long, or already belongs to a user. Start again, with another one if need be."
  ],
  TooManyPasskeys: ["refused", "You have reached the limit of passkeys. Remove one first."],
  TooManySubAccounts: ["refused", "You have reached the limit of sub-accounts."],
  TooManyAttempts: [
    "limited",
    "Too many attempts from this address or for this user. Nothing was done; retry after `retryAfterMs`, over HTTP `Retry-After`."
  ]
} satisfies Record<string, Row>

/** The WebSocket `/v1/stream`. */
const stream = {
  MalformedMessage: [
    "invalid",
    "The message must be a JSON object with an operation of this stream."
  ],
  ResumeTooOld: [
    "invalid",
    "What followed `from` is no longer kept, or `from` has not happened yet. Subscribe without it."
  ],
  AlreadySubscribed: ["conflict", "This connection already has this subscription."],
  NotSubscribed: ["notFound", "This connection has no such subscription."],
  TooManyRequests: [
    "limited",
    "Too many requests in a short time. Nothing was done; slow down and send it again."
  ],
  TooManySubscriptions: ["limited", "This connection has reached its limit of subscriptions."],
  TooManyConnections: ["limited", "The limit of connections is reached. Close one, or retry later."]
} satisfies Record<string, Row>

/** The exchange, or something it depends on, cannot answer. */
const service = {
  GuardRefused: ["refused", "A rule of this exchange's operator refused the command."],
  GuardUnavailable: [
    "unavailable",
    "A rule of this exchange's operator did not answer in time. Nothing was done; retry shortly."
  ],
  Overloaded: ["unavailable", "Too many requests are waiting. Nothing was done; retry shortly."],
  JournalFull: [
    "unavailable",
    "The journal's disk is full. Nothing was done; retry when there is space again."
  ],
  NotLeader: [
    "unavailable",
    "Another process now leads this exchange. Nothing was done; send the request there."
  ],
  Stopped: ["unavailable", "The exchange has stopped and needs its operator. Nothing was done."],
  Closed: ["unavailable", "The exchange is closed. Nothing was done."],
  Recovering: [
    "unavailable",
    "The exchange is recovering from its journal. Nothing was done; retry shortly."
  ],
  ShuttingDown: [
    "unavailable",
    "The server is shutting down. Nothing was done; send the request to the next one."
  ],
  Busy: ["unavailable", "Busy. Nothing was done; retry shortly."],
  HistoryBehind: [
    "unavailable",
    "The history has not caught up with your last answer yet. Retry shortly."
  ],
  HistoryUnavailable: ["unavailable", "The history cannot be read right now. Retry shortly."],
  RateLimiterUnavailable: [
    "unavailable",
    "The rate limiter is unavailable, so the attempt was refused. Nothing was done; retry shortly."
  ],
  VenueAccountsUnavailable: [
    "unavailable",
    "The exchange cannot answer about accounts right now. Nothing was done; retry shortly."
  ],
  KycUnavailable: [
    "unavailable",
    "The verification provider did not answer. Nothing was started; retry shortly."
  ],
  IdentityUnavailable: [
    "unavailable",
    "The user store did not answer. If you sent a change, check whether it was made before you retry."
  ],
  OutcomeUnknown: [
    "unknown",
    "The journal did not answer, so the request may or may not have been done. Send it again with the same key to find out."
  ],
  ChangeUnknown: [
    "unknown",
    "A dependency timed out. The change may or may not have been applied: check before you retry."
  ],
  Internal: ["bug", "Unexpected failure on our side. The request id finds it in the log."]
} satisfies Record<string, Row>

/**
 * Only in the process that runs the exchange: its options, `as`, and codes that differ over HTTP.
 */
const embedded = {
  ListedDifferently: [
    "invalid",
    "Already listed with other terms. The terms of an asset or market cannot be changed."
  ],
  NotForThreads: [
    "invalid",
    "A journal of your own cannot move to another thread: omit `thread`, or store in a folder."
  ],
  StorageMalformed: [
    "invalid",
    'Must be "memory", { folder }, { url } or { journal } with a layer.'
  ],
  IdentityIncomplete: [
    "invalid",
    "`identity` needs `name`, `issuer`, `site` and at least one of `secretKeys`."
  ],
  IdentityStoreMissing: [
    "invalid",
    "With a journal of your own, `identity` needs a `store` for the users."
  ],
  IdentityMissing: [
    "invalid",
    "The exchange was opened without `identity`, so `as` cannot resolve users."
  ],
  MalformedReference: [
    "invalid",
    "References and sub-account names take 1 to 64 of A-Z a-z 0-9 . _ : - and, joined with a slash, at most 64 characters."
  ],
  AccountUnknown: [
    "unauthenticated",
    "Your `identity` function failed to name the account; the cause says why. Nothing was done."
  ],
  TokenRefused: [
    "unauthenticated",
    "The access token is invalid or has expired. Refresh it, or sign in again."
  ],
  PermissionMissing: [
    "forbidden",
    "The session lacks the permission this needs. Staff permissions also need a second factor."
  ],
  EmailTaken: ["conflict", "Another user already has this email address."],
  Unknown: ["unavailable", "The journal cannot be read right now. Retry shortly."],
  SnapshotsUnavailable: [
    "unavailable",
    "The snapshots cannot be read right now. Nothing was changed: open the exchange again shortly."
  ],
  Failed: [
    "bug",
    "Unexpected failure. The request may or may not have been done; the cause says more."
  ]
} satisfies Record<string, Row>

/** The exchange does not open. */
const opening = {
  FolderLocked: ["notOpened", "Another process uses this folder. Close it, or use another folder."],
  FolderUnusable: [
    "notOpened",
    "This process cannot read and write the folder. Grant it access, or use another folder."
  ],
  SettingsWrong: [
    "notOpened",
    "A setting of `identity` is not safe; the message says which one and what to do."
  ],
  AdapterMissing: ["notOpened", "These options need a package that is not installed."],
  WorkerMissing: [
    "notOpened",
    "A file of the SDK that runs in a thread is missing. Add it to your bundle's entry points."
  ],
  DatabaseUnsafe: [
    "notOpened",
    "The database server may lose what it has confirmed. Turn on `fsync` and `synchronous_commit`."
  ],
  DatabaseTooNew: ["notOpened", "The database was written by a newer build. Use that build."],
  DatabaseUnusable: [
    "notOpened",
    "The database does not answer or rejects the login. Check address, name, role and password."
  ],
  Damaged: [
    "notOpened",
    "The journal is damaged. Restore it from a copy; nothing was skipped or changed."
  ],
  Fenced: [
    "notOpened",
    "Another process took the lead of this exchange at the same moment. Send requests there."
  ],
  Diverged: [
    "notOpened",
    "Replaying the journal gave different results. Use the build that wrote it, and keep the folder as evidence."
  ],
  RulesUnknown: [
    "notOpened",
    "The journal ends under rules that this build cannot go on from. The message names the build to start."
  ],
  RulesChangeUnfinished: [
    "notOpened",
    "A change of rules was interrupted, and its snapshot is missing or damaged. The message names the one to restore."
  ]
} satisfies Record<string, Row>

/** The codes by topic. */
export const areas = { request, values, refusals, users, stream, service, embedded, opening }

export const failures = {
  ...request,
  ...values,
  ...refusals,
  ...users,
  ...stream,
  ...service,
  ...embedded,
  ...opening
} satisfies Record<PortFailure["_tag"], Row>

/** A failure of a port that reaches callers; its tag is its code. */
type PortFailure =
  | FolderLock.FolderLocked
  | FolderLock.FolderUnusable
  | IdentityStore.EmailTaken
  | IdentityStore.IdentityUnavailable
  | Journal.Damaged
  | Journal.Fenced
  | Journal.Unknown
  | RateLimiter.RateLimiterUnavailable
  | SnapshotStore.SnapshotsUnavailable

/** Stable name of a failure. */
export type Code = keyof typeof failures

/** The codes a class raises. */
export type CodeOf<F extends Family> = {
  [C in Code]: (typeof kinds)[(typeof failures)[C][0]]["family"] extends F ? C : never
}[Code]

/** Every code, in the order of the table. */
export const codes = Object.keys(failures) as ReadonlyArray<Code>

export const isCode = (code: string): code is Code => Object.hasOwn(failures, code)

/** Everything known about a code. */
export interface Failure extends Kind {
  readonly code: Code
  readonly kind: KindName
  readonly sentence: string
}

export const failureOf = (code: Code): Failure => {
  const [kind, sentence]: Row = failures[code]
  return { code, kind, sentence, ...kinds[kind] }
}
