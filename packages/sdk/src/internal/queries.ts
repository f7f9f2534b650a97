/** Each question to the exchange, answered from the venue's state. */
import { type Account, Decimal, Market } from "@pandora-exchange/core"
import { Snapshot, State } from "@pandora-exchange/engine"
import type * as Requests from "../Requests.ts"
import { marketInfo } from "./commands.ts"
import type { Directory } from "./Directory.ts"
import { accountId, refuse, text } from "./fields.ts"

export type QueryTable = {
  readonly [K in keyof Requests.Queries]: (
    state: State.State,
    directory: Directory,
    of: Parameters<Requests.Queries[K]>[0]
  ) => ReturnType<Requests.Queries[K]>
}

const levelsDefault = 100
const levelsMax = 5_000

const listed = <A>(list: ReadonlyArray<A | undefined>): Array<A> => list.filter((item) => item !== undefined)

const indexOf = (state: State.State, account: number): number =>
  state.accounts.indexOf(accountId("account", account)) || refuse("account", "UnknownAccount")

export const queries: QueryTable = {
  assets: (state) => listed(state.assets).map(({ scale, symbol }) => ({ symbol, scale })),

  markets: (state, directory) =>
    listed(state.markets)
      .filter(({ marketId }) => directory.knowsMarket(marketId))
      .map(({ makerRate, market, status, takerRate }) =>
        marketInfo({ ...market, makerRate, takerRate, status }, directory)
      ),

  account: ({ accounts }, _, of) => {
    const index =
      "reference" in of
        ? accounts.byReference.get(text("reference", of.reference))
        : accounts.indexOf(accountId("account", of.account))
    if (index === undefined || index === 0) return undefined
    const reference = accounts.references[index]!
    return {
      account: State.accountIdOf(index),
      kind: accounts.kinds[index]!,
      reference: reference === "" ? undefined : reference,
      opened: false
    }
  },

  balances: (state, _, { account }) => {
    const index = indexOf(state, account)
    return listed(state.assets).flatMap(({ assetId, scale, symbol }) => {
      const available = state.balances.available(assetId, index)
      const held = state.balances.held(assetId, index)
      if (available === 0n && held === 0n) return []
      return [{ asset: symbol, available: Decimal.format(available, scale), held: Decimal.format(held, scale) }]
    })
  },

  openOrders: (state, directory, { account, market }) => {
    const index = indexOf(state, account)
    const only = market === undefined ? undefined : directory.market("market", market).marketId
    const { accounts, clientOrderIds, orders } = state
    const found: Array<Requests.OpenOrder> = []
    for (let slot = accounts.firstOrder[index]!; slot !== 0; slot = orders.nextOfAccount(slot)) {
      if (only !== undefined && orders.market(slot) !== only) continue
      const { market } = state.markets[orders.market(slot)]!
      const { scale } = directory.assetOf(market.baseAssetId)
      const quantity = (lots: number) => Market.quantityText(market, scale, lots)
      found.push({
        order: orders.id(slot),
        clientOrderId: clientOrderIds.get(orders.id(slot)),
        market: market.symbol,
        side: orders.side(slot) === 0 ? "buy" : "sell",
        price: Market.priceText(market, orders.price(slot)),
        quantity: quantity(orders.lots(slot)),
        filledQuantity: quantity(orders.lots(slot) - orders.remaining(slot)),
        remainingQuantity: quantity(orders.remaining(slot)),
        postOnly: orders.postOnly(slot),
        deadline: orders.gtd(slot) ? orders.deadline(slot) : undefined
      })
    }
    return found
  },

  depth: (state, directory, { levels = levelsDefault, market: symbol }) => {
    const market = directory.market("market", symbol)
    if (!Number.isInteger(levels) || levels < 1 || levels > levelsMax) return refuse("levels", "LevelsOutOfRange")
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

  conservation: (state) =>
    listed(state.assets).map(({ assetId, scale, symbol }) => {
      let outside = 0n
      let inside = 0n
      for (let index = 1; index < state.accounts.count; index++) {
        const total = state.balances.available(assetId, index) + state.balances.held(assetId, index)
        if (isOutside(state.accounts.kinds[index])) outside -= total
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

const isOutside = (kind: Account.AccountKind | undefined): boolean =>
  kind === "external" || kind === "receivable" || kind === "loan"
