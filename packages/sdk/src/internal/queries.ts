/** Each query of the exchange, answered from the venue's state. */
import { InvalidInput, Refused } from "@pandora-exchange/contract/failure"
import {
  type Account,
  type Command,
  Decimal,
  Directory as View,
  type Ids,
  Market,
  Order,
  OrderLife,
  OrderText
} from "@pandora-exchange/core"
import { Contents, Snapshot, State, Venue, type VenueClient } from "@pandora-exchange/engine"
import * as Repetition from "@pandora-exchange/engine/Repetition"
import { Effect } from "effect"
import type * as Requests from "../Requests.ts"
import { marketInfo } from "./commands.ts"
import { Directory, listedIn } from "./Directory.ts"
import { rateText, refuse } from "./fields.ts"
import { rulesText } from "./marketRules.ts"
import { namedOrder, placeCommand } from "./orderRequests.ts"

/**
 * The public queries of the state. An order that may have ended is read from the journal instead.
 */
export type StateQueries = Omit<Requests.Queries, "order">

/** The public queries, and internal ones. */
export interface Asked extends StateQueries {
  /** Asked once, when an exchange is opened. */
  readonly listed: () => View.Listed
  /** Whether a command was executed before under its key or number. */
  readonly executed: (of: {
    readonly account: number | undefined
    readonly requestKey: Command.RequestKey
  }) => boolean
  /** Whether an open hold is of another asset. False for a hold that has ended. */
  readonly holdOfAnotherAsset: (of: { readonly hold: number; readonly asset: string }) => boolean
}

type QueryTable<Q extends { readonly [K in keyof Q]: (of: never) => unknown }> = {
  readonly [K in keyof Q]: (
    state: State.State,
    directory: Directory,
    of: Parameters<Q[K]>[0]
  ) => ReturnType<Q[K]>
}

/** The queries in a form that can be sent to another thread and back. */
export type Questions = {
  readonly [K in keyof Asked]: {
    readonly of: Parameters<Asked[K]>[0]
    readonly answer: Outcome<ReturnType<Asked[K]>>
  }
}

export type Outcome<A> =
  | { readonly value: A }
  | { readonly invalid: Pick<InvalidInput, "code" | "field"> }
  | { readonly refused: Pick<Refused, "code" | "sequence" | "field"> }

/** Answers a checked query from the venue's state, in the venue's thread. */
export const answer: VenueClient.Answerer<Questions> = (state, { name, of }) => {
  try {
    return { value: answers[name](state, directoryOf(state), of) }
  } catch (failure) {
    if (failure instanceof InvalidInput)
      return { invalid: { code: failure.code, field: failure.field } }
    if (failure instanceof Refused) {
      const { _tag, ...refused } = failure
      return { refused }
    }
    throw failure
  }
}

/** Returns the answer, or the failure as its class. */
export const valueOf = <A>(outcome: Outcome<A>): Effect.Effect<A, InvalidInput | Refused> => {
  if ("value" in outcome) return Effect.succeed(outcome.value)
  if ("invalid" in outcome)
    return Effect.fail(new InvalidInput(outcome.invalid.code, outcome.invalid.field))
  const { code, ...about } = outcome.refused
  return Effect.fail(new Refused(code, about))
}

/** One directory per state, rebuilt when something was listed. */
const directories = new WeakMap<
  State.State,
  { readonly size: number; readonly directory: Directory }
>()

const directoryOf = (state: State.State): Directory => {
  const size = state.assets.length + state.markets.length
  const known = directories.get(state)
  if (known?.size === size) return known.directory
  const directory = new Directory(listedIn(state))
  directories.set(state, { size, directory })
  return directory
}

const levelsDefault = 100

const listed = <A>(list: ReadonlyArray<A | undefined>): Array<A> =>
  list.filter((item) => item !== undefined)

const indexOf = (state: State.State, account: number): number =>
  state.accounts.indexOf(account) || refuse("account", "UnknownAccount")

const marketOf = (state: State.State, directory: Directory, symbol: string): State.MarketState =>
  state.markets[directory.market("market", symbol).marketId]!

const queries: QueryTable<StateQueries> = {
  assets: (state) => listed(state.assets).map(({ scale, symbol }) => ({ symbol, scale })),

  markets: (state, directory) =>
    listed(state.markets).map((market) => marketInfoOf(market, directory)),

  market: (state, directory, { market }) => {
    if (typeof market !== "string") return refuse("market", "MalformedText")
    const found = state.markets[directory.find(market)?.market.marketId ?? 0]
    return found === undefined ? undefined : marketInfoOf(found, directory)
  },

  marketRules: (state, directory, { market }) => {
    const { rules, terms } = marketOf(state, directory, market)
    return rulesText(rules, terms, directory)
  },

  feeTiers: (state, directory, { market }) =>
    [...marketOf(state, directory, market).rates.entries()].flatMap(([tier, rates]) =>
      rates === undefined
        ? []
        : [{ tier, makerFee: rateText(rates.makerRate), takerFee: rateText(rates.takerRate) }]
    ),

  lastPrice: (state, directory, { market }) => {
    const { lastTicks, prices, referenceTicks, terms } = marketOf(state, directory, market)
    const price = (ticks: number) => (ticks === 0 ? undefined : Market.priceText(terms, ticks))
    return {
      market,
      price: price(lastTicks),
      referencePrice: price(referenceTicks),
      setPrices: [...prices].map(([priceSource, ticks]) => ({
        priceSource,
        price: Market.priceText(terms, ticks)
      }))
    }
  },

  account: ({ accounts }, _, of) => {
    const index =
      "reference" in of ? accounts.byReference.get(of.reference) : accounts.indexOf(of.account)
    if (index === undefined || index === 0) return undefined
    const reference = accounts.references[index]!
    return {
      account: State.accountIdOf(index),
      kind: accounts.kind(index),
      reference: reference === "" ? undefined : reference,
      opened: false
    }
  },

  accountTerms: (state, _, { account }) => {
    const index = indexOf(state, account)
    return {
      account,
      feeTier: state.accounts.feeTier(index),
      tradeGroup: state.accounts.tradeGroup(index),
      cancelDeadline: state.timers.timeOf(index)
    }
  },

  holds: (state, directory, { account }) =>
    state.holds.of(indexOf(state, account)).map(([hold, { amount, assetId, reference }]) => {
      const { scale, symbol } = directory.assetOf(assetId)
      return {
        hold,
        asset: symbol,
        amount: Decimal.format(amount, scale),
        reference: reference === "" ? undefined : reference
      }
    }),

  balances: (state, _, { account }) => {
    const index = indexOf(state, account)
    return listed(state.assets).flatMap(({ assetId, scale, symbol }) => {
      const available = state.funds.available(index, assetId)
      const held = state.funds.held(index, assetId)
      if (available === 0n && held === 0n) return []
      return [
        {
          asset: symbol,
          available: Decimal.format(available, scale),
          held: Decimal.format(held, scale)
        }
      ]
    })
  },

  openOrders: (state, directory, { account, credential, market }) => {
    const index = indexOf(state, account)
    const only = market === undefined ? undefined : directory.market("market", market).marketId
    const { accounts, orders } = state
    const found: Array<Requests.OpenOrder> = []
    for (let slot = accounts.firstOrder(index); slot !== 0; slot = orders.nextOfAccount(slot)) {
      if (only !== undefined && orders.market(slot) !== only) continue
      const order = openOrder(state, directory, slot)
      if (credential === undefined || credential === (order.credential ?? 0)) found.push(order)
    }
    return found
  },

  openOrder: (state, directory, { account, clientOrderId, order }) => {
    const index = indexOf(state, account)
    const named = namedOrder(order, clientOrderId)
    const ownIds = state.accounts.clientOrders[index]
    const slot = state.index.find(named.orderId || (ownIds?.get(named.clientOrderId) ?? 0))
    return slot !== 0 && state.orders.account(slot) === index
      ? openOrder(state, directory, slot)
      : undefined
  },

  openLists: (state, directory, { account }) => {
    const { accounts, lists, orders } = state
    const ids = new Set<number>()
    for (
      let slot = accounts.firstOrder(indexOf(state, account));
      slot !== 0;
      slot = orders.nextOfAccount(slot)
    ) {
      const { listId = 0 } = orders.extra(slot) ?? {}
      if (listId !== 0) ids.add(listId)
    }
    return [...ids].sort((a, b) => a - b).map((id) => openList(lists.get(id)!, directory))
  },

  preview: (state, directory, request) => {
    const command = placeCommand(request, directory)
    const found = Venue.preview(state, command)
    if (typeof found === "string") throw new Refused(found, { sequence: state.sequence })
    const { base, market, quote } = directory.termsOf(command.marketId)
    const [received, given] = command.side === "buy" ? [base, quote] : [quote, base]
    const quantity = (lots: number) => Market.quantityText(market, base.scale, lots)
    return {
      fills: found.fills.map(({ lots, priceTicks }) => ({
        price: Market.priceText(market, priceTicks),
        quantity: quantity(lots)
      })),
      filledQuantity: quantity(found.fills.reduce((sum, { lots }) => sum + lots, 0)),
      filledNotional: Decimal.format(found.quoteUnits, quote.scale),
      restingQuantity: quantity(found.restingLots),
      fee: Decimal.format(found.fee, received.scale),
      feeAsset: received.symbol,
      held: Decimal.format(found.held, given.scale),
      heldAsset: given.symbol
    }
  },

  depth: (state, directory, { levels = levelsDefault, market: symbol }) => {
    const market = directory.market("market", symbol)
    const { book, depthSequence } = state.markets[market.marketId]!
    const { scale } = directory.assetOf(market.baseAssetId)
    const side = (of: typeof book.bids) => {
      const found: Array<readonly [string, string]> = []
      for (let level = of.best; level !== 0 && found.length < levels; level = of.after(level)) {
        found.push([
          Market.priceText(market, state.levels.price(level)),
          Market.quantityText(market, scale, state.levels.total(level))
        ])
      }
      return found
    }
    return { market: symbol, depthSequence, bids: side(book.bids), asks: side(book.asks) }
  },

  sourceNumber: ({ sources }, _, { name }) => sources.get(name) ?? 0,

  conservation: (state) =>
    listed(state.assets).map(({ assetId, scale, symbol }) => {
      let outside = 0n
      let inside = 0n
      for (let index = 1; index < state.accounts.count; index++) {
        const total = state.funds.available(index, assetId) + state.funds.held(index, assetId)
        if (isOutside(state.accounts.kind(index))) outside -= total
        else inside += total
      }
      return {
        asset: symbol,
        cameIn: Decimal.format(outside, scale),
        balances: Decimal.format(inside, scale),
        conserved: outside === inside
      }
    }),

  stateHash: (state) => Snapshot.hashOf(state)
}

const answers: QueryTable<Asked> = {
  ...queries,
  listed: listedIn,
  executed: (state, _, { account, requestKey }) =>
    Repetition.wasExecuted(state, account, requestKey),
  holdOfAnotherAsset: (state, directory, { asset, hold }) => {
    const found = state.holds.get(hold)
    return found !== undefined && directory.assetOf(found.assetId as Ids.AssetId).symbol !== asset
  }
}

const marketInfoOf = (market: State.MarketState, directory: Directory): Requests.MarketInfo =>
  marketInfo(market.present, directory)

const openOrder = (state: State.State, directory: Directory, slot: number): Requests.OpenOrder => {
  const order = Contents.orderAt(state, slot)
  const terms = directory.termsOf(order.marketId)
  const { for: waitsFor, triggerTicks = 0 } = Contents.waitingAt(state, slot) ?? {}
  return {
    ...OrderText.orderText(terms, order),
    order: order.orderId,
    type: order.type === "limit" ? "limit" : "market",
    status: OrderLife.openStatusOf(order),
    remainingQuantity: View.quantityText(terms, order.remainingLots),
    waitsFor,
    triggerPrice: triggerTicks === 0 ? undefined : Market.priceText(terms.market, triggerTicks)
  }
}

const openList = (list: State.ListState, directory: Directory): Requests.OpenList => ({
  list: list.listId,
  clientListId: list.clientListId === "" ? undefined : list.clientListId,
  market: directory.termsOf(list.marketId).market.symbol,
  contingency: Order.contingencies[list.contingency]!,
  orders: list.orderIds
})

const isOutside = (kind: Account.AccountKind | undefined): boolean =>
  kind === "external" || kind === "receivable" || kind === "loan"

export const queryNames: ReadonlyArray<keyof Requests.Queries> = [
  ...(Object.keys(queries) as ReadonlyArray<keyof StateQueries>),
  "order"
]
