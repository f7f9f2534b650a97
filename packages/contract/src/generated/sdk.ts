/** Requests and answers of the SDK. Printed from the declarations by `npm run contract`. */

/** Makes a command repeatable: the same one sent again is not done twice. */
export interface Again {
  /**
   * From `idempotencyKey()`. The same request with the same key gets the first answer again, for 24
   * hours.
   */
  readonly key?: string
  /** For a service that numbers its commands 1, 2, 3 …: each is done once for ever. */
  readonly source?: { readonly name: string; readonly number: number }
}

/** An account by your own name for it. */
export interface ByReference {
  /** Your own name for it. */
  readonly reference: string
}

/** An account. */
export type AccountId = number & { readonly "~id"?: "AccountId" }

/** An account by its number. */
export interface ByNumber {
  /** The account. */
  readonly account: AccountId
}

/** Names an account. */
export type AccountName = ByReference | ByNumber

/**
 * `user` and `house` are never negative. `external` is the world outside, `receivable` what is
 * owed to the exchange.
 */
export type AccountKind = "user" | "house" | "external" | "receivable" | "loan"

/** An account. */
export interface AccountInfo {
  /** The account's number. */
  readonly account: AccountId
  /** What it may be used for. */
  readonly kind: AccountKind
  /** Your own name for it, if you gave one. */
  readonly reference: string | undefined
  /** False when the reference had an account already. */
  readonly opened: boolean
}

/** Chooses an account. */
export interface AccountTermsOf {
  /** The account. */
  readonly account: AccountId
}

/** An account's terms. */
export interface AccountTerms {
  /** The account. */
  readonly account: AccountId
  /** Its fee tier. */
  readonly feeTier: number
  /** Accounts of the same group do not trade with each other; 0 is the account alone. */
  readonly tradeGroup: number
  /** When the timer of `cancelAfter` cancels its orders, if it runs. */
  readonly cancelDeadline: number | undefined
}

/** Where an order goes. */
export interface InMarket {
  /** The account. */
  readonly account: AccountId
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
}

/** An order. */
export type OrderId = number & { readonly "~id"?: "OrderId" }

/** New terms of an open order. Terms that are not given stay. */
export interface AmendOrder extends InMarket, Again {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
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

/** A trade, counted per market. */
export type TradeId = number & { readonly "~id"?: "TradeId" }

/** One trade of an order. */
export interface Fill {
  /** The trade's id. */
  readonly trade: TradeId
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
  readonly order: OrderId
  /** Your own id, if you gave one. */
  readonly clientOrderId: string | undefined
  /** How far the order is. */
  readonly status: OrderStatus
  /** Why the order ended, if it has. */
  readonly endReason: EndReason | undefined
  /** The price it has now, after a slide. Market orders have none. */
  readonly price: string | undefined
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity: string | undefined
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** Price x quantity of all its trades. */
  readonly filledNotional: string
  /** The fees of all its trades. */
  readonly fee: string
  /** The asset of the fees. */
  readonly feeAsset: string
  /** Its trades, in order. */
  readonly fills: ReadonlyArray<Fill>
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

/** Chooses an account. */
export interface BalancesOf {
  /** The account. */
  readonly account: AccountId
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
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
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
  readonly deadline?: number | Date
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
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
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
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
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
  /** The account. */
  readonly account: AccountId
  /** 1 to 100 commands, done in this order. */
  readonly items: ReadonlyArray<BatchItem>
}

/** An order that was cancelled. */
export interface CancelledOrder extends Done {
  /** The order's id. */
  readonly order: OrderId
  /** How much had traded. */
  readonly filledQuantity: string
  /** How much was still open. What self-trade prevention removed is not part of it. */
  readonly cancelledQuantity: string
}

/** What became of both orders. A cancel stands even if the new order is refused. */
export interface ReplacedOrder extends Done {
  /** The order that was cancelled, unless that was refused. */
  readonly cancelled: CancelledOrder | undefined
  /** The order that was placed, unless that was refused. */
  readonly placed: PlacedOrder | undefined
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
  readonly sequence: number | undefined
}

/** Names an order by `order` or by `clientOrderId`. */
export interface CancelOrder extends Again {
  /** The account. */
  readonly account: AccountId
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** Sets or stops the account's timer. */
export interface CancelAfter extends Again {
  /** The account. */
  readonly account: AccountId
  /** Milliseconds until every order is cancelled, at most 24 hours; 0 stops the timer. */
  readonly delay: number
}

/** When the account's orders will be cancelled. */
export interface CancelAfterInfo extends Done {
  /** When they are cancelled. Never, if the timer was stopped. */
  readonly deadline: number | undefined
}

/** Chooses the orders to cancel. */
export interface CancelAll extends Again {
  /** The account. */
  readonly account: AccountId
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /** Only orders of this side. Default: both sides. */
  readonly side?: Side
}

/** The orders that were cancelled. */
export interface CancelledOrders extends Done {
  /** Their ids. */
  readonly orders: ReadonlyArray<OrderId>
}

/** Orders that depend on each other. */
export type ListId = number & { readonly "~id"?: "ListId" }

/** Names a list by `list` or by `clientListId`. */
export interface CancelList extends Again {
  /** The account. */
  readonly account: AccountId
  /** The list's id. Give this or `clientListId`. */
  readonly list?: ListId
  /** Your own id of the list, instead of `list`. */
  readonly clientListId?: string
}

/** Whether the books agree, for one asset. */
export interface Conservation {
  /** The asset. */
  readonly asset: string
  /** What came in from outside. */
  readonly cameIn: string
  /** What all accounts have. */
  readonly balances: string
  /** Whether both agree to the last unit. */
  readonly conserved: boolean
}

/** An amount of an asset, for an account. */
export interface Amount {
  /** The account. */
  readonly account: AccountId
  /** The asset. */
  readonly asset: string
  /** How much, in whole units. */
  readonly amount: string
}

/** An amount from or for outside. */
export interface ReferencedAmount extends Amount, Again {
  /**
   * Your own name for what it is for: 1 to 64 of `A-Z a-z 0-9 . _ : / -`, no personal data. It
   * stands in the journal.
   */
  readonly reference?: string
}

/** Chooses a book. */
export interface DepthOf {
  /** The symbol of the market. */
  readonly market: string
  /** Levels of each side, at most 5,000. Default: 100. */
  readonly levels?: number
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

/** Names a market. */
export interface FeeTiersOf {
  /** The symbol of the market. */
  readonly market: string
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

/** An amount set aside. */
export type HoldId = number & { readonly "~id"?: "HoldId" }

/** An amount set aside. */
export interface HoldInfo extends Done {
  /** The hold's id. */
  readonly hold: HoldId
}

/** Chooses an account. */
export interface HoldsOf {
  /** The account. */
  readonly account: AccountId
}

/** An amount that is set aside now. */
export interface OpenHold {
  /** The hold's id. */
  readonly hold: HoldId
  /** The asset. */
  readonly asset: string
  /** How much, in whole units. */
  readonly amount: string
  /** The reference that it was set aside with, if it had one. */
  readonly reference: string | undefined
}

/** Names a market. */
export interface LastPriceOf {
  /** The symbol of the market. */
  readonly market: string
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
  readonly price: string | undefined
  /**
   * The price that triggers, bands and ranges go by: of the last trade, or of the rules'
   * `triggerSource`.
   */
  readonly referencePrice: string | undefined
  /** The last price of each source that set one. */
  readonly setPrices: ReadonlyArray<PriceOfSource>
}

/** An asset to list. */
export interface ListAsset extends Again {
  /** 1 to 16 of `A-Z 0-9`. */
  readonly symbol: string
  /** Decimals that the ledger keeps, at most 18. Default: 8. */
  readonly scale?: number
}

/** A market to list. */
export interface ListMarket extends Again {
  /** The market's symbol, for instance `BTC-USDT`. */
  readonly symbol: string
  /** The asset that is traded. */
  readonly base: string
  /** The asset that prices are in. */
  readonly quote: string
  /** Prices are multiples of it. */
  readonly tickSize: string
  /** Quantities are multiples of it. */
  readonly lotSize: string
  /** The least quantity of an order. Default: one lot. */
  readonly minQuantity?: string
  /** The largest quantity of an order. Default: as large as exact arithmetic allows. */
  readonly maxQuantity?: string
  /** The highest price of an order. Default: 100 million ticks. */
  readonly maxPrice?: string
  /** The least price x quantity of an order. Default: no bound. */
  readonly minNotional?: string
  /** The largest price x quantity of an order. Default: no bound. */
  readonly maxNotional?: string
  /** A fraction of what is received, in steps of 0.00001: `"0.001"` is 0.1 %. Default: no fee. */
  readonly makerFee?: string
  /** Like `makerFee`, for the order that trades at once. Default: no fee. */
  readonly takerFee?: string
}

/**
 * `postOnly`: no order may trade at once. `cancelOnly`: no order may be placed. `halted`: nothing
 * is possible.
 */
export type MarketStatus = "open" | "postOnly" | "cancelOnly" | "halted"

/** A listed market with its terms. */
export interface MarketInfo {
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

/** Names a market. */
export interface MarketOf {
  /** The symbol of the market. */
  readonly market: string
}

/** Names a market. */
export interface MarketRulesOf {
  /** The symbol of the market. */
  readonly market: string
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

/** An account to open. */
export interface OpenAccount extends Again {
  /** `user` or `house`: the other kinds are the exchange's own. Default: `user`. */
  readonly kind?: AccountKind
  /**
   * Your own name for it: 1 to 64 of `A-Z a-z 0-9 . _ : / -`, no personal data. Opening it again
   * gives the same account.
   */
  readonly reference?: string
}

/** Chooses an account. */
export interface OpenListsOf {
  /** The account. */
  readonly account: AccountId
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
  readonly list: ListId
  /** Your own id of the list, if you gave one. */
  readonly clientListId: string | undefined
  /** The symbol of the market. */
  readonly market: string
  /** How the orders depend on each other. */
  readonly contingency: Contingency
  /** All its orders, open and ended, as they were given. */
  readonly orders: ReadonlyArray<OrderId>
}

/** Names an open order by `order` or by `clientOrderId`. */
export interface OpenOrderOf {
  /** The account. */
  readonly account: AccountId
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** `trigger`: for the price. `workingOrder`: until the first order of its list is filled. */
export type Wait = "trigger" | "workingOrder"

/** An order that is open or waits. */
export interface OpenOrder {
  /** The order's id. */
  readonly order: OrderId
  /** Your own id, if you gave one. */
  readonly clientOrderId: string | undefined
  /** The symbol of the market. */
  readonly market: string
  /** Whether the order buys or sells. */
  readonly side: Side
  /** Whether it has a price. */
  readonly type: "limit" | "market"
  /** How far the order is. */
  readonly status: "waiting" | "open" | "partiallyFilled"
  /** The limit price. A market order that waits has none. */
  readonly price: string | undefined
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity: string | undefined
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** Whether it never takes; `slide` if it was moved instead of refused. */
  readonly postOnly: boolean | "slide"
  /** When a `GTD` order ends. */
  readonly deadline: number | undefined
  /** How much of an iceberg the book shows at a time. */
  readonly displayQuantity: string | undefined
  /** What the order waits for, now or after its working order. */
  readonly trigger: Trigger | undefined
  /** What happens where it would trade with an order of the same owner. */
  readonly selfTradePrevention: SelfTradePrevention
  /** The list it belongs to. */
  readonly list: ListId | undefined
  /** The number of the API key that placed it. A replacement has that of the replacing key. */
  readonly credential: number | undefined
  /** What it waits for, while it is not in the book. */
  readonly waitsFor: Wait | undefined
  /** Where its trigger stands now. That of an order that trails follows the price. */
  readonly triggerPrice: string | undefined
}

/** Chooses open orders. */
export interface OpenOrders {
  /** The account. */
  readonly account: AccountId
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /**
   * Only orders placed with the API key of this number; 0 for those placed without one. Default: all
   * orders.
   */
  readonly credential?: number
}

/** Names an order by `order` or by `clientOrderId`. */
export interface OrderOf {
  /** The account. */
  readonly account: AccountId
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** An order, open or ended. */
export interface Order {
  /** The order's id. */
  readonly order: OrderId
  /** Your own id, if you gave one. */
  readonly clientOrderId: string | undefined
  /** The account that placed it. */
  readonly account: AccountId
  /** The symbol of the market. */
  readonly market: string
  /** Whether the order buys or sells. */
  readonly side: Side
  /** `marketBudget` is a market order by `budget`. */
  readonly type: "limit" | "market" | "marketBudget"
  /** How long the order stays. */
  readonly timeInForce: TimeInForce
  /** The price it has now. Market orders have none. */
  readonly price: string | undefined
  /** The total quantity. */
  readonly quantity: string
  /** How much has traded. */
  readonly filledQuantity: string
  /** How much self-trade prevention removed, if any. */
  readonly preventedQuantity: string | undefined
  /** How much is still open: neither filled, nor removed by self-trade prevention. */
  readonly remainingQuantity: string
  /** How much quote it may spend or take in. */
  readonly budget: string | undefined
  /** Whether it never takes; `slide` if it was moved instead of refused. */
  readonly postOnly: boolean | "slide"
  /** When a `GTD` order ends. */
  readonly deadline: number | undefined
  /** How much of an iceberg the book shows at a time. */
  readonly displayQuantity: string | undefined
  /** What the order waits for, now or after its working order. */
  readonly trigger: Trigger | undefined
  /** What happens where it would trade with an order of the same owner. */
  readonly selfTradePrevention: SelfTradePrevention
  /** The list it belongs to. */
  readonly list: ListId | undefined
  /** The number of the API key that placed it. A replacement has that of the replacing key. */
  readonly credential: number | undefined
  /** How far the order is. */
  readonly status: OrderStatus
  /** What it waits for, while it is not in the book. */
  readonly waitsFor: Wait | undefined
  /** Why the order ended, if it has. */
  readonly endReason: EndReason | undefined
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
export interface PlaceLimit extends InMarket, LimitOrder, Again {}

/** A market order to place. */
export interface PlaceMarket extends InMarket, MarketOrder, Again {}

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
  readonly deadline?: number | Date
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
export interface PlaceList extends InMarket, Again {
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
  readonly list: ListId
  /** Its orders, as they were given. */
  readonly orders: ReadonlyArray<PlacedOrder>
}

/** What placing an order would come to. */
export interface OrderPreview {
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
  readonly filledNotional: string
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

/** A hold whose amount becomes available again. */
export interface ReleaseHold extends Again {
  /** The hold. */
  readonly hold: HoldId
}

/** An order to cancel, and one to place in the same market. */
export interface ReplaceOrder extends InMarket, Again {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
  /** Refuses an order in another state. Default: any state. */
  readonly only?: "unfilled" | "partlyFilled"
  /** Places the new order even if the cancel is refused. Default: false. */
  readonly placeAnyway?: boolean
  /** The new order. */
  readonly by: ListedOrder
}

/** What a reversal took. */
export interface Reversed extends Done {
  /** What the account gave back. */
  readonly fromAvailable: string
  /** What it could not give back, and now owes. */
  readonly toReceivable: string
}

/** An account's terms. */
export interface SetAccountTerms extends Again {
  /** The account. */
  readonly account: AccountId
  /** Its fee tier, 0 to 31. Default: 0. */
  readonly feeTier?: number
  /**
   * Accounts of the same group do not trade with each other, as self-trade prevention says. Default:
   * 0, the account alone.
   */
  readonly tradeGroup?: number
}

/** Fees of orders that are accepted from now on. */
export interface SetMarketFees extends Again {
  /** The symbol of the market. */
  readonly market: string
  /**
   * Accounts of this tier, 0 to 31. A tier that was never set pays the fees of tier 0. Default: 0.
   */
  readonly tier?: number
  /** The maker's fee, as a fraction of what is received. */
  readonly makerFee: string
  /** The taker's fee, as a fraction of what is received. */
  readonly takerFee: string
}

/**
 * All rules of a market at once; a rule that is not given is off. The reference price is the last
 * trade's, or the last one that `setPrice` got from `triggerSource`.
 */
export interface SetMarketRules extends Again {
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

/** A market's new status. */
export interface SetMarketStatus extends Again {
  /** The symbol of the market. */
  readonly market: string
  /** What shall be possible. */
  readonly status: MarketStatus
}

/** A price from outside the book. */
export interface SetPrice extends Again {
  /** The symbol of the market. */
  readonly market: string
  /** Where the price is from: 1 to 32 of `A-Z a-z 0-9 . _ -`. */
  readonly priceSource: string
  /** The price. */
  readonly price: string
}

/** A hold whose amount leaves the exchange. */
export interface SettleHold extends Again {
  /** The hold. */
  readonly hold: HoldId
  /** The part that goes to the house. Default: nothing. */
  readonly fee?: string
  /** The hold's asset, in which the `fee` is; needed with it. */
  readonly asset?: string
}

/** A source of numbered commands. */
export interface SourceName {
  /** The source's name. */
  readonly name: string
}

/** An amount for another account. */
export interface Transfer extends Amount, Again {
  /** The account that receives it. */
  readonly to: AccountId
}
