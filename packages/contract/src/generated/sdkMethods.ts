/** The methods of the SDK. Printed from the declarations by `npm run contract`. */

import type { Effect } from "effect"
import type * as own from "./own.ts"
import type { MethodFailures } from "./sdkFailures.ts"
import type {
  AccountInfo,
  AccountName,
  AccountTerms,
  AccountTermsOf,
  AmendOrder,
  AmendedOrder,
  Asset,
  Balance,
  BalancesOf,
  BatchAnswer,
  CancelAfter,
  CancelAfterInfo,
  CancelAll,
  CancelList,
  CancelOrder,
  CancelledOrder,
  CancelledOrders,
  Conservation,
  Depth,
  DepthOf,
  Done,
  FeeTier,
  FeeTiersOf,
  HoldInfo,
  HoldsOf,
  LastPrice,
  LastPriceOf,
  ListAsset,
  ListMarket,
  MarketInfo,
  MarketOf,
  MarketRules,
  MarketRulesOf,
  OpenAccount,
  OpenHold,
  OpenList,
  OpenListsOf,
  OpenOrder,
  OpenOrderOf,
  OpenOrders,
  Order,
  OrderBatch,
  OrderOf,
  OrderPreview,
  PlaceList,
  PlaceOrder,
  PlacedList,
  PlacedOrder,
  ReferencedAmount,
  ReleaseHold,
  ReplaceOrder,
  ReplacedOrder,
  Reversed,
  SetAccountTerms,
  SetMarketFees,
  SetMarketRules,
  SetMarketStatus,
  SetPrice,
  SettleHold,
  SourceName,
  Transfer
} from "./sdk.ts"

/** Everything that changes the exchange. */
export interface Commands {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: AmendOrder) => AmendedOrder
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: OrderBatch) => BatchAnswer
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: CancelOrder) => CancelledOrder
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: CancelAfter) => CancelAfterInfo
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request: CancelAll) => CancelledOrders
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: CancelList) => CancelledOrders
  /** Brings an amount in from outside. */
  readonly credit: (request: ReferencedAmount) => Done
  /** Sets an amount aside, for instance for a withdrawal. */
  readonly hold: (request: ReferencedAmount) => HoldInfo
  /** Lists an asset. */
  readonly listAsset: (request: ListAsset) => Asset
  /** Lists a market of two listed assets. */
  readonly listMarket: (request: ListMarket) => MarketInfo
  /** Opens an account. With a reference that has one, returns that. */
  readonly openAccount: (request: OpenAccount) => AccountInfo
  /** Places an order and answers when it is durable. */
  readonly place: (request: PlaceOrder) => PlacedOrder
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: PlaceList) => PlacedList
  /** Ends a hold: the amount is available again. */
  readonly releaseHold: (request: ReleaseHold) => Done
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: ReplaceOrder) => ReplacedOrder
  /** Takes a credit back, as far as it is there. The account owes the rest. */
  readonly reverse: (request: ReferencedAmount) => Reversed
  /** Sets an account's fee tier and trade group. */
  readonly setAccountTerms: (request: SetAccountTerms) => Done
  /** Sets a market's fees, for orders that are accepted from now on. */
  readonly setMarketFees: (request: SetMarketFees) => Done
  /** Sets all rules of a market at once. */
  readonly setMarketRules: (request: SetMarketRules) => Done
  /** Opens, restricts or halts a market. */
  readonly setMarketStatus: (request: SetMarketStatus) => Done
  /** Tells the exchange a price from outside the book. */
  readonly setPrice: (request: SetPrice) => Done
  /** Ends a hold: the amount leaves, and its `fee` goes to the house. */
  readonly settleHold: (request: SettleHold) => Done
  /** Moves an amount from one account to another. */
  readonly transfer: (request: Transfer) => Done
}

/** Everything that looks at the exchange. */
export interface Queries {
  /** Returns an account by its number or reference, or `undefined` when there is none. */
  readonly account: (request: AccountName) => AccountInfo | undefined
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: (request: AccountTermsOf) => AccountTerms
  /** Lists all assets. */
  readonly assets: () => ReadonlyArray<Asset>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: (request: BalancesOf) => ReadonlyArray<Balance>
  /** Compares, for each asset, what came in with what all accounts have. */
  readonly conservation: () => ReadonlyArray<Conservation>
  /** Returns the best price levels of both sides of the book. */
  readonly depth: (request: DepthOf) => Depth
  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  readonly feeTiers: (request: FeeTiersOf) => ReadonlyArray<FeeTier>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: (request: HoldsOf) => ReadonlyArray<OpenHold>
  /** Returns the price of the last trade, and the prices from outside the book. */
  readonly lastPrice: (request: LastPriceOf) => LastPrice
  /** Returns one market with its terms. */
  readonly market: (request: MarketOf) => MarketInfo | undefined
  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  readonly marketRules: (request: MarketRulesOf) => MarketRules
  /** Lists all markets with their terms. */
  readonly markets: () => ReadonlyArray<MarketInfo>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: (request: OpenListsOf) => ReadonlyArray<OpenList>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: OpenOrderOf) => OpenOrder | undefined
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request: OpenOrders) => ReadonlyArray<OpenOrder>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: OrderOf) => Order
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: PlaceOrder) => OrderPreview
  /** Returns the last number that the source used, 0 when it used none: the next one may be sent. */
  readonly sourceNumber: (request: SourceName) => number
  /**
   * Hashes the whole state with SHA-256: equal states have equal hashes. Takes time in proportion to
   * the open orders.
   */
  readonly stateHash: () => string
}

/** The commands of a user about one account. */
export interface OwnCommands {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: own.AmendOrder) => AmendedOrder
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: own.OrderBatch) => BatchAnswer
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: own.CancelOrder) => CancelledOrder
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: own.CancelAfter) => CancelAfterInfo
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request?: own.CancelAll) => CancelledOrders
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: own.CancelList) => CancelledOrders
  /** Places an order and answers when it is durable. */
  readonly place: (request: own.PlaceOrder) => PlacedOrder
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: own.PlaceList) => PlacedList
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: own.ReplaceOrder) => ReplacedOrder
}

/** What a user sees of one account. */
export interface OwnQueries {
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: () => AccountTerms
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: () => ReadonlyArray<Balance>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: () => ReadonlyArray<OpenHold>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: () => ReadonlyArray<OpenList>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: own.OpenOrderOf) => OpenOrder | undefined
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request?: own.OpenOrders) => ReadonlyArray<OpenOrder>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: own.OrderOf) => Order
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: own.PlaceOrder) => OrderPreview
}

/**
 * Everything that can be asked of an exchange. A command answers when it is durable, a query when
 * what it saw is.
 */
export interface PromiseMethods {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: AmendOrder) => Promise<AmendedOrder>
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: OrderBatch) => Promise<BatchAnswer>
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: CancelOrder) => Promise<CancelledOrder>
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: CancelAfter) => Promise<CancelAfterInfo>
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request: CancelAll) => Promise<CancelledOrders>
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: CancelList) => Promise<CancelledOrders>
  /** Brings an amount in from outside. */
  readonly credit: (request: ReferencedAmount) => Promise<Done>
  /** Sets an amount aside, for instance for a withdrawal. */
  readonly hold: (request: ReferencedAmount) => Promise<HoldInfo>
  /** Lists an asset. */
  readonly listAsset: (request: ListAsset) => Promise<Asset>
  /** Lists a market of two listed assets. */
  readonly listMarket: (request: ListMarket) => Promise<MarketInfo>
  /** Opens an account. With a reference that has one, returns that. */
  readonly openAccount: (request: OpenAccount) => Promise<AccountInfo>
  /** Places an order and answers when it is durable. */
  readonly place: (request: PlaceOrder) => Promise<PlacedOrder>
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: PlaceList) => Promise<PlacedList>
  /** Ends a hold: the amount is available again. */
  readonly releaseHold: (request: ReleaseHold) => Promise<Done>
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: ReplaceOrder) => Promise<ReplacedOrder>
  /** Takes a credit back, as far as it is there. The account owes the rest. */
  readonly reverse: (request: ReferencedAmount) => Promise<Reversed>
  /** Sets an account's fee tier and trade group. */
  readonly setAccountTerms: (request: SetAccountTerms) => Promise<Done>
  /** Sets a market's fees, for orders that are accepted from now on. */
  readonly setMarketFees: (request: SetMarketFees) => Promise<Done>
  /** Sets all rules of a market at once. */
  readonly setMarketRules: (request: SetMarketRules) => Promise<Done>
  /** Opens, restricts or halts a market. */
  readonly setMarketStatus: (request: SetMarketStatus) => Promise<Done>
  /** Tells the exchange a price from outside the book. */
  readonly setPrice: (request: SetPrice) => Promise<Done>
  /** Ends a hold: the amount leaves, and its `fee` goes to the house. */
  readonly settleHold: (request: SettleHold) => Promise<Done>
  /** Moves an amount from one account to another. */
  readonly transfer: (request: Transfer) => Promise<Done>
  /** Returns an account by its number or reference, or `undefined` when there is none. */
  readonly account: (request: AccountName) => Promise<AccountInfo | undefined>
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: (request: AccountTermsOf) => Promise<AccountTerms>
  /** Lists all assets. */
  readonly assets: () => Promise<ReadonlyArray<Asset>>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: (request: BalancesOf) => Promise<ReadonlyArray<Balance>>
  /** Compares, for each asset, what came in with what all accounts have. */
  readonly conservation: () => Promise<ReadonlyArray<Conservation>>
  /** Returns the best price levels of both sides of the book. */
  readonly depth: (request: DepthOf) => Promise<Depth>
  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  readonly feeTiers: (request: FeeTiersOf) => Promise<ReadonlyArray<FeeTier>>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: (request: HoldsOf) => Promise<ReadonlyArray<OpenHold>>
  /** Returns the price of the last trade, and the prices from outside the book. */
  readonly lastPrice: (request: LastPriceOf) => Promise<LastPrice>
  /** Returns one market with its terms. */
  readonly market: (request: MarketOf) => Promise<MarketInfo | undefined>
  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  readonly marketRules: (request: MarketRulesOf) => Promise<MarketRules>
  /** Lists all markets with their terms. */
  readonly markets: () => Promise<ReadonlyArray<MarketInfo>>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: (request: OpenListsOf) => Promise<ReadonlyArray<OpenList>>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: OpenOrderOf) => Promise<OpenOrder | undefined>
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request: OpenOrders) => Promise<ReadonlyArray<OpenOrder>>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: OrderOf) => Promise<Order>
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: PlaceOrder) => Promise<OrderPreview>
  /** Returns the last number that the source used, 0 when it used none: the next one may be sent. */
  readonly sourceNumber: (request: SourceName) => Promise<number>
  /**
   * Hashes the whole state with SHA-256: equal states have equal hashes. Takes time in proportion to
   * the open orders.
   */
  readonly stateHash: () => Promise<string>
}

/** The same with effects. */
export interface EffectMethods {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: AmendOrder) => Effect.Effect<AmendedOrder, MethodFailures["amend"]>
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: OrderBatch) => Effect.Effect<BatchAnswer, MethodFailures["batch"]>
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: CancelOrder) => Effect.Effect<CancelledOrder, MethodFailures["cancel"]>
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: CancelAfter) => Effect.Effect<CancelAfterInfo, MethodFailures["cancelAfter"]>
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request: CancelAll) => Effect.Effect<CancelledOrders, MethodFailures["cancelAll"]>
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: CancelList) => Effect.Effect<CancelledOrders, MethodFailures["cancelList"]>
  /** Brings an amount in from outside. */
  readonly credit: (request: ReferencedAmount) => Effect.Effect<Done, MethodFailures["credit"]>
  /** Sets an amount aside, for instance for a withdrawal. */
  readonly hold: (request: ReferencedAmount) => Effect.Effect<HoldInfo, MethodFailures["hold"]>
  /** Lists an asset. */
  readonly listAsset: (request: ListAsset) => Effect.Effect<Asset, MethodFailures["listAsset"]>
  /** Lists a market of two listed assets. */
  readonly listMarket: (request: ListMarket) => Effect.Effect<MarketInfo, MethodFailures["listMarket"]>
  /** Opens an account. With a reference that has one, returns that. */
  readonly openAccount: (request: OpenAccount) => Effect.Effect<AccountInfo, MethodFailures["openAccount"]>
  /** Places an order and answers when it is durable. */
  readonly place: (request: PlaceOrder) => Effect.Effect<PlacedOrder, MethodFailures["place"]>
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: PlaceList) => Effect.Effect<PlacedList, MethodFailures["placeList"]>
  /** Ends a hold: the amount is available again. */
  readonly releaseHold: (request: ReleaseHold) => Effect.Effect<Done, MethodFailures["releaseHold"]>
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: ReplaceOrder) => Effect.Effect<ReplacedOrder, MethodFailures["replace"]>
  /** Takes a credit back, as far as it is there. The account owes the rest. */
  readonly reverse: (request: ReferencedAmount) => Effect.Effect<Reversed, MethodFailures["reverse"]>
  /** Sets an account's fee tier and trade group. */
  readonly setAccountTerms: (request: SetAccountTerms) => Effect.Effect<Done, MethodFailures["setAccountTerms"]>
  /** Sets a market's fees, for orders that are accepted from now on. */
  readonly setMarketFees: (request: SetMarketFees) => Effect.Effect<Done, MethodFailures["setMarketFees"]>
  /** Sets all rules of a market at once. */
  readonly setMarketRules: (request: SetMarketRules) => Effect.Effect<Done, MethodFailures["setMarketRules"]>
  /** Opens, restricts or halts a market. */
  readonly setMarketStatus: (request: SetMarketStatus) => Effect.Effect<Done, MethodFailures["setMarketStatus"]>
  /** Tells the exchange a price from outside the book. */
  readonly setPrice: (request: SetPrice) => Effect.Effect<Done, MethodFailures["setPrice"]>
  /** Ends a hold: the amount leaves, and its `fee` goes to the house. */
  readonly settleHold: (request: SettleHold) => Effect.Effect<Done, MethodFailures["settleHold"]>
  /** Moves an amount from one account to another. */
  readonly transfer: (request: Transfer) => Effect.Effect<Done, MethodFailures["transfer"]>
  /** Returns an account by its number or reference, or `undefined` when there is none. */
  readonly account: (request: AccountName) => Effect.Effect<AccountInfo | undefined, MethodFailures["account"]>
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: (request: AccountTermsOf) => Effect.Effect<AccountTerms, MethodFailures["accountTerms"]>
  /** Lists all assets. */
  readonly assets: () => Effect.Effect<ReadonlyArray<Asset>, MethodFailures["assets"]>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: (request: BalancesOf) => Effect.Effect<ReadonlyArray<Balance>, MethodFailures["balances"]>
  /** Compares, for each asset, what came in with what all accounts have. */
  readonly conservation: () => Effect.Effect<ReadonlyArray<Conservation>, MethodFailures["conservation"]>
  /** Returns the best price levels of both sides of the book. */
  readonly depth: (request: DepthOf) => Effect.Effect<Depth, MethodFailures["depth"]>
  /** Lists the fees of each tier that has fees of its own in a market; tier 0 always has. */
  readonly feeTiers: (request: FeeTiersOf) => Effect.Effect<ReadonlyArray<FeeTier>, MethodFailures["feeTiers"]>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: (request: HoldsOf) => Effect.Effect<ReadonlyArray<OpenHold>, MethodFailures["holds"]>
  /** Returns the price of the last trade, and the prices from outside the book. */
  readonly lastPrice: (request: LastPriceOf) => Effect.Effect<LastPrice, MethodFailures["lastPrice"]>
  /** Returns one market with its terms. */
  readonly market: (request: MarketOf) => Effect.Effect<MarketInfo | undefined, MethodFailures["market"]>
  /** Returns the rules of a market, in the form in which `setMarketRules` takes them. */
  readonly marketRules: (request: MarketRulesOf) => Effect.Effect<MarketRules, MethodFailures["marketRules"]>
  /** Lists all markets with their terms. */
  readonly markets: () => Effect.Effect<ReadonlyArray<MarketInfo>, MethodFailures["markets"]>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: (request: OpenListsOf) => Effect.Effect<ReadonlyArray<OpenList>, MethodFailures["openLists"]>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: OpenOrderOf) => Effect.Effect<OpenOrder | undefined, MethodFailures["openOrder"]>
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request: OpenOrders) => Effect.Effect<ReadonlyArray<OpenOrder>, MethodFailures["openOrders"]>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: OrderOf) => Effect.Effect<Order, MethodFailures["order"]>
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: PlaceOrder) => Effect.Effect<OrderPreview, MethodFailures["preview"]>
  /** Returns the last number that the source used, 0 when it used none: the next one may be sent. */
  readonly sourceNumber: (request: SourceName) => Effect.Effect<number, MethodFailures["sourceNumber"]>
  /**
   * Hashes the whole state with SHA-256: equal states have equal hashes. Takes time in proportion to
   * the open orders.
   */
  readonly stateHash: () => Effect.Effect<string, MethodFailures["stateHash"]>
}

/** What a user can do with one account. */
export interface OwnPromiseMethods {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: own.AmendOrder) => Promise<AmendedOrder>
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: own.OrderBatch) => Promise<BatchAnswer>
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: own.CancelOrder) => Promise<CancelledOrder>
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: own.CancelAfter) => Promise<CancelAfterInfo>
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request?: own.CancelAll) => Promise<CancelledOrders>
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: own.CancelList) => Promise<CancelledOrders>
  /** Places an order and answers when it is durable. */
  readonly place: (request: own.PlaceOrder) => Promise<PlacedOrder>
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: own.PlaceList) => Promise<PlacedList>
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: own.ReplaceOrder) => Promise<ReplacedOrder>
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: () => Promise<AccountTerms>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: () => Promise<ReadonlyArray<Balance>>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: () => Promise<ReadonlyArray<OpenHold>>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: () => Promise<ReadonlyArray<OpenList>>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: own.OpenOrderOf) => Promise<OpenOrder | undefined>
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request?: own.OpenOrders) => Promise<ReadonlyArray<OpenOrder>>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: own.OrderOf) => Promise<Order>
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: own.PlaceOrder) => Promise<OrderPreview>
}

/** The same with effects, which also fail with what keeps a user out. */
export interface OwnEffectMethods<E> {
  /** Changes the price or the quantity of an open order, named by its id or by your own. */
  readonly amend: (request: own.AmendOrder) => Effect.Effect<AmendedOrder, MethodFailures["amend"] | E>
  /**
   * Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is
   * done on its own: a refusal stops no other, and comes in its place.
   */
  readonly batch: (request: own.OrderBatch) => Effect.Effect<BatchAnswer, MethodFailures["batch"] | E>
  /** Cancels an open order, by its id or by your own. */
  readonly cancel: (request: own.CancelOrder) => Effect.Effect<CancelledOrder, MethodFailures["cancel"] | E>
  /**
   * Cancels every open order after a delay, unless it is called again before: a dead man's switch.
   */
  readonly cancelAfter: (request: own.CancelAfter) => Effect.Effect<CancelAfterInfo, MethodFailures["cancelAfter"] | E>
  /** Cancels every open order, in one market or in all, of one side or of both. */
  readonly cancelAll: (request?: own.CancelAll) => Effect.Effect<CancelledOrders, MethodFailures["cancelAll"] | E>
  /** Cancels the open orders of a list, by its id or by your own. */
  readonly cancelList: (request: own.CancelList) => Effect.Effect<CancelledOrders, MethodFailures["cancelList"] | E>
  /** Places an order and answers when it is durable. */
  readonly place: (request: own.PlaceOrder) => Effect.Effect<PlacedOrder, MethodFailures["place"] | E>
  /**
   * Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO
   * begin when the first order is filled in full. If it ends in any other way, they end with it,
   * even if most of it was filled: what it brought has no exit then.
   */
  readonly placeList: (request: own.PlaceList) => Effect.Effect<PlacedList, MethodFailures["placeList"] | E>
  /**
   * Cancels an open order and places another one in its market. The cancel stands even if the new
   * one is refused.
   */
  readonly replace: (request: own.ReplaceOrder) => Effect.Effect<ReplacedOrder, MethodFailures["replace"] | E>
  /** Returns an account's fee tier and trade group, and when its timer cancels its orders. */
  readonly accountTerms: () => Effect.Effect<AccountTerms, MethodFailures["accountTerms"] | E>
  /** Lists what the account has: an asset of which it has nothing is left out. */
  readonly balances: () => Effect.Effect<ReadonlyArray<Balance>, MethodFailures["balances"] | E>
  /**
   * Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.
   */
  readonly holds: () => Effect.Effect<ReadonlyArray<OpenHold>, MethodFailures["holds"] | E>
  /** Lists the order lists that have open orders, oldest first. */
  readonly openLists: () => Effect.Effect<ReadonlyArray<OpenList>, MethodFailures["openLists"] | E>
  /** Returns one open order, or `undefined` when the account has none with that id. */
  readonly openOrder: (request: own.OpenOrderOf) => Effect.Effect<OpenOrder | undefined, MethodFailures["openOrder"] | E>
  /** Lists open orders as the venue has them, oldest first. */
  readonly openOrders: (request?: own.OpenOrders) => Effect.Effect<ReadonlyArray<OpenOrder>, MethodFailures["openOrders"] | E>
  /**
   * Returns one order, open or ended, with its end reason, fills and fees. A server reads it from
   * its history. The SDK reads it from the journal, which takes longer the older the order is, and
   * finds ended orders by `order` only.
   */
  readonly order: (request: own.OrderOf) => Effect.Effect<Order, MethodFailures["order"] | E>
  /** Says what placing an order would come to now, by the code that executes. Nothing changes. */
  readonly preview: (request: own.PlaceOrder) => Effect.Effect<OrderPreview, MethodFailures["preview"] | E>
}
