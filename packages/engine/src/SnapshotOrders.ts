/** Snapshot sections: orders, in the same form wherever they are, and their lists. */
import { Layout, Order } from "@pandora-exchange/core"
import { joined } from "./limb.ts"
import { OpenOrders } from "./OpenOrders.ts"
import type { BookSide } from "./OrderBook.ts"
import {
  activating,
  inBook,
  OrderExtra,
  type untilTrigger,
  untilWorkingOrder
} from "./OrderExtra.ts"
import { sell } from "./OrderPool.ts"
import {
  clearExtra,
  isPartly,
  keep,
  keepExtra,
  load,
  snapshotParts,
  StoredOrder,
  totalsSince
} from "./OrderRecord.ts"
import type { FoundOrder, Reader, Writer } from "./SnapshotBytes.ts"
import type { Section } from "./SnapshotSection.ts"
import { account, ids, market, table } from "./SnapshotTable.ts"
import { exits, type MarketState, type State } from "./State.ts"
import { isRising } from "./Triggers.ts"

// ---- One order

/** In its flags, next to its post-only mode. */
const gtdBit = 4
const partlyBit = 8
const waitsBit = 16

const gtc = Order.timesInForce.indexOf("GTC")
const gtd = Order.timesInForce.indexOf("GTD")

/** A single instance serves all. */
const order = new StoredOrder()

/** Attributes beyond those of an order in the book are written only where they exist. */
const writeOrder = ({ clientOrderIds, orders }: State, slot: number, w: Writer): void => {
  load(order, orders, slot)
  const extra = orders.extra(slot)
  const waits = orders.waits(slot)
  order.account = orders.account(slot)
  order.market = orders.market(slot)
  order.remaining = orders.remaining(slot)
  order.hiddenLots = extra?.hiddenLots ?? 0
  order.preventedLots = extra?.preventedLots ?? 0
  order.feeRemainder = orders.feeRemainder(slot)
  order.clientOrderId = clientOrderIds.get(order.orderId) ?? ""
  const partly = extra !== undefined && isPartly(order)
  order.flags =
    order.postOnly |
    (orders.gtd(slot) ? gtdBit : 0) |
    (partly ? partlyBit : 0) |
    (waits ? waitsBit : 0)
  snapshotParts.every.write(w, order)
  if (partly) snapshotParts.partly.write(w, order)
  if (!waits || extra === undefined) return
  order.wait = extra.wait
  order.extremeTicks = extra.extremeTicks
  order.heldWaiting = extra.held
  order.neededWaiting = extra.neededWaiting
  snapshotParts.waiting.write(w, order)
}

/** `only` is the one market it may belong to; 0 for any. */
const readOrder = (r: Reader, place: number, only: number): FoundOrder => {
  const { lastOrderId, orders } = r.state
  snapshotParts.every.read(r, order)
  const { account, clientOrderId, feeRemainder, flags, market, orderId: id, remaining } = order
  if (id > lastOrderId) r.fail(`order ${id} is past the last, ${lastOrderId}`)
  if (only !== 0 && market !== only) r.fail(`order ${id} cannot be of market ${market}`)
  order.postOnly = flags & 3
  if (flags > 31 || order.postOnly >= Order.postOnlyModes.length)
    r.fail(`the flags of order ${id} are ${flags}`)
  if (((flags & waitsBit) !== 0) !== (place !== inBook)) r.fail(`order ${id} cannot be where it is`)
  order.type = 0
  order.timeInForce = (flags & gtdBit) === 0 ? gtc : gtd
  let extra = (flags & (partlyBit | waitsBit)) === 0 ? undefined : readExtra(r, place)
  if ((order.timeInForce === gtd) !== ((flags & gtdBit) !== 0))
    r.fail(`order ${id} has two times in force`)
  if ((order.timeInForce === gtd) !== (order.deadline !== 0))
    r.fail(`order ${id} cannot have the deadline ${order.deadline}`)
  const left = remaining + (extra?.hiddenLots ?? 0) + (extra?.preventedLots ?? 0)
  if (left > order.lots || remaining === 0)
    r.fail(`order ${id} cannot have ${left} of ${order.lots} lots left`)
  if (r.version < totalsSince && left < order.lots) {
    extra ??= new OrderExtra()
    extra.uncountedLots = order.lots - left
  }
  checkTotals(r, order.lots - left, extra)
  const slot = orders.allocate()
  orders.setId(slot, id)
  orders.setAccount(slot, account)
  orders.setRemaining(slot, remaining)
  orders.setFeeRemainder(slot, feeRemainder)
  keep(orders, slot, market, order)
  if (extra !== undefined) orders.setExtra(slot, extra)
  const found = { id, slot, extra, clientOrderId }
  r.found.push(found)
  return found
}

const noExtra = new OrderExtra()

/** Filled lots have amounts, unless they were filled before amounts were counted. */
const checkTotals = (
  r: Reader,
  filledLots: number,
  { filledQuoteHigh, uncountedLots }: OrderExtra = noExtra
): void => {
  const { filledQuote, orderId } = order
  const hasAmount = filledQuoteHigh + filledQuote !== 0
  if (uncountedLots <= filledLots && uncountedLots < filledLots === hasAmount) return
  const amount = joined(filledQuoteHigh, filledQuote)
  r.fail(`${filledLots} filled lots of order ${orderId} cannot have cost ${amount}`)
}

/** Attributes only some orders have. */
const readExtra = (r: Reader, place: number): OrderExtra => {
  const { flags } = order
  const extra = new OrderExtra()
  extra.place = place
  clearExtra(order)
  if ((flags & partlyBit) !== 0) {
    snapshotParts.partly.read(r, order)
    extra.hiddenLots = order.hiddenLots
    extra.preventedLots = order.preventedLots
    if (!isPartly(order)) r.fail("a part of an order is 0")
  }
  if ((flags & waitsBit) !== 0) {
    snapshotParts.waiting.read(r, order)
    extra.wait = order.wait
    extra.extremeTicks = order.extremeTicks
    extra.held = order.heldWaiting
    extra.neededWaiting = order.neededWaiting
  }
  keepExtra(extra, order)
  return extra
}

// ---- Orders, terminated by an order id of 0

const writeEnd = (w: Writer): void => w.u53(0)
const isEnd = (r: Reader): boolean => r.ends("u53", 0)

/** Best price first, oldest first. */
export function* writeQueue(state: State, side: BookSide | undefined, w: Writer): Generator<void> {
  const { levels, orders } = state
  for (let level = side?.best ?? 0; level !== 0; level = side!.after(level)) {
    for (let slot = levels.first(level); slot !== 0; slot = orders.next(slot)) {
      writeOrder(state, slot, w)
      if (w.full) yield
    }
  }
  writeEnd(w)
  if (w.full) yield
}

export function* writeOrders(state: State, slots: Iterable<number>, w: Writer): Generator<void> {
  for (const slot of slots) {
    writeOrder(state, slot, w)
    if (w.full) yield
  }
  writeEnd(w)
  if (w.full) yield
}

export const readOrders = (
  r: Reader,
  place: number,
  only: number,
  take: (found: FoundOrder) => void
): void => {
  while (!isEnd(r)) take(readOrder(r, place, only))
}

/** One side of the market's book, or of its triggers. */
export const readQueue = (
  r: Reader,
  { marketId, ticksMax }: MarketState,
  side: BookSide,
  place: typeof inBook | typeof untilTrigger
): void => {
  const { orders } = r.state
  let last = side.side === sell ? 0 : ticksMax
  while (!isEnd(r)) {
    const { extra, id, slot } = readOrder(r, place, marketId)
    const orderSide = orders.side(slot)
    const price = place === inBook ? orders.price(slot) : extra!.triggerTicks
    const isHere =
      place === inBook
        ? orderSide === side.side
        : isRising(orderSide, extra!.trigger) === (side.side === sell)
    if (!isHere) r.fail(`order ${id} is in a queue of the other side`)
    if (price < 1 || price > ticksMax) r.fail(`${price} ticks are not a price of the market`)
    if (side.side === sell ? price < last : price > last)
      r.fail(`${price} ticks do not follow ${last}`)
    last = price
    side.append(slot, price)
  }
}

// ---- Lists and the activation queue

const listTable = table(
  {
    listId: Layout.u53,
    account,
    marketId: market,
    contingency: Layout.literals(Order.contingencies),
    exits: Layout.literals(Object.keys(exits) as Array<keyof typeof exits>),
    broughtUnits: Layout.u53,
    clientListId: Layout.text,
    orderIds: ids
  },
  // A list accepted before exits existed continues without them.
  { exits: 2, broughtUnits: 2 }
)

/** By id, each followed by its orders that wait for its working order. */
export const lists: Section = {
  *write(state, w) {
    const { index, orders } = state
    w.u32(state.lists.size)
    for (const list of state.lists.values()) {
      listTable.write(w, list)
      for (const id of list.orderIds) {
        const slot = index.find(id)
        if (slot !== 0 && orders.extra(slot)!.place === untilWorkingOrder)
          writeOrder(state, slot, w)
      }
      writeEnd(w)
      if (w.full) yield
    }
  },
  read(r) {
    r.place = "lists"
    const { lastListId } = r.state
    const open = new OpenOrders(r.state)
    const count = r.count(listTable.bytesMin(r.version))
    let last = 0
    for (let i = 0; i < count; i++) {
      const list = listTable.read(r)
      const { listId, marketId, orderIds } = list
      last = r.next(listId, last)
      r.check(listId <= lastListId, `list ${listId} is past the last, ${lastListId}`)
      open.addList(list)
      readOrders(r, untilWorkingOrder, marketId, ({ id }) =>
        r.check(
          orderIds.indexOf(id) > 0,
          `order ${id} does not wait for the first of list ${listId}`
        )
      )
    }
  }
}

export const activationQueue: Section = {
  *write(state, w) {
    function* slots() {
      for (let slot = state.firstToActivate; slot !== 0; slot = state.orders.next(slot)) yield slot
    }
    yield* writeOrders(state, slots(), w)
  },
  read(r) {
    r.place = "activation queue"
    const open = new OpenOrders(r.state)
    readOrders(r, activating, 0, ({ extra, slot }) => open.queue(slot, extra!))
  }
}

/** Makes all orders that were read findable, in order of id within each account. */
export const register = (r: Reader): void => {
  const { found, state } = r
  const open = new OpenOrders(state)
  found.sort((a, b) => a.id - b.id)
  let last = 0
  for (const { clientOrderId, extra, id, slot } of found) {
    if (id === last) r.fail(`order ${id} is there twice`)
    last = id
    open.register(slot, clientOrderId)
    if (state.orders.waits(slot)) open.countWaiting(slot, extra!, 1)
  }
}
