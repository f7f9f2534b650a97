/**
 * The state as bytes, in one canonical form: equal states give equal bytes, however they came
 * about. Snapshots are these bytes and the state hash is their SHA-256. Specified in
 * `docs/concepts/state-format.md`; written in pieces, so that a large state can be written without
 * stopping anything.
 */
import { Account, Market } from "@pandora-exchange/core"
import { createHash } from "node:crypto"
import type { BookSide } from "./OrderBook.ts"
import { untilWorkingOrder } from "./OrderExtra.ts"
import { isPartly, load, OrderOwn, OrderRecord, writeParts } from "./OrderRecord.ts"
import {
  gtdBit,
  noTier,
  partlyBit,
  rulesFields,
  rulesFlags,
  waitsBit,
  Writer
} from "./SnapshotBytes.ts"
import { accountIdOf, firstOpened, type MarketState, type State } from "./State.ts"

export { decode } from "./SnapshotReading.ts"
export { formatVersion } from "./OrderRecord.ts"
export { MalformedSnapshot } from "./SnapshotBytes.ts"

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

/** Its flags are one byte, where the first of them would stand. */
const rulesOf = (rules: Market.MarketRules, w: Writer): void => {
  for (const [name, { kind }] of rulesFields) {
    const value = rules[name]
    if (kind === "flag") {
      if (name === rulesFlags[0])
        w.u8(rulesFlags.reduce((bits, flag, i) => bits | (rules[flag] ? 1 << i : 0), 0))
    } else if (kind === "i64") w.i64(value as bigint)
    else if (kind === "u32") w.u32(value as number)
    else w.u53(value as number)
  }
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

const written = new OrderRecord()
const own = new OrderOwn()

/**
 * Every order in the same form; what it is besides an order in the book is written only where it
 * is.
 */
const order = ({ clientOrderIds, orders }: State, slot: number, w: Writer): void => {
  load(written, orders, slot)
  const extra = orders.extra(slot)
  const waits = orders.waits(slot)
  own.remaining = orders.remaining(slot)
  own.hiddenLots = extra?.hiddenLots ?? 0
  own.preventedLots = extra?.preventedLots ?? 0
  const partly = extra !== undefined && isPartly(written, own)
  own.flags =
    written.postOnly |
    (orders.gtd(slot) ? gtdBit : 0) |
    (partly ? partlyBit : 0) |
    (waits ? waitsBit : 0)
  w.u53(written.orderId)
  w.u32(accountIdOf(orders.account(slot)))
  w.u32(orders.market(slot))
  writeParts.every(w, written, own)
  w.u32(orders.feeRemainder(slot))
  w.text(clientOrderIds.get(written.orderId) ?? "")
  if (partly) writeParts.partly(w, written, own)
  if (!waits || extra === undefined) return
  w.u8(extra.wait)
  writeParts.waiting(w, written, own)
  w.u53(extra.extremeTicks)
  w.u53(extra.held)
  w.u53(extra.neededWaiting)
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
    w.u8(list.exits)
    w.u53(list.broughtUnits)
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
  const horizons = [...keys.accounts]
    .filter(([, { horizon }]) => horizon > 0)
    .sort(([a], [b]) => a - b)
  w.u32(horizons.length)
  for (const [account, { horizon }] of horizons) {
    w.u32(accountIdOf(account))
    w.u53(horizon)
    yield
  }
  w.u32(keys.keys.size)
  for (const key of keys.keys.values()) {
    w.u32(accountIdOf(key.account))
    for (let i = 0; i < 16; i += 2)
      w.view.setUint16(w.at + i, key.name.charCodeAt(key.name.length - 8 + i / 2))
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
