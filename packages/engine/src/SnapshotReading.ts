/** The state out of its bytes, as `Snapshot.ts` writes them, with a check of each. */
import { Account, Asset, type Ids, Layout, Market, Order } from "@pandora-exchange/core"
import * as Administration from "./Administration.ts"
import { InvariantBroken } from "./invariant.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type { BookSide } from "./OrderBook.ts"
import { OpenOrders } from "./OpenOrders.ts"
import {
  activating,
  inBook,
  OrderExtra,
  trailing,
  untilTrigger,
  untilWorkingOrder
} from "./OrderExtra.ts"
import { buy, sell } from "./OrderPool.ts"
import {
  clearExtra,
  formatVersion,
  isPartly,
  keep,
  keepExtra,
  OrderOwn,
  OrderRecord,
  partsReader
} from "./OrderRecord.ts"
import {
  gtdBit,
  noTier,
  partlyBit,
  Reader,
  rulesFields,
  rulesFlags,
  waitsBit
} from "./SnapshotBytes.ts"
import { exits, type ListState, type MarketState, State } from "./State.ts"
import { isRising, Triggers } from "./Triggers.ts"

/** The state that `encode` wrote, or the `encode` of a build with an earlier format. */
export const decode = (
  bytes: Uint8Array,
  limits: Limits = limitsDefault,
  version: number = formatVersion
): State => {
  const r = new Reader(bytes, version)
  try {
    return decodeState(r, limits)
  } catch (cause) {
    // A view throws where its bytes end; a check of its own for each number would make reading
    // slower.
    if (cause instanceof RangeError) r.fail(`the state ends within it, at byte ${r.length}`)
    if (cause instanceof Layout.MalformedRecord || cause instanceof InvariantBroken)
      r.fail(cause.message)
    throw cause
  }
}

const decodeState = (r: Reader, limits: Limits): State => {
  const state = new State(limits)
  state.sequence = r.u53()
  state.time = r.u53()
  state.lastOrderId = r.u53()
  state.lastHoldId = r.u53()
  state.lastListId = r.u53()
  r.place = "assets"
  const assets = r.count(2)
  for (let i = 1; i <= assets; i++) {
    const scale = r.u8()
    r.check(scale <= Asset.scaleMax, `scale ${scale} is above ${Asset.scaleMax}`)
    Administration.addAsset(state, { assetId: i as Ids.AssetId, scale, symbol: r.text() })
  }
  decodeAccounts(state, r)
  decodeBalances(state, r)
  decodeHolds(state, r)
  const open = new OpenOrders(state)
  const found: Array<FoundOrder> = []
  r.place = "markets"
  const markets = r.count(2)
  for (let i = 1; i <= markets; i++) decodeMarket(state, i, r, found)
  decodeLists(state, open, r, found)
  r.place = "activation queue"
  for (let id = r.u53(); id !== 0; id = r.u53()) {
    const { extra, slot } = decodeOrder(state, id, r, found, activating)
    open.queue(slot, extra!)
  }
  // The lists of each account are in order of order ids.
  found.sort((a, b) => a.id - b.id)
  let last = 0
  for (const { clientOrderId, extra, id, slot } of found) {
    if (id === last) r.fail(`order ${id} is there twice`)
    last = id
    open.register(slot, clientOrderId)
    if (state.orders.waits(slot)) open.countWaiting(slot, extra!, 1)
  }
  decodeRequestKeys(state, r)
  r.check(r.atEnd, "bytes follow the state")
  return state
}

/** The index of an account that there is. */
const accountAt = ({ accounts }: State, r: Reader, accountId = r.u32()): number => {
  const index = accounts.indexOf(accountId)
  if (index === 0) r.fail(`there is no account ${accountId}`)
  return index
}

const decodeAccounts = (state: State, r: Reader): void => {
  const { accounts, timers } = state
  r.place = "accounts"
  const opened = r.count(2)
  for (let i = 0; i < opened; i++) {
    const kind = Account.accountKinds[r.positionIn(Account.accountKinds, "account kind")]!
    accounts.open(kind, r.text())
  }
  let last = 0
  for (let accountId = r.u32(); accountId !== 0; accountId = r.u32()) {
    const index = accountAt(state, r, accountId)
    last = r.next(index, last)
    const tier = r.u8()
    r.check(tier <= Market.feeTierMax, `fee tier ${tier} is above ${Market.feeTierMax}`)
    accounts.setFeeTier(index, tier)
    const group = r.u32()
    r.check(
      tier !== 0 || group !== 0,
      `account ${accountId} has neither a fee tier nor a trade group`
    )
    accounts.setTradeGroup(index, group)
  }
  r.place = "timers"
  const running = r.count(12)
  last = 0
  for (let i = 0; i < running; i++) {
    last = r.next(accountAt(state, r), last)
    timers.set(last, r.u53())
  }
}

const decodeBalances = (state: State, r: Reader): void => {
  r.place = "balances"
  for (let assetId = 1; assetId < state.assets.length; assetId++) {
    let total = 0n
    let last = 0
    for (let accountId = r.u32(); accountId !== 0; accountId = r.u32()) {
      const index = accountAt(state, r, accountId)
      last = r.next(index, last)
      const available = r.i64()
      const held = r.i64()
      if (available === 0n && held === 0n)
        r.fail(`account ${accountId} has nothing of asset ${assetId}`)
      state.funds.load(index, assetId, available, held)
      total += available + held
    }
    r.check(total === 0n, `the balances of asset ${assetId} sum up to ${total}, not to 0`)
  }
}

const decodeHolds = (state: State, r: Reader): void => {
  r.place = "holds"
  const holds = r.count(25)
  let last = 0
  for (let i = 0; i < holds; i++) {
    const holdId = r.u53()
    last = r.next(holdId, last)
    r.check(holdId <= state.lastHoldId, `hold ${holdId} is past the last, ${state.lastHoldId}`)
    const account = accountAt(state, r)
    const assetId = assetAt(state, r)
    state.holds.add(holdId, { account, assetId, amount: r.i64(), reference: r.text() })
  }
}

/** The id of an asset that there is. */
const assetAt = ({ assets }: State, r: Reader): Ids.AssetId => {
  const assetId = r.u32()
  if (assets[assetId] === undefined) r.fail(`there is no asset ${assetId}`)
  return assetId as Ids.AssetId
}

interface FoundOrder {
  readonly id: number
  readonly slot: number
  readonly extra: OrderExtra | undefined
  readonly clientOrderId: string
}

const decodeMarket = (state: State, id: number, r: Reader, found: Array<FoundOrder>): void => {
  r.place = `market ${id}`
  const market = Administration.addMarket(state, {
    marketId: id as Ids.MarketId,
    symbol: r.text(),
    baseAssetId: assetAt(state, r),
    quoteAssetId: assetAt(state, r),
    tickMantissa: r.u53(),
    tickScale: r.u8(),
    lotUnits: r.i64(),
    lotsMin: r.u53(),
    lotsMax: r.u53(),
    ticksMax: ticksMaxOf(r),
    notionalMin: r.i64(),
    notionalMax: r.i64(),
    quotePerTickLot: r.i64(),
    status: Market.marketStatuses[r.positionIn(Market.marketStatuses, "market status")]!,
    makerRate: 0,
    takerRate: 0
  })
  market.depthSequence = r.u53()
  market.lastTradeId = r.u53()
  market.lastTicks = r.u32()
  let lastTier = -1
  for (let tier = r.u8(); tier !== noTier; tier = r.u8()) {
    r.check(lastTier >= 0 || tier === 0, "there are no rates of tier 0")
    lastTier = r.next(tier, lastTier)
    r.check(tier <= Market.feeTierMax, `fee tier ${tier} is above ${Market.feeTierMax}`)
    market.rates[tier] = { makerRate: r.u32(), takerRate: r.u32() }
  }
  r.check(lastTier >= 0, "there are no rates of tier 0")
  market.rules = decodeRules(r)
  const prices = r.count(9)
  let lastSource = ""
  for (let i = 0; i < prices; i++) {
    const source = r.text()
    lastSource = r.next(source, lastSource)
    market.prices.set(source, r.u53())
  }
  for (const side of [buy, sell]) {
    decodeQueue(state, market, market.book.of(side), r, found, inBook)
  }
  const triggers = new Triggers(market.ticksMax, state.orders, state.levels)
  const before = found.length
  decodeQueue(state, market, triggers.rising, r, found, untilTrigger)
  decodeQueue(state, market, triggers.falling, r, found, untilTrigger)
  for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
    const { slot } = decodeOrder(state, orderId, r, found, trailing, id)
    triggers.active.push(slot)
  }
  if (found.length > before) market.triggers = triggers
}

/** The book has its places by price: a larger one would stand outside. */
const ticksMaxOf = (r: Reader): number => {
  const ticks = r.u53()
  r.check(ticks >= 1 && ticks <= Market.ticksMax, `${ticks} cannot be a market's most ticks`)
  return ticks
}

const decodeRules = (r: Reader): Market.MarketRules => {
  const read: Record<string, unknown> = {}
  for (const [name, { kind }] of rulesFields) {
    if (kind !== "flag") read[name] = kind === "i64" ? r.i64() : kind === "u32" ? r.u32() : r.u53()
    else if (name === rulesFlags[0]) {
      const flags = r.u8()
      r.check(flags < 1 << rulesFlags.length, `the flags of the rules are ${flags}`)
      for (const [i, flag] of rulesFlags.entries()) read[flag] = (flags & (1 << i)) !== 0
    }
  }
  return { ...(read as Omit<Market.MarketRules, "triggerSource">), triggerSource: r.text() }
}

const decodeQueue = (
  state: State,
  { marketId, ticksMax }: MarketState,
  side: BookSide,
  r: Reader,
  found: Array<FoundOrder>,
  place: number
): void => {
  let last = side.side === sell ? 0 : ticksMax
  for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
    const { extra, slot } = decodeOrder(state, orderId, r, found, place, marketId)
    const orderSide = state.orders.side(slot)
    const price = place === inBook ? state.orders.price(slot) : extra!.triggerTicks
    const isHere =
      place === inBook
        ? orderSide === side.side
        : isRising(orderSide, extra!.trigger) === (side.side === sell)
    if (!isHere) r.fail(`order ${orderId} is in a queue of the other side`)
    if (price < 1 || price > ticksMax) r.fail(`${price} ticks are not a price of the market`)
    if (side.side === sell ? price < last : price > last)
      r.fail(`${price} ticks do not follow ${last}`)
    last = price
    side.append(slot, price)
  }
}

const read = new OrderRecord()
const own = new OrderOwn()
/** By version of the format. */
const partsOf = Array.from({ length: formatVersion + 1 }, (_, version) => partsReader(version))
const gtc = Order.timesInForce.indexOf("GTC")
const gtd = Order.timesInForce.indexOf("GTD")

/** `only` is the one market that it can be of. */
const decodeOrder = (
  state: State,
  id: number,
  r: Reader,
  found: Array<FoundOrder>,
  place: number,
  only = 0
): FoundOrder => {
  const { orders } = state
  if (id > state.lastOrderId) r.fail(`order ${id} is past the last, ${state.lastOrderId}`)
  const slot = orders.allocate()
  orders.setId(slot, id)
  orders.setAccount(slot, accountAt(state, r))
  const marketId = r.u32()
  if (state.markets[marketId] === undefined || (only !== 0 && marketId !== only))
    r.fail(`order ${id} cannot be of market ${marketId}`)
  partsOf[r.version]!.every(r, read, own)
  const { flags } = own
  read.postOnly = flags & 3
  if (flags > 31 || read.postOnly >= Order.postOnlyModes.length)
    r.fail(`the flags of order ${id} are ${flags}`)
  if (((flags & waitsBit) !== 0) !== (place !== inBook)) r.fail(`order ${id} cannot be where it is`)
  read.type = 0
  read.timeInForce = (flags & gtdBit) === 0 ? gtc : gtd
  orders.setRemaining(slot, own.remaining)
  orders.setFeeRemainder(slot, r.u32())
  const clientOrderId = r.text()
  const extra = (flags & (partlyBit | waitsBit)) === 0 ? undefined : decodeExtra(place, r)
  if ((read.timeInForce === gtd) !== ((flags & gtdBit) !== 0))
    r.fail(`order ${id} has two times in force`)
  const left = orders.remaining(slot) + (extra?.hiddenLots ?? 0) + (extra?.preventedLots ?? 0)
  if (left > read.lots || orders.remaining(slot) === 0)
    r.fail(`order ${id} cannot have ${left} of ${read.lots} lots left`)
  keep(orders, slot, marketId, read)
  if (extra !== undefined) orders.setExtra(slot, extra)
  const order = { id, slot, extra, clientOrderId }
  found.push(order)
  return order
}

/** What only some orders have. */
const decodeExtra = (place: number, r: Reader): OrderExtra => {
  const { flags } = own
  const parts = partsOf[r.version]!
  const extra = new OrderExtra()
  extra.place = place
  clearExtra(read)
  own.hiddenLots = 0
  own.preventedLots = 0
  if ((flags & partlyBit) !== 0) {
    parts.partly(r, read, own)
    extra.hiddenLots = own.hiddenLots
    extra.preventedLots = own.preventedLots
    if (!isPartly(read, own)) r.fail("a part of an order is 0")
  }
  if ((flags & waitsBit) !== 0) {
    extra.wait = r.positionIn(Order.waits, "wait")
    parts.waiting(r, read, own)
    extra.extremeTicks = r.u53()
    extra.held = r.u53()
    extra.neededWaiting = r.u53()
  }
  keepExtra(extra, read)
  return extra
}

const decodeLists = (state: State, open: OpenOrders, r: Reader, found: Array<FoundOrder>): void => {
  r.place = "lists"
  // A list that was accepted when there were no exits goes on without.
  const hasExits = r.version >= 2
  const count = r.count(hasExits ? 36 : 27)
  let last = 0
  for (let i = 0; i < count; i++) {
    const listId = r.u53()
    last = r.next(listId, last)
    r.check(listId <= state.lastListId, `list ${listId} is past the last, ${state.lastListId}`)
    const account = accountAt(state, r)
    const marketId = r.u32()
    r.check(state.markets[marketId] !== undefined, `there is no market ${marketId}`)
    const contingency = r.positionIn(Order.contingencies, "contingency")
    const listExits = hasExits ? r.u8() : exits.none
    r.check(listExits <= exits.allBrought, `there are no exits of kind ${listExits}`)
    const broughtUnits = hasExits ? r.u53() : 0
    const clientListId = r.text()
    const orderIds = Array.from({ length: r.u8() }, () => r.u53())
    const list: ListState = {
      listId,
      account,
      marketId,
      contingency,
      clientListId,
      orderIds,
      exits: listExits,
      broughtUnits
    }
    open.addList(list)
    for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
      r.check(
        orderIds.indexOf(orderId) > 0,
        `order ${orderId} does not wait for the first of list ${listId}`
      )
      decodeOrder(state, orderId, r, found, untilWorkingOrder, marketId)
    }
  }
}

const decodeRequestKeys = (state: State, r: Reader): void => {
  r.place = "sources"
  const sources = r.count(9)
  let lastSource = ""
  for (let i = 0; i < sources; i++) {
    const source = r.text()
    lastSource = r.next(source, lastSource)
    state.sources.set(source, r.u53())
  }
  r.place = "horizons"
  const horizons = r.count(12)
  let last = -1
  for (let i = 0; i < horizons; i++) {
    const account = keyAccountAt(state, r)
    last = r.next(account, last)
    state.keys.accountOf(account).horizon = r.u53()
  }
  r.place = "request keys"
  const keys = r.count(52)
  for (let i = 0; i < keys; i++) {
    const account = keyAccountAt(state, r)
    let name = `${account} `
    const key = r.take(16)
    for (let j = 0; j < 16; j += 2) name += String.fromCharCode(key[j]! * 256 + key[j + 1]!)
    const madeAt = r.u53()
    const rememberedAt = r.u53()
    const sequence = r.u53()
    const length = r.u32()
    const answerAt = r.u32()
    r.check(answerAt <= length, `an answer begins at ${answerAt} of ${length} bytes`)
    r.check(!state.keys.keys.has(name), "a key is there twice")
    state.keys.remember({
      name,
      account,
      madeAt,
      rememberedAt,
      sequence,
      bytes: r.take(length),
      answerAt,
      nextOfAccount: undefined
    })
  }
}

/** 0 for commands that name no account. */
const keyAccountAt = (state: State, r: Reader): number => {
  const accountId = r.u32()
  return accountId === 0 ? 0 : accountAt(state, r, accountId)
}
