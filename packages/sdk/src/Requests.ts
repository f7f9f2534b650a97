/**
 * What can be asked of an exchange and what it answers. Amounts, prices, quantities and rates are decimal text in whole units
 * (`"0.015"` BTC), assets and markets are named by their symbols, accounts, orders and holds by their numbers.
 */
import type { Account, Market, Order } from "@pandora-exchange/core"

/** How a command is recognised when it is sent again, so that it is not done twice. */
export interface Again {
  /** From `idempotencyKey()`. The same request with the same key gets the first answer again, for 24 hours. */
  readonly key?: string
  /** For a service that numbers its commands 1, 2, 3 …: each is done once for ever. */
  readonly source?: { readonly name: string; readonly number: number }
}

export interface ListAsset extends Again {
  /** 1 to 16 of `A-Z 0-9`. */
  readonly symbol: string
  /** Decimals that the ledger keeps, at most 18; 8 unless said otherwise. */
  readonly scale?: number
}

export interface Asset {
  readonly symbol: string
  readonly scale: number
}

export interface ListMarket extends Again {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  /** Prices are multiples of it. */
  readonly tickSize: string
  /** Quantities are multiples of it. */
  readonly lotSize: string
  /** One lot unless said otherwise. */
  readonly minQuantity?: string
  /** As large as exact arithmetic allows unless said otherwise. */
  readonly maxQuantity?: string
  /** 100 million ticks unless said otherwise. */
  readonly maxPrice?: string
  /** Bounds of price x quantity; none unless said otherwise. */
  readonly minNotional?: string
  readonly maxNotional?: string
  /** As a fraction of what is received, in steps of 0.00001: `"0.001"` is 0.1 %. None unless said otherwise. */
  readonly makerFee?: string
  readonly takerFee?: string
}

export interface MarketInfo {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly tickSize: string
  readonly lotSize: string
  readonly minQuantity: string
  readonly maxQuantity: string
  readonly maxPrice: string
  readonly minNotional: string
  readonly maxNotional: string
  readonly makerFee: string
  readonly takerFee: string
  readonly status: Market.MarketStatus
}

export interface SetMarketStatus extends Again {
  readonly market: string
  readonly status: Market.MarketStatus
}

/** For orders accepted from now on. */
export interface SetMarketFees extends Again {
  readonly market: string
  /** Accounts of this tier, 0 to 31; 0 unless said otherwise. A tier that was never set pays the fees of tier 0. */
  readonly tier?: number
  readonly makerFee: string
  readonly takerFee: string
}

/** A band of prices around the reference price, as factors of it: `{ down: "0.8", up: "1.2" }` is 20 % either way. Each way is open unless said. */
export interface Band {
  readonly down?: string
  readonly up?: string
}

/**
 * All of them at once; what is not given is off. The *reference price* is the last trade's, or the last one that `setPrice` got from
 * `triggerSource`.
 */
export interface SetMarketRules extends Again {
  readonly market: string
  readonly minPrice?: string
  /** Of market orders by quantity. */
  readonly minMarketQuantity?: string
  readonly maxMarketQuantity?: string
  /** Whether the market's bounds of notional hold for market orders by quantity too, at the reference price. */
  readonly minNotionalForMarket?: boolean
  readonly maxNotionalForMarket?: boolean
  /** Where the limit price of a new order may be. */
  readonly buyBand?: Band
  readonly sellBand?: Band
  /** How far a taker trades: it buys at most at reference price x up, and sells at least at reference price x down. The rest expires. */
  readonly range?: Band
  /** The most base that an account may have and be buying. */
  readonly maxPosition?: string
  /** Whose set prices trigger conditional orders; the last trade's unless said. */
  readonly triggerSource?: string
}

export interface SetAccountTerms extends Again {
  readonly account: number
  /** 0 to 31. */
  readonly feeTier?: number
  /** Accounts with the same number do not trade with each other, as self-trade prevention says; 0 is the account alone. */
  readonly tradeGroup?: number
}

export interface SetPrice extends Again {
  readonly market: string
  /** Who says so: 1 to 32 of `A-Z a-z 0-9 . _ -`. */
  readonly priceSource: string
  readonly price: string
}

export interface OpenAccount extends Again {
  readonly kind?: "user" | "house"
  /** Your name for it, 1 to 64 of `A-Z a-z 0-9 . _ : / -`, no personal data. Opening it again gives the same account. */
  readonly reference?: string
}

export interface AccountInfo {
  readonly account: number
  readonly kind: Account.AccountKind
  readonly reference: string | undefined
  /** False when the reference had an account already. */
  readonly opened: boolean
}

export interface Amount extends Again {
  readonly account: number
  readonly asset: string
  readonly amount: string
}

export interface Transfer extends Amount {
  readonly to: number
}

export interface SettleHold extends Again {
  readonly hold: number
  /** The part that goes to the house; nothing unless said otherwise. */
  readonly fee?: string
  /** The hold's asset, where a fee is given. */
  readonly asset?: string
}

export interface ReleaseHold extends Again {
  readonly hold: number
}

/** Confirms a change: it is durable as the command `sequence` of the journal. */
export interface Done {
  readonly sequence: number
}

export interface Reversed extends Done {
  readonly fromAvailable: string
  /** What the account could not give back and is owed to the venue now. */
  readonly toReceivable: string
}

export interface HoldInfo extends Done {
  readonly hold: number
}

/**
 * What an order waits for before it is placed. A stop-loss goes with the market: a buy waits for the price to rise to its trigger, a sell for
 * it to fall; a take-profit waits for the opposite.
 */
export interface Trigger {
  readonly kind: "stopLoss" | "takeProfit"
  /** The trigger. With an offset: where the order begins to trail; at once unless said. */
  readonly price?: string
  /** The trigger trails the best price since then at this distance: a difference of prices, or basis points (0.01 %). */
  readonly offset?: string
  readonly offsetBasisPoints?: number
}

interface OrderAny {
  readonly side: Order.Side
  /** Yours, 1 to 36 of `A-Z a-z 0-9 . _ : / -`, unique among the account's open orders. */
  readonly clientOrderId?: string
  readonly trigger?: Trigger
  /** What happens where it would trade with an order of the same owner; that one expires (`expireMaker`) unless said otherwise. */
  readonly selfTradePrevention?: Order.SelfTradePrevention
}

export interface LimitOrder extends OrderAny {
  readonly type?: "limit"
  readonly price: string
  readonly quantity: string
  /** GTC unless said otherwise, GTD where `deadline` is given. */
  readonly timeInForce?: Order.TimeInForce
  /** Never takes: refused when it would trade at once, or with `"slide"` moved to the nearest price at which it would not. */
  readonly postOnly?: boolean | "slide"
  /** For GTD, milliseconds since 1970 or a Date. */
  readonly deadline?: number | Date
  /** Makes an iceberg: the book shows so much of it at a time. */
  readonly displayQuantity?: string
}

/** At any price, at once: `quantity` of base, or as much as `budget` of quote pays (buying) or as brings in at most `budget` (selling). */
export interface MarketOrder extends OrderAny {
  readonly type: "market"
  readonly quantity?: string
  readonly budget?: string
  /** IOC unless said otherwise; FOK for a quantity that must trade whole. */
  readonly timeInForce?: "IOC" | "FOK"
}

interface PlaceIn extends Again {
  readonly account: number
  readonly market: string
}

export type PlaceLimit = LimitOrder & PlaceIn
export type PlaceMarket = MarketOrder & PlaceIn
export type PlaceOrder = PlaceLimit | PlaceMarket

/**
 * Orders that depend on each other. `OCO`: a limit or take-profit order and a stop-loss; one cancels the other. `OTO`: a limit order and one
 * that is placed when it is filled. `OTOCO`: a limit order, and a pair that is placed when it is filled.
 */
export interface PlaceList extends PlaceIn {
  readonly contingency: Order.Contingency
  /** Two, or three for `OTOCO`; the stop of a pair is last. */
  readonly orders: ReadonlyArray<LimitOrder | MarketOrder>
  /** Yours, as `clientOrderId`, unique among the account's open lists. */
  readonly clientListId?: string
}

export interface PlacedList extends Done {
  readonly list: number
  readonly orders: ReadonlyArray<PlacedOrder>
}

/** By `list` or by `clientListId`. */
export interface CancelList extends Again {
  readonly account: number
  readonly list?: number
  readonly clientListId?: string
}

/** Cancels an order and places another one in its market. */
export interface ReplaceOrder extends PlaceIn {
  /** Which order goes, by its number or by its client order id. */
  readonly order?: number
  readonly clientOrderId?: string
  /** Refuses orders that are not so far; any unless said. */
  readonly only?: "unfilled" | "partlyFilled"
  /** Whether the new order is placed also when the cancel is refused; not unless said. */
  readonly placeAnyway?: boolean
  readonly by: LimitOrder | MarketOrder
}

/** What was cancelled stays so when the new order is refused: that is told by `refused`. */
export interface ReplacedOrder extends Done {
  readonly cancelled: CancelledOrder | undefined
  readonly placed: PlacedOrder | undefined
  /** The parts that were refused, and why. */
  readonly refused: { readonly cancel?: string; readonly place?: string }
}

/** A dead man's switch: all of the account's orders are cancelled unless it is set again in time. */
export interface CancelAfter extends Again {
  readonly account: number
  /** Milliseconds, at most 24 hours; 0 stops it. */
  readonly delay: number
}

export interface CancelAfterInfo extends Done {
  /** When they are cancelled; `undefined` for never. */
  readonly deadline: number | undefined
}

/** `waiting`: for its trigger or for another order. `expired`: what was not traded ended by itself; `endReason` says why. */
export type OrderStatus = "waiting" | "open" | "partiallyFilled" | "filled" | "cancelled" | "expired"

export interface Fill {
  readonly trade: number
  readonly price: string
  readonly quantity: string
  /** price x quantity */
  readonly notional: string
  /** Taken out of what was received: base for a buy, quote for a sell. */
  readonly fee: string
}

export interface PlacedOrder extends Done {
  readonly order: number
  readonly clientOrderId: string | undefined
  readonly status: OrderStatus
  /** Of an order that has ended. */
  readonly endReason: Order.EndReason | undefined
  /** The price it has now, after a slide; none for market orders. */
  readonly price: string | undefined
  readonly quantity: string
  readonly filledQuantity: string
  /** What is open still. */
  readonly remainingQuantity: string
  readonly filledNotional: string
  readonly fee: string
  readonly feeAsset: string
  readonly fills: ReadonlyArray<Fill>
}

/** By `order` or by `clientOrderId`. */
export interface CancelOrder extends Again {
  readonly account: number
  readonly order?: number
  readonly clientOrderId?: string
}

export interface CancelledOrder extends Done {
  readonly order: number
  readonly filledQuantity: string
  /** What was not filled and never will be. */
  readonly cancelledQuantity: string
}

export interface CancelAll extends Again {
  readonly account: number
  /** All markets unless said otherwise. */
  readonly market?: string
  /** Both sides unless said otherwise. */
  readonly side?: Order.Side
}

export interface CancelledOrders extends Done {
  readonly orders: ReadonlyArray<number>
}

/** What is not given stays. `quantity` is the new total, what is filled included. */
export interface AmendOrder extends Again {
  readonly account: number
  readonly market: string
  readonly order: number
  readonly price?: string
  readonly quantity?: string
}

export interface AmendedOrder extends PlacedOrder {
  /** Whether it kept its place in the queue: only less quantity at the same price does. */
  readonly keptPriority: boolean
}

/** Everything that changes the exchange. Each answers when it is durable. */
export interface Commands {
  readonly listAsset: (request: ListAsset) => Asset
  readonly listMarket: (request: ListMarket) => MarketInfo
  readonly setMarketStatus: (request: SetMarketStatus) => Done
  readonly setMarketFees: (request: SetMarketFees) => Done
  readonly setMarketRules: (request: SetMarketRules) => Done
  readonly setAccountTerms: (request: SetAccountTerms) => Done
  /** A price from outside the book. */
  readonly setPrice: (request: SetPrice) => Done
  readonly openAccount: (request: OpenAccount) => AccountInfo
  /** Brings an amount in from outside. */
  readonly credit: (request: Amount) => Done
  /** Takes a credit back, as far as it is there; the rest is owed. */
  readonly reverse: (request: Amount) => Reversed
  readonly transfer: (request: Transfer) => Done
  /** Sets an amount aside, for instance for a withdrawal. */
  readonly hold: (request: Amount) => HoldInfo
  /** Ends a hold: the amount leaves, its `fee` goes to the house. */
  readonly settleHold: (request: SettleHold) => Done
  /** Ends a hold: the amount is available again. */
  readonly releaseHold: (request: ReleaseHold) => Done
  readonly place: (request: PlaceOrder) => PlacedOrder
  readonly placeList: (request: PlaceList) => PlacedList
  readonly cancel: (request: CancelOrder) => CancelledOrder
  readonly cancelList: (request: CancelList) => CancelledOrders
  readonly replace: (request: ReplaceOrder) => ReplacedOrder
  readonly cancelAfter: (request: CancelAfter) => CancelAfterInfo
  readonly cancelAll: (request: CancelAll) => CancelledOrders
  readonly amend: (request: AmendOrder) => AmendedOrder
}

type WithoutAccount<Request> = Request extends unknown ? Omit<Request, "account"> : never

type TradingName = "place" | "placeList" | "amend" | "replace" | "cancel" | "cancelList" | "cancelAll" | "cancelAfter"

/** The commands of somebody about their own account, which their requests do not name. */
export type OwnCommands = {
  readonly [K in TradingName]: (request: WithoutAccount<Parameters<Commands[K]>[0]>) => ReturnType<Commands[K]>
}

export interface Balance {
  readonly asset: string
  readonly available: string
  readonly held: string
}

export interface OpenOrder {
  readonly order: number
  readonly clientOrderId: string | undefined
  /** The list it is one of. */
  readonly list: number | undefined
  readonly market: string
  readonly side: Order.Side
  readonly type: "limit" | "market"
  readonly status: "waiting" | "open" | "partiallyFilled"
  /** None for a market order that waits. */
  readonly price: string | undefined
  readonly quantity: string
  readonly filledQuantity: string
  readonly remainingQuantity: string
  readonly displayQuantity: string | undefined
  readonly postOnly: boolean | "slide"
  readonly deadline: number | undefined
  /** Of an order that waits for it, now or after its working order. */
  readonly trigger: Trigger | undefined
  readonly selfTradePrevention: Order.SelfTradePrevention
}

export interface Depth {
  readonly market: string
  /** Counts the changes of this book, without gaps. */
  readonly depthSequence: number
  /** Price and total quantity, best first. */
  readonly bids: ReadonlyArray<readonly [price: string, quantity: string]>
  readonly asks: ReadonlyArray<readonly [price: string, quantity: string]>
}

export interface OrderPreview {
  /** By price, best first. */
  readonly fills: ReadonlyArray<{ readonly price: string; readonly quantity: string }>
  readonly filledQuantity: string
  readonly filledNotional: string
  /** What would stand in the book. */
  readonly restingQuantity: string
  readonly fee: string
  readonly feeAsset: string
  /** What would be held while it trades: the most it can cost. */
  readonly held: string
  readonly heldAsset: string
}

/** Per asset: what came in from outside, and what all accounts have. `conserved` says that they agree to the last unit. */
export interface Conservation {
  readonly asset: string
  readonly cameIn: string
  readonly balances: string
  readonly conserved: boolean
}

/** Everything that looks at the exchange. Each answers when what it saw is durable. */
export interface Queries {
  readonly assets: () => ReadonlyArray<Asset>
  readonly markets: () => ReadonlyArray<MarketInfo>
  /** One market. `undefined` when none is listed under the symbol. */
  readonly market: (of: { readonly market: string }) => MarketInfo | undefined
  /** By number, or by reference. `undefined` when there is none. */
  readonly account: (of: { readonly account: number } | { readonly reference: string }) => AccountInfo | undefined
  /** The assets of which the account has something. */
  readonly balances: (of: { readonly account: number }) => ReadonlyArray<Balance>
  /** Oldest first. */
  readonly openOrders: (of: { readonly account: number; readonly market?: string }) => ReadonlyArray<OpenOrder>
  /** One open order. `undefined` when the account has none with that number. */
  readonly openOrder: (of: { readonly account: number; readonly order: number }) => OpenOrder | undefined
  /** What placing the order would come to now, by the same checks and the same walk; refused as `place` would refuse it. */
  readonly preview: (order: PlaceOrder) => OrderPreview
  /** The best levels of both sides: 100 unless said otherwise, at most 5,000. */
  readonly depth: (of: { readonly market: string; readonly levels?: number }) => Depth
  readonly conservation: () => ReadonlyArray<Conservation>
  /** SHA-256 of the whole state in its canonical form: equal for equal states. Takes time in proportion to the open orders. */
  readonly stateHash: () => string
}

/** An answer, and the last command that it reflects. */
export interface Sequenced<A> {
  readonly data: A
  readonly sequence: number
}

/** The queries, each with the sequence of its answer. */
export type Reads = {
  readonly [K in keyof Queries]: (...of: Parameters<Queries[K]>) => Sequenced<ReturnType<Queries[K]>>
}

/** What somebody sees of their own account. */
export interface OwnQueries {
  readonly balances: () => ReadonlyArray<Balance>
  /** Oldest first. */
  readonly openOrders: (of?: { readonly market?: string }) => ReadonlyArray<OpenOrder>
  readonly openOrder: (of: { readonly order: number }) => OpenOrder | undefined
  readonly preview: (order: WithoutAccount<PlaceOrder>) => OrderPreview
}

/** One match, as the market sees it. */
export interface PublicTrade {
  readonly sequence: number
  readonly market: string
  readonly trade: number
  readonly price: string
  readonly quantity: string
  readonly takerSide: Order.Side
  /** Milliseconds since 1970, the venue's. */
  readonly time: number
  readonly makerOrder: number
  readonly takerOrder: number
}
