/**
 * Bodies and answers of REST and messages of the stream, as JSON has them. Printed from the
 * declarations by `npm run contract`.
 */

/** An account's terms. */
export interface AccountTerms {
  /** The account. */
  readonly account: string
  /** Its fee tier. */
  readonly feeTier: number
  /** Accounts of the same group do not trade with each other; 0 is the account alone. */
  readonly tradeGroup: number
  /** When the timer of `cancelAfter` cancels its orders, if it runs. */
  readonly cancelDeadline?: number
}

/** A sub-account to open. */
export interface AddAccount {
  /** Your name for it. */
  readonly label: string
}

/** An account of a user. */
export interface UserAccount {
  /** The account's id. */
  readonly account: string
  /** The user's name for it. */
  readonly label: string
}

/** A passkey that was created. */
export interface AddPasskey {
  /** Your name for it. */
  readonly name: string
  /** The result of `navigator.credentials.create`, by its `toJSON`. */
  readonly response: { readonly [name: string]: unknown }
}

/** Recovery codes, shown once. */
export interface RecoveryCodes {
  /** The codes; null where there already are some. */
  readonly recoveryCodes: ReadonlyArray<string> | null
}

/** Where an order goes. */
export interface InMarket {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
}

/** New terms of an open order. Terms that are not given stay. */
export interface AmendOrder extends InMarket {
  /** The new limit price. */
  readonly price?: string
  /** The new total, including what is filled already. */
  readonly quantity?: string
}

/** Confirms a change: it is durable. */
export interface Done {
  /** The command's position in the journal. */
  readonly sequence: number
}

/**
 * `waiting`: for its trigger or for another order. `expired`: the rest ended without a trade;
 * `endReason` says why.
 */
export type OrderStatus =
  | "waiting"
  | "open"
  | "partiallyFilled"
  | "filled"
  | "cancelled"
  | "expired"

/** Why an order ended. */
export type EndReason =
  | "filled"
  | "cancelled"
  | "deadline"
  | "unfilled"
  | "remainder"
  | "selfTrade"
  | "priceRange"
  | "otherLeg"
  | "cancelAfter"
  | "unfunded"
  | "wouldCross"
  | "notTrading"
  | "levelFull"
  | "tooLarge"
  | "quantityLimit"
  | "tooSmall"
  | "outsideBand"

/** One trade of an order. */
export interface PlacedFill {
  /** The trade's id. */
  readonly trade: string
  /** The price of the trade. */
  readonly price: string
  /** How much base was traded. */
  readonly quantity: string
  /** Price x quantity. */
  readonly notional: string
  /** Taken out of what was received: base for a buy, quote for a sell. */
  readonly fee: string
}

/** What became of an order. */
export interface PlacedOrder extends Done {
  /** The order's id. */
  readonly order: string
  /** Your own id, if you gave one. */
  readonly clientOrderId?: string
  /** How far the order is. */
  readonly status: OrderStatus
  /** Why the order ended, if it has. */
  readonly endReason?: EndReason
  /** The price it has now, after a slide. Market orders have none. */
  readonly price?: string
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity?: string
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** Price x quantity of all its trades. */
  readonly filledNotional: string
  /** The fees of all its trades. */
  readonly fee: string
  /** The asset of the fees. */
  readonly feeAsset: string
  /** Its trades, in order. */
  readonly fills: ReadonlyArray<PlacedFill>
}

/** What became of an amended order. */
export interface AmendedOrder extends PlacedOrder {
  /** Whether it kept its place in the queue: only less quantity at the same price does. */
  readonly keptPriority: boolean
}

/** A listed asset. */
export interface Asset {
  /** The asset's symbol. */
  readonly symbol: string
  /** Decimals that the ledger keeps. */
  readonly scale: number
}

/** One act, in the order in which they happened. */
export interface AuditEntry {
  /** Counts the entries from 1, without gaps. */
  readonly entry: number
  /** When it happened. */
  readonly time: number
  /** What happened. */
  readonly kind: string
  /** The user it is about. */
  readonly user: string | null
  /** Who did it, if that is someone else. */
  readonly actor: string | null
  /** The details; null where the user's key was destroyed. */
  readonly details: { readonly [name: string]: unknown } | null
  /** The hash of the entry and of the hash before it. */
  readonly hash: string
}

/** What an account has of an asset. */
export interface Balance {
  /** The asset. */
  readonly asset: string
  /** What it can spend. */
  readonly available: string
  /** What waits for orders and holds. */
  readonly held: string
}

/** New terms of an open order. Terms that are not given stay. */
export interface BatchedAmend {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
  /** An id such as `ord_17`, or `client:ID` with your own id. */
  readonly order: string
  /** The new limit price. */
  readonly price?: string
  /** The new total, including what is filled already. */
  readonly quantity?: string
}

/** Amends an order. */
export interface AmendItem {
  /** The order and its new terms. */
  readonly amend: BatchedAmend
  /** The item's own idempotency key. The same item with the same key is done once. */
  readonly key?: string
}

/** The side of an order. */
export type Side = "buy" | "sell"

/**
 * What an order waits for before it is placed. A stop-loss follows the market: a buy waits for the
 * price to rise to its trigger, a sell for it to fall. A take-profit waits for the opposite.
 */
export interface Trigger {
  /** Which way the price must go. */
  readonly kind: "stopLoss" | "takeProfit"
  /** The trigger. With an offset: where the order begins to trail. Default: at once. */
  readonly price?: string
  /** The trigger trails the best price at this distance, a difference of prices. */
  readonly offset?: string
  /** The trigger trails the best price at this distance in basis points (0.01 %), 1 to 5,000. */
  readonly offsetBasisPoints?: number
}

/**
 * What happens where an order would trade with one of the same owner: the order that expires ends
 * with all that is left of it; `decrement` takes the smaller quantity from both.
 */
export type SelfTradePrevention = "none" | "expireTaker" | "expireMaker" | "expireBoth" | "decrement"

/** Terms of limit and market orders. */
export interface OrderTerms {
  /** Whether the order buys or sells. */
  readonly side: Side
  /** Your own id, unique among the account's open orders. */
  readonly clientOrderId?: string
  /** Places the order only when the market reaches this. Default: at once. */
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner. Default: `expireMaker`. */
  readonly selfTradePrevention?: SelfTradePrevention
}

/** Good till cancelled; immediate or cancel; fill or kill (whole or refused); good till date. */
export type TimeInForce = "GTC" | "IOC" | "FOK" | "GTD"

/** An order that trades at its price or better. */
export interface LimitOrder extends OrderTerms {
  /** Default: `limit`. */
  readonly type?: "limit"
  /** The limit price, in quote per unit of base; a multiple of the tick size. */
  readonly price: string
  /** How much base; a multiple of the lot size. */
  readonly quantity: string
  /** How long the order stays. Default: `GTC`, and `GTD` with a `deadline`. */
  readonly timeInForce?: TimeInForce
  /**
   * Never takes: refused when it would trade at once, or with `slide` moved to the nearest price at
   * which it rests.
   */
  readonly postOnly?: boolean | "slide"
  /** When a `GTD` order ends, in milliseconds since 1970. */
  readonly deadline?: number
  /** Makes an iceberg: the book shows this much of it at a time. */
  readonly displayQuantity?: string
}

/** An order that trades at once at any price: a `quantity` of base, or a `budget` of quote. */
export interface MarketOrder extends OrderTerms {
  /** Always `market`. */
  readonly type: "market"
  /** How much base to trade. Give this or `budget`. */
  readonly quantity?: string
  /** How much quote to spend when buying, or to take in at most when selling. */
  readonly budget?: string
  /** `FOK` for a quantity that must trade whole. Default: `IOC`. */
  readonly timeInForce?: "IOC" | "FOK"
}

/** An order that replaces another. */
export type ListedOrder = LimitOrder | MarketOrder

/** An order to cancel, and one to place in the same market. */
export interface BatchedReplace {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
  /** An id such as `ord_17`, or `client:ID` with your own id. */
  readonly order: string
  /** Refuses an order in another state. Default: any state. */
  readonly only?: "unfilled" | "partlyFilled"
  /** Places the new order even if the cancel is refused. Default: false. */
  readonly placeAnyway?: boolean
  /** The new order. */
  readonly by: ListedOrder
}

/** Replaces an order. */
export interface ReplaceItem {
  /** The order to cancel and the one to place. */
  readonly replace: BatchedReplace
  /** The item's own idempotency key. The same item with the same key is done once. */
  readonly key?: string
}

/** An order to cancel. */
export interface BatchedCancel {
  /** An id such as `ord_17`, or `client:ID` with your own id. */
  readonly order: string
}

/** Cancels an order. */
export interface CancelItem {
  /** The order. */
  readonly cancel: BatchedCancel
  /** The item's own idempotency key. The same item with the same key is done once. */
  readonly key?: string
}

/** A limit order to place. */
export interface BatchedLimit extends LimitOrder {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
}

/** A market order to place. */
export interface BatchedMarket extends MarketOrder {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
}

/** An order to place. */
export type BatchedPlace = BatchedLimit | BatchedMarket

/** Places an order. */
export interface PlaceItem {
  /** The order. */
  readonly place: BatchedPlace
  /** The item's own idempotency key. The same item with the same key is done once. */
  readonly key?: string
}

/**
 * What to do: one of `place`, `amend`, `replace` and `cancel`, with the request of that command.
 */
export type BatchItem = AmendItem | ReplaceItem | CancelItem | PlaceItem

/** Commands about the orders of one account. */
export interface OrderBatch {
  /** 1 to 100 commands, done in this order. */
  readonly items: ReadonlyArray<BatchItem>
}

/** An order that was cancelled. */
export interface CancelledOrder extends Done {
  /** The order's id. */
  readonly order: string
  /** How much had traded. */
  readonly filledQuantity: string
  /** How much was still open. What self-trade prevention removed is not part of it. */
  readonly cancelledQuantity: string
}

/** What became of both orders. A cancel stands even if the new order is refused. */
export interface ReplacedOrder extends Done {
  /** The order that was cancelled, unless that was refused. */
  readonly cancelled?: CancelledOrder
  /** The order that was placed, unless that was refused. */
  readonly placed?: PlacedOrder
  /** The parts that were refused, each with its code. */
  readonly refused: {
    /** Why the cancel was refused. */
    readonly cancel?: string
    /** Why the new order was refused. */
    readonly place?: string
  }
}

/** Why an item was not done, or may not have been. */
export interface ItemProblem {
  /** Stable: the code that the command alone would be refused with. */
  readonly code: string
  /** The HTTP status of the command alone. */
  readonly status: number
  /**
   * `safe`: it was not done and may succeed later. `never`: the answer stays the same. `unknown`: it
   * may have been done; send it again with the same key.
   */
  readonly retry: "safe" | "never" | "unknown"
  /** What is wrong and what to do. */
  readonly detail: string
  /** The field of the command that is wrong. */
  readonly parameter?: string
  /** The command of the journal that was refused. */
  readonly sequence?: number
}

/** What became of an item: `problem`, or the answer under the name of what was done. */
export interface BatchItemAnswer {
  /** What became of the order that was placed. */
  readonly place?: PlacedOrder
  /** What became of the order that was amended. */
  readonly amend?: AmendedOrder
  /** What became of both orders. */
  readonly replace?: ReplacedOrder
  /** The order that was cancelled. */
  readonly cancel?: CancelledOrder
  /** Why it was not done, or may not have been. */
  readonly problem?: ItemProblem
}

/** What became of a batch. */
export interface BatchAnswer {
  /** The answer to each item, in the same order. */
  readonly items: ReadonlyArray<BatchItemAnswer>
  /** The last of its commands in the journal. Absent when none got there. */
  readonly sequence?: number
}

/** How verification continues. */
export interface KycBegun {
  /** How far the user is verified. */
  readonly kyc: "none" | "pending" | "verified" | "rejected"
  /** Where to continue; null while there is nothing to do but wait. */
  readonly next: string | null
}

/** How to create a passkey. */
export interface PasskeyOptions {
  /** The argument of `navigator.credentials.create`. */
  readonly options: { readonly [name: string]: unknown }
}

/** The second factors that are accepted. */
export interface FactorRequest {
  /** Any one of these is enough. */
  readonly methods: ReadonlyArray<"totp" | "passkey" | "recoveryCode">
  /** The argument of `navigator.credentials.get`; null without a passkey. */
  readonly passkey: { readonly [name: string]: unknown } | null
}

/** What the proof must be. */
export interface StepUpBegun {
  /** The factors that are accepted; null where the password is. */
  readonly factor: FactorRequest | null
}

/** The secret of an authenticator app. */
export interface TotpSecret {
  /** Base32, to type into the app. */
  readonly secret: string
  /** The same for a QR code. */
  readonly uri: string
}

/** Sets or stops the account's timer. */
export interface CancelAfter {
  /** Milliseconds until every order is cancelled, at most 24 hours; 0 stops the timer. */
  readonly delay: number
}

/** When the account's orders will be cancelled. */
export interface CancelAfterSet extends Done {
  /** When they are cancelled. Never, if the timer was stopped. */
  readonly deadline?: number
}

/** The orders that were cancelled. */
export interface CancelledOrders extends Done {
  /** Their ids. */
  readonly orders: ReadonlyArray<string>
}

/** A new address. */
export interface ChangeEmail {
  /** The address. */
  readonly email: string
}

/** The old password and the new one. */
export interface ChangePassword {
  /** The present password. */
  readonly current: string
  /** The new password. */
  readonly next: string
}

/** The confirmation of a new address. */
export interface CompleteEmailChange {
  /** The text after the `#` of the link. */
  readonly token: string
}

/** A code of the authenticator app. */
export interface TotpProof {
  /** Always `totp`. */
  readonly kind: "totp"
  /** The code. Each counts once. */
  readonly code: string
}

/** A recovery code. */
export interface RecoveryCodeProof {
  /** Always `recoveryCode`. */
  readonly kind: "recoveryCode"
  /** The code. Each counts once. */
  readonly code: string
}

/** The answer of a passkey. */
export interface PasskeyProof {
  /** Always `passkey`. */
  readonly kind: "passkey"
  /** The result of `navigator.credentials.get`, by its `toJSON`. */
  readonly response: { readonly [name: string]: unknown }
}

/** A second factor. */
export type Proof = TotpProof | RecoveryCodeProof | PasskeyProof

/** A new password. */
export interface CompletePasswordReset {
  /** The text after the `#` of the link. */
  readonly token: string
  /** The new password. */
  readonly password: string
  /** For users with a second factor: `FactorRequired` says which one. */
  readonly proof?: Proof
}

/** The user to create. */
export interface CompleteRegistration {
  /** The text after the `#` of the link. */
  readonly token: string
  /** The new password. */
  readonly password: string
  /** The user's name. */
  readonly name: string
}

/** The new user. */
export interface Registered {
  /** The user's id. */
  readonly user: string
}

/** A code of the new authenticator app. */
export interface ConfirmTotp {
  /** The code. */
  readonly code: string
}

/** A decision about a verification. */
export interface DecideKyc {
  /** The decision. */
  readonly decision: "verified" | "rejected"
}

/** A user. */
export interface User {
  /** The user's id. */
  readonly user: string
  /** The user's address. */
  readonly email: string
  /** The user's name. */
  readonly name: string
  /** Whether the user is active. */
  readonly status: "active" | "frozen" | "closed"
  /** How far the user is verified. */
  readonly kyc: "none" | "pending" | "verified" | "rejected"
  /** The user's roles. */
  readonly roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">
  /** The main account first; staff have none. */
  readonly accounts: ReadonlyArray<UserAccount>
  /** When the user was created. */
  readonly createdAt: number
}

/** The order book by price level. */
export interface Depth {
  /** The symbol of the market. */
  readonly market: string
  /** Counts the changes of this book, without gaps. */
  readonly depthSequence: number
  /** Price and total quantity at it, best first. */
  readonly bids: ReadonlyArray<readonly [price: string, quantity: string]>
  /** Price and total quantity at it, best first. */
  readonly asks: ReadonlyArray<readonly [price: string, quantity: string]>
}

/** A passkey of the caller. */
export interface Passkey {
  /** Its id, as the authenticator named it. */
  readonly passkey: string
  /** The user's name for it. */
  readonly name: string
  /** When it was added. */
  readonly addedAt: number
}

/** The caller's second factors. */
export interface Factors {
  /** Whether there is a confirmed authenticator app. */
  readonly totp: boolean
  /** The passkeys. */
  readonly passkeys: ReadonlyArray<Passkey>
  /** How many recovery codes are unused. */
  readonly recoveryCodesLeft: number
}

/** The fees of a tier of accounts. */
export interface FeeTier {
  /** The tier. One that is not listed pays the fees of tier 0. */
  readonly tier: number
  /** The maker's fee, as a fraction of what is received. */
  readonly makerFee: string
  /** The taker's fee, as a fraction of what is received. */
  readonly takerFee: string
}

/** The caller's side of one trade. */
export interface Fill {
  /** The trade's id. */
  readonly trade: string
  /** The caller's order. */
  readonly order: string
  /** The account of the order. */
  readonly account: string
  /** The symbol of the market. */
  readonly market: string
  /** The price of the trade. */
  readonly price: string
  /** How much base was traded. */
  readonly quantity: string
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
  /** The side of the order. */
  readonly side: Side
  /** `maker`: the order was in the book before. */
  readonly role: "maker" | "taker"
  /** Price x quantity. */
  readonly notional: string
  /** Taken out of what was received. */
  readonly fee: string
  /** The asset of the fee. */
  readonly feeAsset: string
}

/** An amount that is set aside now. */
export interface OpenHold {
  /** The hold's id. */
  readonly hold: string
  /** The asset. */
  readonly asset: string
  /** How much, in whole units. */
  readonly amount: string
  /** The reference that it was set aside with, if it had one. */
  readonly reference?: string
}

/** A JSON Web Key Set. */
export interface KeySet {
  /** The public keys. */
  readonly keys: ReadonlyArray<{ readonly [name: string]: unknown }>
}

/** The last price that a source set. */
export interface PriceOfSource {
  /** Where the price is from. */
  readonly priceSource: string
  /** The price. */
  readonly price: string
}

/** The prices that a market goes by now. */
export interface LastPrice {
  /** The symbol of the market. */
  readonly market: string
  /** The price of the last trade, if there was one. */
  readonly price?: string
  /**
   * The price that triggers, bands and ranges go by: of the last trade, or of the rules'
   * `triggerSource`.
   */
  readonly referencePrice?: string
  /** The last price of each source that set one. */
  readonly setPrices: ReadonlyArray<PriceOfSource>
}

/**
 * Why an amount moved. `orderHold` and `orderRelease` move it between the two parts of one
 * balance.
 */
export type EntryKind =
  | "credit"
  | "reversal"
  | "transfer"
  | "hold"
  | "settlement"
  | "release"
  | "orderHold"
  | "orderRelease"
  | "trade"
  | "fee"

/** One change of one part of a balance. */
export interface LedgerEntry {
  /** Orders all entries: the sequence, and the position within it. */
  readonly entry: string
  /** The account. */
  readonly account: string
  /** The asset. */
  readonly asset: string
  /** Why the amount moved. */
  readonly kind: EntryKind
  /** The part of the balance that changed. */
  readonly part: "available" | "held"
  /** The change. */
  readonly amount: string
  /** The part after the change. */
  readonly balance: string
  /** The order it belongs to, if any. */
  readonly order?: string
  /** The hold it belongs to, if any. */
  readonly hold?: string
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
}

/** The process is running. */
export interface Live {
  /** Always `live`. */
  readonly status: "live"
}

/**
 * `postOnly`: no order may trade at once. `cancelOnly`: no order may be placed. `halted`: nothing
 * is possible.
 */
export type MarketStatus = "open" | "postOnly" | "cancelOnly" | "halted"

/** A listed market with its terms. */
export interface Market {
  /** The market's symbol. */
  readonly symbol: string
  /** The asset that is traded. */
  readonly base: string
  /** The asset that prices are in. */
  readonly quote: string
  /** Prices are multiples of it. */
  readonly tickSize: string
  /** Quantities are multiples of it. */
  readonly lotSize: string
  /** The least quantity of an order. */
  readonly minQuantity: string
  /** The largest quantity of an order. */
  readonly maxQuantity: string
  /** The highest price of an order. */
  readonly maxPrice: string
  /** The least price x quantity of an order. */
  readonly minNotional: string
  /** The largest price x quantity of an order. */
  readonly maxNotional: string
  /** The maker's fee, as a fraction of what is received. */
  readonly makerFee: string
  /** The taker's fee, as a fraction of what is received. */
  readonly takerFee: string
  /** What is possible in the market now. */
  readonly status: MarketStatus
}

/**
 * Prices around the reference price, as factors of it: `{ down: "0.8", up: "1.2" }` is 20 % either
 * way.
 */
export interface Band {
  /** The lowest price, as a factor. Default: no bound. */
  readonly down?: string
  /** The highest price, as a factor. Default: no bound. */
  readonly up?: string
}

/** The rules of a market, as `setMarketRules` takes them; a rule that is off is left out. */
export interface MarketRules {
  /** The symbol of the market. */
  readonly market: string
  /** The lowest price of an order. */
  readonly minPrice?: string
  /** The least quantity of a market order. */
  readonly minMarketQuantity?: string
  /** The largest quantity of a market order. */
  readonly maxMarketQuantity?: string
  /** Whether `minNotional` holds for market orders by quantity too, at the reference price. */
  readonly minNotionalForMarket?: boolean
  /** Whether `maxNotional` holds for market orders by quantity too, at the reference price. */
  readonly maxNotionalForMarket?: boolean
  /** Where the limit price of a new buy order may be. */
  readonly buyBand?: Band
  /** Where the limit price of a new sell order may be. */
  readonly sellBand?: Band
  /**
   * How far a taker trades: it buys at most at reference price x `up`, and sells at least at
   * reference price x `down`. The rest expires.
   */
  readonly range?: Band
  /** The most base that an account may have and be buying. */
  readonly maxPosition?: string
  /** Whose set prices trigger conditional orders. Default: the last trade's. */
  readonly triggerSource?: string
}

/** The caller of a request. */
export interface Me {
  /** The caller's name. */
  readonly name: string
  /** The caller's accounts, the main one first. */
  readonly accounts: ReadonlyArray<string>
  /** What the token permits. */
  readonly permissions: ReadonlyArray<
    | "read"
    | "trade"
    | "withdraw"
    | "self"
    | "users:read"
    | "users:freeze"
    | "users:kyc"
    | "users:roles"
    | "audit:read">
}

/**
 * `OCO`: a limit or take-profit order and a stop-loss; one cancels the other. `OTO`: a limit
 * order, and one that is placed when it is filled. `OTOCO`: a limit order, and a pair that is
 * placed when it is filled.
 */
export type Contingency = "OCO" | "OTO" | "OTOCO"

/** A list that has open orders. */
export interface OpenList {
  /** The list's id. */
  readonly list: string
  /** Your own id of the list, if you gave one. */
  readonly clientListId?: string
  /** The symbol of the market. */
  readonly market: string
  /** How the orders depend on each other. */
  readonly contingency: Contingency
  /** All its orders, open and ended, as they were given. */
  readonly orders: ReadonlyArray<string>
}

/** `trigger`: for the price. `workingOrder`: until the first order of its list is filled. */
export type Wait = "trigger" | "workingOrder"

/** An order that is open or waits. */
export interface OpenOrder {
  /** The order's id. */
  readonly order: string
  /** Your own id, if you gave one. */
  readonly clientOrderId?: string
  /** The symbol of the market. */
  readonly market: string
  /** Whether the order buys or sells. */
  readonly side: Side
  /** Whether it has a price. */
  readonly type: "limit" | "market"
  /** How far the order is. */
  readonly status: "waiting" | "open" | "partiallyFilled"
  /** The limit price. A market order that waits has none. */
  readonly price?: string
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity?: string
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** Whether it never takes; `slide` if it was moved instead of refused. */
  readonly postOnly: boolean | "slide"
  /** When a `GTD` order ends. */
  readonly deadline?: number
  /** How much of an iceberg the book shows at a time. */
  readonly displayQuantity?: string
  /** What the order waits for, now or after its working order. */
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner. */
  readonly selfTradePrevention: SelfTradePrevention
  /** The list it belongs to. */
  readonly list?: string
  /** The number of the API key that placed it. A replacement has that of the replacing key. */
  readonly credential?: number
  /** What it waits for, while it is not in the book. */
  readonly waitsFor?: Wait
  /** Where its trigger stands now. That of an order that trails follows the price. */
  readonly triggerPrice?: string
}

/** An order, open or ended. */
export interface Order {
  /** The order's id. */
  readonly order: string
  /** Your own id, if you gave one. */
  readonly clientOrderId?: string
  /** The account that placed it. */
  readonly account: string
  /** The symbol of the market. */
  readonly market: string
  /** Whether the order buys or sells. */
  readonly side: Side
  /** `marketBudget` is a market order by `budget`. */
  readonly type: "limit" | "market" | "marketBudget"
  /** How long the order stays. */
  readonly timeInForce: TimeInForce
  /** The price it has now. Market orders have none. */
  readonly price?: string
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity?: string
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** How much quote it may spend or take in. */
  readonly budget?: string
  /** Whether it never takes; `slide` if it was moved instead of refused. */
  readonly postOnly: boolean | "slide"
  /** When a `GTD` order ends. */
  readonly deadline?: number
  /** How much of an iceberg the book shows at a time. */
  readonly displayQuantity?: string
  /** What the order waits for, now or after its working order. */
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner. */
  readonly selfTradePrevention: SelfTradePrevention
  /** The list it belongs to. */
  readonly list?: string
  /** The number of the API key that placed it. A replacement has that of the replacing key. */
  readonly credential?: number
  /** How far the order is. */
  readonly status: OrderStatus
  /** What it waits for, while it is not in the book. */
  readonly waitsFor?: Wait
  /** Why the order ended, if it has. */
  readonly endReason?: EndReason
  /** Price x quantity of all its trades. */
  readonly filledNotional: string
  /** The fees of all its trades. */
  readonly fee: string
  /** The asset of the fees. */
  readonly feeAsset: string
  /** When it was accepted, in milliseconds since 1970. */
  readonly createdAt: number
  /** When it last changed, in milliseconds since 1970. */
  readonly updatedAt: number
  /** The last command that changed it. */
  readonly sequence: number
}

/** A limit order to place. */
export interface PlaceLimit extends InMarket, LimitOrder {}

/** A market order to place. */
export interface PlaceMarket extends InMarket, MarketOrder {}

/** An order to place. */
export type PlaceOrder = PlaceLimit | PlaceMarket

/** A limit order of a list. */
export interface LimitOrderOfList {
  /** Whether the order buys or sells. */
  readonly side: Side
  /** Your own id, unique among the account's open orders. */
  readonly clientOrderId?: string
  /** Places the order only when the market reaches this. Default: at once. */
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner. Default: `expireMaker`. */
  readonly selfTradePrevention?: SelfTradePrevention
  /** Default: `limit`. */
  readonly type?: "limit"
  /** The limit price, in quote per unit of base; a multiple of the tick size. */
  readonly price: string
  /**
   * How much base; a multiple of the lot size. In an `OTO` or `OTOCO`, an order that leaves what the
   * first one enters needs none: its quantity is then all that the first one brings, after fees.
   */
  readonly quantity?: string
  /** How long the order stays. Default: `GTC`, and `GTD` with a `deadline`. */
  readonly timeInForce?: TimeInForce
  /**
   * Never takes: refused when it would trade at once, or with `slide` moved to the nearest price at
   * which it rests.
   */
  readonly postOnly?: boolean | "slide"
  /** When a `GTD` order ends, in milliseconds since 1970. */
  readonly deadline?: number
  /** Makes an iceberg: the book shows this much of it at a time. */
  readonly displayQuantity?: string
}

/** A market order of a list. */
export interface MarketOrderOfList {
  /** Whether the order buys or sells. */
  readonly side: Side
  /** Your own id, unique among the account's open orders. */
  readonly clientOrderId?: string
  /** Places the order only when the market reaches this. Default: at once. */
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner. Default: `expireMaker`. */
  readonly selfTradePrevention?: SelfTradePrevention
  /** Always `market`. */
  readonly type: "market"
  /**
   * How much base to trade. In an `OTO` or `OTOCO`, an order that leaves what the first one enters
   * needs none: its quantity is then all that the first one brings, after fees.
   */
  readonly quantity?: string
  /** How much quote to spend when buying, or to take in at most when selling. */
  readonly budget?: string
  /** `FOK` for a quantity that must trade whole. Default: `IOC`. */
  readonly timeInForce?: "IOC" | "FOK"
}

/** An order of a list. */
export type OrderOfList = LimitOrderOfList | MarketOrderOfList

/** Orders that depend on each other. */
export interface PlaceList extends InMarket {
  /** How the orders depend on each other. */
  readonly contingency: Contingency
  /** Two orders, or three for `OTOCO`; the stop of a pair is last. */
  readonly orders: ReadonlyArray<OrderOfList>
  /** Your own id of the list, unique among the account's open lists. */
  readonly clientListId?: string
}

/** What became of the orders of a list. */
export interface PlacedList extends Done {
  /** The list's id. */
  readonly list: string
  /** Its orders, as they were given. */
  readonly orders: ReadonlyArray<PlacedOrder>
}

/** What placing an order would come to. */
export interface Preview {
  /** What would trade at once, by price, best first. */
  readonly fills: ReadonlyArray<{
    /** A price at which it would trade. */
    readonly price: string
    /** How much would trade at it. */
    readonly quantity: string
  }>
  /** How much would trade at once. */
  readonly filledQuantity: string
  /** What would trade at once, in quote. */
  readonly cost: string
  /** How much would stand in the book. */
  readonly restingQuantity: string
  /** The fee of what would trade at once. */
  readonly fee: string
  /** The asset of the fee. */
  readonly feeAsset: string
  /** The most it can cost: what would be held while it trades. */
  readonly held: string
  /** The asset of what would be held. */
  readonly heldAsset: string
}

/** One thing that the server depends on. */
export interface HealthCheck {
  /** What was checked. */
  readonly name: string
  /** How it is. */
  readonly status: "ok" | "degraded" | "failed"
  /** What was found. */
  readonly detail: string
}

/** Orders are accepted. */
export interface Ready {
  /** `degraded`: something else is late or missing. */
  readonly status: "ready" | "degraded"
  /** What was checked. */
  readonly checks: ReadonlyArray<HealthCheck>
  /** The last durable command of the journal. */
  readonly durableSequence: number
  /** How long the server has been running. */
  readonly uptimeMs: number
}

/** Orders are not accepted. Comes with status 503. */
export interface NotReady {
  /** Why orders are not accepted. */
  readonly status: "notReady" | "shuttingDown"
  /** What was checked. */
  readonly checks: ReadonlyArray<HealthCheck>
  /** The last durable command of the journal. */
  readonly durableSequence: number
  /** How long the server has been running. */
  readonly uptimeMs: number
}

/** Whether orders are accepted. */
export type Readiness = Ready | NotReady

/** The refresh token to use. */
export interface Refresh {
  /** The refresh token of the last answer. */
  readonly refreshToken: string
}

/** The tokens of a session. */
export interface Tokens {
  /** The session's id. */
  readonly session: string
  /** For `Authorization: Bearer`. */
  readonly accessToken: string
  /** When the access token expires. */
  readonly expiresAt: number
  /**
   * Gives the next tokens, and the same again until those are used. Store it as safely as a
   * password.
   */
  readonly refreshToken: string
}

/** An email address. */
export interface Register {
  /** The address. */
  readonly email: string
}

/** A new name. */
export interface Rename {
  /** The name. */
  readonly name: string
}

/** An order to cancel, and one to place in the same market. */
export interface ReplaceOrder extends InMarket {
  /** Refuses an order in another state. Default: any state. */
  readonly only?: "unfilled" | "partlyFilled"
  /** Places the new order even if the cancel is refused. Default: false. */
  readonly placeAnyway?: boolean
  /** The new order. */
  readonly by: ListedOrder
}

/** A session of the caller. */
export interface Session {
  /** The session's id. */
  readonly session: string
  /** Whether it is the session of this request. */
  readonly current: boolean
  /** When it began. */
  readonly createdAt: number
  /** When its tokens were last refreshed. */
  readonly refreshedAt: number
  /** When it ends unless it is refreshed. */
  readonly expiresAt: number
  /** The address from which it began. */
  readonly address: string
  /** The client's own description. */
  readonly agent: string
}

/** The roles of a user. */
export interface SetRoles {
  /** The roles. The user has no others afterwards. */
  readonly roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">
}

/** What proves who the user is. */
export interface SignIn {
  /** The user's address. */
  readonly email: string
  /** The password. */
  readonly password: string
  /** For users with a second factor: `FactorRequired` says which one. */
  readonly proof?: Proof
}

/** The password, for users without a second factor. */
export interface PasswordProof {
  /** Always `password`. */
  readonly kind: "password"
  /** The password. */
  readonly password: string
}

/** A second factor, or the password of a user who has none. */
export type StepUpProof = PasswordProof | TotpProof | RecoveryCodeProof | PasskeyProof

/** A fresh proof. */
export interface StepUp {
  /** The proof. */
  readonly proof: StepUpProof
}

/** One match, as the market sees it. */
export interface Trade {
  /** The trade's id. */
  readonly trade: string
  /** The symbol of the market. */
  readonly market: string
  /** The price of the trade. */
  readonly price: string
  /** How much base was traded. */
  readonly quantity: string
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
  /** The side of the order that came last. */
  readonly takerSide: Side
}

/** The state of the audit trail. */
export interface AuditVerification {
  /** How many entries were read. */
  readonly entries: number
  /** The hash of the last entry. Keep it elsewhere: it reveals a cut at the end. */
  readonly head: string
  /** The first entry that was altered; null if the chain holds. */
  readonly brokenAt: number | null
}

/** The first message of a connection. */
export interface Hello {
  /** Always `hello`. */
  readonly type: "hello"
  /** The version of the protocol. */
  readonly protocol: "pandora.v1"
  /**
   * Names the venue's journal: the hash of its first batch, the same after every restart. With
   * another journal, nothing that you have counts any more. Absent while the journal is empty.
   */
  readonly journal?: string
  /**
   * Names this run of the server. Resume `depth` and `account` only within one run: after a restart,
   * subscribe without `from`.
   */
  readonly run: string
  /** How often the server pings. */
  readonly pingMs: number
  /** The server's time, in milliseconds since 1970. */
  readonly time: number
}

/** The answer to a message. */
export interface Answer {
  /** Always `answer`. */
  readonly type: "answer"
  /** The id of the message. */
  readonly id: string
  /**
   * The same as the answer over HTTP. Of a subscription, its `channel` and `market` or `account`; of
   * `trades` also `last`, the market's last trade, if there is one. Of `authenticate`, `name` and
   * `accounts`, the main one first.
   */
  readonly result: unknown
}

/**
 * RFC 9457 problem details, as `application/problem+json` with every status from 400 on. Compare
 * `code`, never `detail`.
 */
export interface ProblemDetails {
  /** A link to the code's documentation, relative to the server. */
  readonly type: string
  /** The code in words. */
  readonly title: string
  /** The HTTP status. */
  readonly status: number
  /** What is wrong and what to do. */
  readonly detail: string
  /** Stable. The list is open: treat an unknown code by `status` and `retry`. */
  readonly code: string
  /**
   * `safe`: it was not done and may succeed later. `never`: the answer stays the same. `unknown`: it
   * may have been done; send it again with the same key.
   */
  readonly retry: "safe" | "never" | "unknown"
  /** Finds the request in the server's log. */
  readonly requestId: string
  /** The field, query parameter or header that is wrong. */
  readonly parameter?: string
  /** The command of the journal that was refused. */
  readonly sequence?: number
  /** With `FactorRequired`: what to send as `proof`. */
  readonly factor?: FactorRequest
  /** With `UnknownOrder`: how the order ended, where the history knows it. */
  readonly orderStatus?: OrderStatus
}

/** The problem with a message. */
export interface Refusal {
  /** Always `problem`. */
  readonly type: "problem"
  /** The id of the message, if it could be read. */
  readonly id?: string
  /** What is wrong. */
  readonly problem: ProblemDetails
}

/** The last message before the server closes the connection. */
export interface Closing {
  /** Always `closing`. */
  readonly type: "closing"
  /** The close code that follows. */
  readonly code: number
  /** Why the connection is closed. */
  readonly reason: string
}

/** The price levels of a market. */
export interface DepthSnapshot {
  /** Always `depthSnapshot`. */
  readonly type: "depthSnapshot"
  /** The symbol of the market. */
  readonly market: string
  /** Counts the changes of this book, without gaps. */
  readonly depthSequence: number
  /** Price and total quantity at it, best first. */
  readonly bids: ReadonlyArray<readonly [price: string, quantity: string]>
  /** Price and total quantity at it, best first. */
  readonly asks: ReadonlyArray<readonly [price: string, quantity: string]>
}

/** The price levels that changed. Quantity `0`: the level is gone. */
export interface DepthDelta {
  /** Always `depth`. */
  readonly type: "depth"
  /** The symbol of the market. */
  readonly market: string
  /** The depth sequence of the first change. */
  readonly first: number
  /** The depth sequence of the last change. */
  readonly last: number
  /** Price and total quantity at it, best first. */
  readonly bids: ReadonlyArray<readonly [price: string, quantity: string]>
  /** Price and total quantity at it, best first. */
  readonly asks: ReadonlyArray<readonly [price: string, quantity: string]>
}

/** Trades of a market, oldest first. */
export interface Trades {
  /** Always `trades`. */
  readonly type: "trades"
  /** The symbol of the market. */
  readonly market: string
  /** The trades. */
  readonly trades: ReadonlyArray<Trade>
}

/** An account as it is. */
export interface AccountSnapshot {
  /** Always `accountSnapshot`. */
  readonly type: "accountSnapshot"
  /** The account. */
  readonly account: string
  /** The command of the journal that it reflects. */
  readonly sequence: number
  /** All balances. */
  readonly balances: ReadonlyArray<Balance>
  /** All open orders. */
  readonly openOrders: ReadonlyArray<Order>
}

/** What changed in an account. */
export interface AccountChange {
  /** Always `account`. */
  readonly type: "account"
  /** The account. */
  readonly account: string
  /** Nothing changed between this command and `sequence`. */
  readonly previous: number
  /** The last command that it reflects. */
  readonly sequence: number
  /** The orders that changed, as they are now. */
  readonly orders: ReadonlyArray<Order>
  /** The new fills. */
  readonly fills: ReadonlyArray<Fill>
  /** The balances that changed, as they are now. */
  readonly balances: ReadonlyArray<Balance>
}

/** A message of the server, told apart by `type`. */
export type Message = Hello | Answer | Refusal | Closing | DepthSnapshot | DepthDelta | Trades | AccountSnapshot | AccountChange
