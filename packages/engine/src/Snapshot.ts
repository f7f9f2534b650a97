/**
 * The state as bytes, in one canonical form: equal states give equal bytes, however they came about. Snapshots are these
 * bytes and the state hash is their SHA-256. Specified in `docs/concepts/state-format.md`; written in pieces, so that a large
 * state can be written without stopping anything.
 */
import { Account, type Ids, Layout, Market, Order } from "@pandora-exchange/core"
import { createHash } from "node:crypto"
import * as Administration from "./Administration.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type { BookSide } from "./OrderBook.ts"
import { OpenOrders } from "./OpenOrders.ts"
import { inBook, OrderExtra, trailing, untilTrigger, untilWorkingOrder } from "./OrderExtra.ts"
import { buy, sell } from "./OrderPool.ts"
import { keep, load, OrderRecord } from "./OrderRecord.ts"
import { accountIdOf, firstOpened, type ListState, type MarketState, State } from "./State.ts"
import { Triggers } from "./Triggers.ts"

export const formatVersion = 1

/** Pieces are about this large. */
const pieceBytes = 1 << 16

class Writer {
  bytes = new Uint8Array(pieceBytes + 1024)
  view = new DataView(this.bytes.buffer)
  at = 0

  get full(): boolean {
    return this.at >= pieceBytes
  }

  /** What was written so far; the writer begins a new piece. */
  take(): Uint8Array {
    const piece = this.bytes.subarray(0, this.at)
    this.bytes = new Uint8Array(pieceBytes + 1024)
    this.view = new DataView(this.bytes.buffer)
    this.at = 0
    return piece
  }

  u8(value: number): void {
    this.view.setUint8(this.at++, value)
  }
  u32(value: number): void {
    this.view.setUint32(this.at, value, true)
    this.at += 4
  }
  u53(value: number): void {
    Layout.writeU53(this.view, this.at, value)
    this.at += 8
  }
  i64(value: bigint): void {
    this.view.setBigInt64(this.at, value, true)
    this.at += 8
  }
  text(value: string): void {
    Layout.text.write(this.view, this.at, value)
    this.at += 1 + value.length
  }
}

/** The state's bytes, piece by piece. The state must not change before the last piece was taken. */
export function* encode(state: State): Generator<Uint8Array> {
  const w = new Writer()
  for (const _ of sections(state, w)) if (w.full) yield w.take()
  yield w.take()
}

/** SHA-256 of the canonical form, in hex. */
export const hashOf = (state: State): string => {
  const hash = createHash("sha256")
  for (const piece of encode(state)) hash.update(piece)
  return hash.digest("hex")
}

/** Yields often enough that less than a kilobyte is written between two yields. */
function* sections(state: State, w: Writer): Generator<void> {
  w.u53(state.sequence)
  w.u53(state.time)
  w.u53(state.lastOrderId)
  w.u53(state.lastHoldId)
  w.u53(state.lastListId)
  w.u32(state.assets.length - 1)
  for (const asset of state.assets.slice(1)) {
    w.u8(asset!.scale)
    w.text(asset!.symbol)
    yield
  }
  yield* accounts(state, w)
  yield* balances(state, w)
  w.u32(state.holds.size)
  for (const [holdId, { account, amount, assetId, reference }] of state.holds) {
    w.u53(holdId)
    w.u32(accountIdOf(account))
    w.u32(assetId)
    w.i64(amount)
    w.text(reference)
    yield
  }
  w.u32(state.markets.length - 1)
  for (const market of state.markets.slice(1)) yield* marketOf(state, market!, w)
  yield* lists(state, w)
  yield* startingQueue(state, w)
  yield* requestKeys(state, w)
}

function* accounts({ accounts, timers }: State, w: Writer): Generator<void> {
  w.u32(accounts.count - firstOpened)
  for (let index = firstOpened; index < accounts.count; index++) {
    w.u8(Account.accountKinds.indexOf(accounts.kind(index)))
    w.text(accounts.references[index]!)
    yield
  }
  for (let index = 1; index < accounts.count; index++) {
    if (accounts.feeTier(index) === 0 && accounts.tradeGroup(index) === 0) continue
    w.u32(accountIdOf(index))
    w.u8(accounts.feeTier(index))
    w.u32(accounts.tradeGroup(index))
    yield
  }
  w.u32(0)
  w.u32(timers.size)
  for (const [index, deadline] of [...timers.running].sort(([a], [b]) => a - b)) {
    w.u32(accountIdOf(index))
    w.u53(deadline)
    yield
  }
}

/** Per asset: the accounts that have something, in order. */
function* balances({ accounts, assets, funds }: State, w: Writer): Generator<void> {
  for (let assetId = 1; assetId < assets.length; assetId++) {
    for (let index = 1; index < accounts.count; index++) {
      const available = funds.available(index, assetId)
      const held = funds.held(index, assetId)
      if (available === 0n && held === 0n) continue
      w.u32(accountIdOf(index))
      w.i64(available)
      w.i64(held)
      yield
    }
    w.u32(0)
    yield
  }
}

function* marketOf(state: State, market: MarketState, w: Writer): Generator<void> {
  const { terms } = market
  w.text(terms.symbol)
  w.u32(terms.baseAssetId)
  w.u32(terms.quoteAssetId)
  w.u53(terms.tickMantissa)
  w.u8(terms.tickScale)
  w.i64(terms.lotUnits)
  w.u53(terms.lotsMin)
  w.u53(terms.lotsMax)
  w.u53(terms.ticksMax)
  w.i64(terms.notionalMin)
  w.i64(terms.notionalMax)
  w.i64(terms.quotePerTickLot)
  w.u8(Market.marketStatuses.indexOf(market.status))
  w.u53(market.depthSequence)
  w.u53(market.lastTradeId)
  w.u32(market.lastTicks)
  for (const [tier, rates] of market.rates.entries()) {
    if (rates === undefined) continue
    w.u8(tier)
    w.u32(rates.makerRate)
    w.u32(rates.takerRate)
  }
  w.u8(noTier)
  rulesOf(market.rules, w)
  w.u32(market.prices.size)
  for (const source of [...market.prices.keys()].sort()) {
    w.text(source)
    w.u53(market.prices.get(source)!)
  }
  yield
  yield* queueOf(state, market.book.bids, w)
  yield* queueOf(state, market.book.asks, w)
  const { triggers } = market
  if (triggers === undefined) {
    for (let i = 0; i < 3; i++) w.u53(0)
    return
  }
  yield* queueOf(state, triggers.rising, w)
  yield* queueOf(state, triggers.falling, w)
  for (const slot of triggers.active) {
    order(state, slot, w)
    yield
  }
  w.u53(0)
}

/** Past every fee tier. */
const noTier = 255

const rulesOf = (rules: Market.MarketRules, w: Writer): void => {
  w.u53(rules.ticksMin)
  w.u53(rules.marketLotsMin)
  w.u53(rules.marketLotsMax)
  w.u8((rules.notionalMinForMarket ? 1 : 0) | (rules.notionalMaxForMarket ? 2 : 0))
  w.u32(rules.buyBandDown)
  w.u32(rules.buyBandUp)
  w.u32(rules.sellBandDown)
  w.u32(rules.sellBandUp)
  w.u32(rules.rangeDown)
  w.u32(rules.rangeUp)
  w.i64(rules.positionMax)
  w.text(rules.triggerSource)
}

/** Orders best price first, oldest first; an order id of 0 ends the list. */
function* queueOf(state: State, side: BookSide, w: Writer): Generator<void> {
  const { levels, orders } = state
  for (let level = side.best; level !== 0; level = side.after(level)) {
    for (let slot = levels.first(level); slot !== 0; slot = orders.next(slot)) {
      order(state, slot, w)
      yield
    }
  }
  w.u53(0)
}

const gtdBit = 4
const partlyBit = 8
const waitsBit = 16

const written = new OrderRecord()

/** Every order in the same form; what it is besides an order in the book is written only where it is. */
const order = ({ clientOrderIds, orders }: State, slot: number, w: Writer): void => {
  load(written, orders, slot)
  const { orderId, postOnly } = written
  const extra = orders.extra(slot)
  const isPartly =
    extra !== undefined && extra.displayLots + extra.hiddenLots + extra.preventedLots + extra.listId !== 0
  const waits = orders.waits(slot)
  w.u53(orderId)
  w.u32(accountIdOf(orders.account(slot)))
  w.u32(orders.market(slot))
  w.u8(written.side)
  w.u8(postOnly | (orders.gtd(slot) ? gtdBit : 0) | (isPartly ? partlyBit : 0) | (waits ? waitsBit : 0))
  w.u8(written.selfTradePrevention)
  w.u32(written.priceTicks)
  w.u53(written.lots)
  w.u53(orders.remaining(slot))
  w.u53(written.deadline)
  w.u53(written.credential)
  w.u32(written.makerRate)
  w.u32(written.takerRate)
  w.u32(orders.feeRemainder(slot))
  w.text(clientOrderIds.get(orderId) ?? "")
  if (isPartly) {
    w.u53(extra.displayLots)
    w.u53(extra.hiddenLots)
    w.u53(extra.preventedLots)
    w.u53(extra.listId)
  }
  if (waits && extra !== undefined) {
    w.u8(extra.wait)
    w.u8(written.type)
    w.u8(written.timeInForce)
    w.u8(extra.trigger)
    w.u53(extra.triggerTicks)
    w.u8(extra.trailingUnit)
    w.u53(extra.trailingOffset)
    w.u53(extra.extremeTicks)
    w.u53(extra.held)
    w.u53(extra.neededWaiting)
  }
}

/** Lists by their id, and behind each its orders that wait for its working order. */
function* lists(state: State, w: Writer): Generator<void> {
  const { index, orders } = state
  w.u32(state.lists.size)
  for (const list of state.lists.values()) {
    w.u53(list.listId)
    w.u32(accountIdOf(list.account))
    w.u32(list.marketId)
    w.u8(list.contingency)
    w.text(list.clientListId)
    w.u8(list.orderIds.length)
    for (const id of list.orderIds) w.u53(id)
    for (const id of list.orderIds) {
      const slot = index.find(id)
      if (slot !== 0 && orders.extra(slot)!.place === untilWorkingOrder) order(state, slot, w)
    }
    w.u53(0)
    yield
  }
}

function* startingQueue(state: State, w: Writer): Generator<void> {
  for (let slot = state.firstToActivate; slot !== 0; slot = state.orders.next(slot)) {
    order(state, slot, w)
    yield
  }
  w.u53(0)
}

function* requestKeys({ keys, sources }: State, w: Writer): Generator<void> {
  w.u32(sources.size)
  for (const source of [...sources.keys()].sort()) {
    w.text(source)
    w.u53(sources.get(source)!)
    yield
  }
  const horizons = [...keys.accounts].filter(([, { horizon }]) => horizon > 0).sort(([a], [b]) => a - b)
  w.u32(horizons.length)
  for (const [account, { horizon }] of horizons) {
    w.u32(accountIdOf(account))
    w.u53(horizon)
    yield
  }
  w.u32(keys.keys.size)
  for (const key of keys.keys.values()) {
    w.u32(accountIdOf(key.account))
    for (let i = 0; i < 16; i += 2) w.view.setUint16(w.at + i, key.name.charCodeAt(key.name.length - 8 + i / 2))
    w.at += 16
    w.u53(key.madeAt)
    w.u53(key.rememberedAt)
    w.u53(key.sequence)
    w.u32(key.bytes.length)
    w.u32(key.answerAt)
    // An answer can be as long as the trades of one order are many: it goes in slices.
    for (let from = 0; from < key.bytes.length; from += 512) {
      const slice = key.bytes.subarray(from, from + 512)
      w.bytes.set(slice, w.at)
      w.at += slice.length
      yield
    }
    yield
  }
}

/** The bytes are no state of this format: they were not written by `encode`. */
export class MalformedSnapshot extends Error {
  override readonly name = "MalformedSnapshot"
}

class Reader {
  private readonly view: DataView
  private readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  u8(): number {
    return this.view.getUint8(this.at++)
  }
  u32(): number {
    this.at += 4
    return this.view.getUint32(this.at - 4, true)
  }
  u53(): number {
    this.at += 8
    return Layout.readU53(this.view, this.at - 8)
  }
  i64(): bigint {
    this.at += 8
    return this.view.getBigInt64(this.at - 8, true)
  }
  text(): string {
    const value = Layout.text.read(this.view, this.at)
    this.at += 1 + value.length
    return value
  }
  take(length: number): Uint8Array {
    this.at += length
    if (this.at > this.bytes.length) throw new MalformedSnapshot(`the state ends before byte ${this.at}`)
    return this.bytes.slice(this.at - length, this.at)
  }
  get atEnd(): boolean {
    return this.at === this.bytes.length
  }
}

/** The state that `encode` wrote. */
export const decode = (bytes: Uint8Array, limits: Limits = limitsDefault): State => {
  const r = new Reader(bytes)
  const state = new State(limits)
  state.sequence = r.u53()
  state.time = r.u53()
  state.lastOrderId = r.u53()
  state.lastHoldId = r.u53()
  state.lastListId = r.u53()
  const assets = r.u32()
  for (let i = 1; i <= assets; i++) {
    const scale = r.u8()
    Administration.addAsset(state, { assetId: i as Ids.AssetId, scale, symbol: r.text() })
  }
  const opened = r.u32()
  for (let i = 0; i < opened; i++) {
    const kind = Account.accountKinds[r.u8()]
    if (kind === undefined) throw new MalformedSnapshot(`account ${i + firstOpened} has no kind`)
    state.accounts.open(kind, r.text())
  }
  for (let accountId = r.u32(); accountId !== 0; accountId = r.u32()) {
    const index = state.accounts.indexOf(accountId)
    state.accounts.setFeeTier(index, r.u8())
    state.accounts.setTradeGroup(index, r.u32())
  }
  const timers = r.u32()
  for (let i = 0; i < timers; i++) state.timers.set(state.accounts.indexOf(r.u32()), r.u53())
  for (let assetId = 1; assetId <= assets; assetId++) decodeBalances(state, assetId, r)
  const holds = r.u32()
  for (let i = 0; i < holds; i++) {
    const holdId = r.u53()
    const account = state.accounts.indexOf(r.u32())
    state.holds.add(holdId, { account, assetId: r.u32(), amount: r.i64(), reference: r.text() })
  }
  const open = new OpenOrders(state)
  const found: Array<FoundOrder> = []
  const markets = r.u32()
  for (let i = 1; i <= markets; i++) decodeMarket(state, i, r, found)
  decodeLists(state, open, r, found)
  for (let id = r.u53(); id !== 0; id = r.u53()) {
    const { extra, slot } = decodeOrder(state, id, r, found)
    open.queue(slot, extra!)
  }
  // The lists of each account are in order of order ids.
  found.sort((a, b) => a.id - b.id)
  for (const { clientOrderId, extra, slot } of found) {
    open.register(slot, clientOrderId)
    if (state.orders.waits(slot)) open.countWaiting(slot, extra!, 1)
  }
  decodeRequestKeys(state, r)
  if (!r.atEnd) throw new MalformedSnapshot(`the state goes on after byte ${r.at}`)
  return state
}

interface FoundOrder {
  readonly id: number
  readonly slot: number
  readonly extra: OrderExtra | undefined
  readonly clientOrderId: string
}

const decodeBalances = ({ accounts, funds }: State, assetId: number, r: Reader): void => {
  let sum = 0n
  for (let accountId = r.u32(); accountId !== 0; accountId = r.u32()) {
    const index = accounts.indexOf(accountId)
    if (index === 0)
      throw new MalformedSnapshot(`asset ${assetId} has a balance of account ${accountId}, which is none`)
    const available = r.i64()
    const held = r.i64()
    funds.load(index, assetId, available, held)
    sum += available + held
  }
  if (sum !== 0n) throw new MalformedSnapshot(`the balances of asset ${assetId} sum up to ${sum}, not to 0`)
}

const decodeMarket = (state: State, id: number, r: Reader, found: Array<FoundOrder>): void => {
  const market = Administration.addMarket(state, {
    marketId: id as Ids.MarketId,
    symbol: r.text(),
    baseAssetId: r.u32() as Ids.AssetId,
    quoteAssetId: r.u32() as Ids.AssetId,
    tickMantissa: r.u53(),
    tickScale: r.u8(),
    lotUnits: r.i64(),
    lotsMin: r.u53(),
    lotsMax: r.u53(),
    ticksMax: r.u53(),
    notionalMin: r.i64(),
    notionalMax: r.i64(),
    quotePerTickLot: r.i64(),
    status: Market.marketStatuses[r.u8()]!,
    makerRate: 0,
    takerRate: 0
  })
  market.depthSequence = r.u53()
  market.lastTradeId = r.u53()
  market.lastTicks = r.u32()
  for (let tier = r.u8(); tier !== noTier; tier = r.u8()) {
    market.rates[tier] = { makerRate: r.u32(), takerRate: r.u32() }
  }
  market.rules = decodeRules(r)
  const prices = r.u32()
  for (let i = 0; i < prices; i++) {
    const source = r.text()
    market.prices.set(source, r.u53())
  }
  for (const side of [buy, sell]) {
    decodeQueue(state, market.book.of(side), r, found, inBook)
  }
  const triggers = new Triggers(market.ticksMax, state.orders, state.levels)
  const before = found.length
  decodeQueue(state, triggers.rising, r, found, untilTrigger)
  decodeQueue(state, triggers.falling, r, found, untilTrigger)
  for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
    const { extra, slot } = decodeOrder(state, orderId, r, found)
    extra!.place = trailing
    triggers.active.push(slot)
  }
  if (found.length > before) market.triggers = triggers
}

const decodeRules = (r: Reader): Market.MarketRules => {
  const ticksMin = r.u53()
  const marketLotsMin = r.u53()
  const marketLotsMax = r.u53()
  const flags = r.u8()
  return {
    ticksMin,
    marketLotsMin,
    marketLotsMax,
    notionalMinForMarket: (flags & 1) !== 0,
    notionalMaxForMarket: (flags & 2) !== 0,
    buyBandDown: r.u32(),
    buyBandUp: r.u32(),
    sellBandDown: r.u32(),
    sellBandUp: r.u32(),
    rangeDown: r.u32(),
    rangeUp: r.u32(),
    positionMax: r.i64(),
    triggerSource: r.text()
  }
}

const decodeQueue = (state: State, side: BookSide, r: Reader, found: Array<FoundOrder>, place: number): void => {
  for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
    const { extra, slot } = decodeOrder(state, orderId, r, found)
    if (extra !== undefined) extra.place = place
    side.append(slot, place === inBook ? state.orders.price(slot) : extra!.triggerTicks)
  }
}

const read = new OrderRecord()
const gtc = Order.timesInForce.indexOf("GTC")
const gtd = Order.timesInForce.indexOf("GTD")

const decodeOrder = (state: State, id: number, r: Reader, found: Array<FoundOrder>): FoundOrder => {
  const { orders } = state
  const slot = orders.allocate()
  orders.setId(slot, id)
  orders.setAccount(slot, state.accounts.indexOf(r.u32()))
  const marketId = r.u32()
  read.side = r.u8()
  const flags = r.u8()
  read.postOnly = flags & 3
  read.type = 0
  read.timeInForce = (flags & gtdBit) === 0 ? gtc : gtd
  read.selfTradePrevention = r.u8()
  read.priceTicks = r.u32()
  read.lots = r.u53()
  orders.setRemaining(slot, r.u53())
  read.deadline = r.u53()
  read.credential = r.u53()
  read.makerRate = r.u32()
  read.takerRate = r.u32()
  orders.setFeeRemainder(slot, r.u32())
  const clientOrderId = r.text()
  const extra = (flags & (partlyBit | waitsBit)) === 0 ? undefined : new OrderExtra()
  if (extra !== undefined) {
    if ((flags & partlyBit) !== 0) decodePartly(extra, r)
    if ((flags & waitsBit) !== 0) decodeWaiting(extra, r)
  }
  keep(orders, slot, marketId, read)
  if (extra !== undefined) orders.setExtra(slot, extra)
  const order = { id, slot, extra, clientOrderId }
  found.push(order)
  return order
}

const decodePartly = (extra: OrderExtra, r: Reader): void => {
  extra.displayLots = r.u53()
  extra.hiddenLots = r.u53()
  extra.preventedLots = r.u53()
  extra.listId = r.u53()
}

const decodeWaiting = (extra: OrderExtra, r: Reader): void => {
  extra.wait = r.u8()
  read.type = r.u8()
  read.timeInForce = r.u8()
  extra.trigger = r.u8()
  extra.triggerTicks = r.u53()
  extra.trailingUnit = r.u8()
  extra.trailingOffset = r.u53()
  extra.extremeTicks = r.u53()
  extra.held = r.u53()
  extra.neededWaiting = r.u53()
}

const decodeLists = (state: State, open: OpenOrders, r: Reader, found: Array<FoundOrder>): void => {
  const count = r.u32()
  for (let i = 0; i < count; i++) {
    const listId = r.u53()
    const account = state.accounts.indexOf(r.u32())
    const marketId = r.u32()
    const contingency = r.u8()
    const clientListId = r.text()
    const orderIds = Array.from({ length: r.u8() }, () => r.u53())
    const list: ListState = { listId, account, marketId, contingency, clientListId, orderIds }
    open.addList(list)
    for (let orderId = r.u53(); orderId !== 0; orderId = r.u53()) {
      decodeOrder(state, orderId, r, found).extra!.place = untilWorkingOrder
    }
  }
}

const decodeRequestKeys = (state: State, r: Reader): void => {
  const sources = r.u32()
  for (let i = 0; i < sources; i++) {
    const source = r.text()
    state.sources.set(source, r.u53())
  }
  const horizons = r.u32()
  for (let i = 0; i < horizons; i++) {
    const account = state.accounts.indexOf(r.u32())
    state.keys.accountOf(account).horizon = r.u53()
  }
  const keys = r.u32()
  for (let i = 0; i < keys; i++) {
    const account = state.accounts.indexOf(r.u32())
    let name = `${account} `
    const key = r.take(16)
    for (let j = 0; j < 16; j += 2) name += String.fromCharCode(key[j]! * 256 + key[j + 1]!)
    const madeAt = r.u53()
    const rememberedAt = r.u53()
    const sequence = r.u53()
    const length = r.u32()
    const answerAt = r.u32()
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
