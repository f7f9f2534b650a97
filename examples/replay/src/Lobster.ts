/**
 * LOBSTER's reconstruction of a NASDAQ order book: a message file, and beside it the best levels of
 * the book after each message.
 *
 * A message is one line: seconds after midnight, type, order id, shares, price in 1/10000 USD,
 * direction. The direction is the side of the resting order, 1 for buy. Types: 1 new order, 2 fewer
 * shares (the order keeps its place), 3 cancel, 4 execution of a visible order, 5 execution of a
 * hidden order, 6 auction, 7 halt. The last three leave the book unchanged and are not requests.
 *
 * An execution becomes an order on the other side for that price and those shares, which trades at
 * once or ends. The exchange determines which resting order it meets.
 *
 * **What the messages leave out** is in the order book file: what was in the book before, and what
 * happened beyond its last level. So the book after each message is compared with ours. Missing
 * shares at a price are placed there: first as the orders that are first mentioned later at that
 * price, in that order, then one anonymous order for the rest. Excess shares are taken from orders
 * that are not mentioned again, youngest first. Without an order book file, an order that nobody
 * placed is placed just before its first message.
 */
import { Decimal } from "@pandora-exchange/core"
import {
  type Call,
  MalformedLine,
  type RecordedTrade,
  type Recording,
  type Side
} from "./Recording.ts"

export interface Message {
  readonly time: number
  readonly type: number
  readonly id: string
  readonly shares: number
  readonly price: number
  readonly side: Side
}

/** Shares at each price of one side, best first. */
type Levels = ReadonlyMap<number, number>

/** The book after one message. */
interface BookRow {
  readonly buy: Levels
  readonly sell: Levels
  /** Levels per side in each row. */
  readonly levelsMax: number
}

const priceScale = 4
const messageShape = /^(\d{1,5}(?:\.\d{1,9})?),([1-7]),(\d{1,15}),(\d{1,9}),(-?\d{1,10}),(-?1)$/

export const begins = (line: string): boolean => messageShape.test(line)

/** The order book file that belongs to a message file. */
export const bookName = (messageFile: string): string =>
  messageFile.replace(/_messages?_/, "_orderbook_")

export const ticker = (messageFile: string): string =>
  /(?:^|_)([A-Z]{1,8})_\d{4}-\d\d-\d\d/.exec(messageFile)?.[1] ?? "STOCK"

/** Throws `MalformedLine`. */
export const messages = (lines: ReadonlyArray<string>): ReadonlyArray<Message> =>
  lines.map((text, i) => {
    const [, seconds, type, id, shares, price, direction] = messageShape.exec(text) ?? []
    if (id === undefined)
      throw new MalformedLine(i + 1, "is not `seconds,type,order id,shares,price,direction`")
    return {
      time: Math.trunc(Number(seconds) * 1_000),
      type: Number(type),
      id,
      shares: Number(shares),
      price: Number(price),
      side: direction === "1" ? "buy" : "sell"
    }
  })

const wholeNumber = /^-?\d{1,10}$/

/** Throws `MalformedLine`. */
export const book = (lines: ReadonlyArray<string>): ReadonlyArray<BookRow> =>
  lines.map((text, i) => {
    const cells = text.split(",")
    if (cells.length % 4 !== 0 || !cells.every((cell) => wholeNumber.test(cell))) {
      throw new MalformedLine(
        i + 1,
        "is not `ask price,ask shares,bid price,bid shares` for each level"
      )
    }
    const numbers = cells.map(Number)
    return { sell: levels(numbers, 0), buy: levels(numbers, 2), levelsMax: cells.length / 4 }
  })

/** A missing level has no shares. */
const levels = (numbers: ReadonlyArray<number>, from: number): Levels => {
  const found = new Map<number, number>()
  for (let i = from; i < numbers.length; i += 4)
    if (numbers[i + 1]! > 0) found.set(numbers[i]!, numbers[i + 1]!)
  return found
}

/** Throws `MalformedLine` unless there is exactly one row of the book per message. */
export const recording = (
  symbol: string,
  messages: ReadonlyArray<Message>,
  book: ReadonlyArray<BookRow> | undefined
): Recording => {
  if (book !== undefined && book.length !== messages.length) {
    throw new MalformedLine(
      Math.min(book.length, messages.length) + 1,
      "has no counterpart in the message file"
    )
  }
  const mirror = new Mirror(messages)
  messages.forEach((message, i) => {
    mirror.follow(message)
    if (book !== undefined) mirror.agree(book[i]!, i)
  })
  return {
    format: "lobster",
    base: { symbol, scale: 0, credit: "1000000000000" },
    quote: { symbol: "USD", scale: priceScale, credit: "100000000000000" },
    tickSize: "0.0001",
    lotSize: "1",
    maxPrice: "200000",
    calls: mirror.calls,
    trades: messages.filter(({ type }) => type === execution).map(recordedTrade)
  }
}

const execution = 4

const recordedTrade = ({ id, price, shares }: Message): RecordedTrade => {
  return { price: priceText(price), quantity: String(shares), maker: id }
}

const priceText = (price: number): string => Decimal.format(BigInt(price), priceScale)

interface RestingOrder {
  readonly id: string
  readonly side: Side
  readonly price: number
  /** Shares requested, and how many of these are neither executed nor cancelled. */
  total: number
  left: number
}

/** The book the requests so far produce, if the exchange does what was recorded. */
class Mirror {
  readonly calls: Array<Call> = []
  private time = 0
  private unnamed = 0
  private readonly orders = new Map<string, RestingOrder>()
  private readonly queues: Readonly<Record<Side, Map<number, Array<RestingOrder>>>> = {
    buy: new Map(),
    sell: new Map()
  }
  private readonly lastHeardOf: ReadonlyMap<string, number>
  private readonly heardOfLater: ReadonlyMap<string, Array<RestingOrder>>

  constructor(messages: ReadonlyArray<Message>) {
    this.lastHeardOf = new Map(messages.map(({ id }, i) => [id, i]))
    this.heardOfLater = placedByNobody(messages)
  }

  follow(message: Message): void {
    this.time = Math.max(this.time, message.time)
    const { id, price, shares, side, type } = message
    if (type === 1) return this.place({ id, side, price, total: shares, left: shares })
    if (type > execution) return
    const order = this.orders.get(id) ?? this.placeUnheardOf(message)
    if (type === execution) {
      this.call({
        kind: "take",
        side: opposite(side),
        price: priceText(price),
        quantity: String(shares)
      })
    }
    // Without one, the order was already gone.
    if (order === undefined) return
    if (type !== execution)
      return this.takeBack(order, type === 2 ? Math.min(shares, order.left) : order.left)
    order.left -= Math.min(shares, order.left)
    this.forgetIfGone(order)
  }

  /** Makes our book match the row, as far as the row reaches. `index` is that of its message. */
  agree(row: BookRow, index: number): void {
    for (const side of ["buy", "sell"] as const) {
      const wanted = row[side]
      const last = wanted.size < row.levelsMax ? undefined : [...wanted.keys()].at(-1)
      for (const price of this.queues[side].keys()) {
        const isShown = last === undefined || !isBetter(side, last, price)
        if (isShown) this.remove(side, price, wanted.get(price) ?? 0, index)
      }
      for (const [price, shares] of wanted)
        this.add(side, price, shares - this.sharesAt(side, price))
    }
  }

  private add(side: Side, price: number, missing: number): void {
    const later = this.heardOfLater.get(levelKey(side, price)) ?? []
    while (later.length > 0 && later[0]!.left <= missing) {
      missing -= later[0]!.left
      this.place(later.shift()!)
    }
    if (missing <= 0) return
    this.unnamed++
    this.place({ id: `unnamed-${this.unnamed}`, side, price, total: missing, left: missing })
  }

  private remove(side: Side, price: number, wanted: number, index: number): void {
    let excess = this.sharesAt(side, price) - wanted
    const notHeardOfAgain = this.queues[side]
      .get(price)!
      .filter(({ id }) => (this.lastHeardOf.get(id) ?? 0) <= index)
    for (const order of notHeardOfAgain.reverse()) {
      const shares = Math.min(order.left, excess)
      if (shares <= 0) return
      this.takeBack(order, shares)
      excess -= shares
    }
  }

  private sharesAt(side: Side, price: number): number {
    return (this.queues[side].get(price) ?? []).reduce((sum, { left }) => sum + left, 0)
  }

  private place(order: RestingOrder): void {
    this.orders.set(order.id, order)
    const queue = this.queues[order.side].get(order.price)
    if (queue === undefined) this.queues[order.side].set(order.price, [order])
    else queue.push(order)
    const { id, price, side, total } = order
    this.call({ kind: "place", side, id, price: priceText(price), quantity: String(total) })
  }

  private placeUnheardOf({ id, price, side }: Message): RestingOrder | undefined {
    const later = this.heardOfLater.get(levelKey(side, price)) ?? []
    const index = later.findIndex((order) => order.id === id)
    if (index < 0) return undefined
    const order = later.splice(index, 1)[0]!
    this.place(order)
    return order
  }

  private takeBack(order: RestingOrder, shares: number): void {
    const { id, side } = order
    order.total -= shares
    order.left -= shares
    if (order.left === 0) this.call({ kind: "cancel", side, id })
    else this.call({ kind: "reduce", side, id, quantity: String(order.total) })
    this.forgetIfGone(order)
  }

  private forgetIfGone({ id, left, price, side }: RestingOrder): void {
    if (left > 0) return
    this.orders.delete(id)
    const queue = this.queues[side].get(price)!.filter((order) => order.id !== id)
    if (queue.length === 0) this.queues[side].delete(price)
    else this.queues[side].set(price, queue)
  }

  private call(call: DistributiveOmit<Call, "time">): void {
    this.calls.push({ time: this.time, ...call })
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** By side and price, the orders no message places, with all the shares the messages mention. */
const placedByNobody = (
  messages: ReadonlyArray<Message>
): ReadonlyMap<string, Array<RestingOrder>> => {
  const placed = new Set<string>()
  const found = new Map<string, RestingOrder>()
  for (const { id, price, shares, side, type } of messages) {
    if (type === 1) placed.add(id)
    if (type > execution || placed.has(id)) continue
    const order = found.get(id) ?? { id, side, price, total: 0, left: 0 }
    order.total += shares
    order.left += shares
    found.set(id, order)
  }
  const byLevel = new Map<string, Array<RestingOrder>>()
  for (const order of found.values()) {
    const key = levelKey(order.side, order.price)
    byLevel.set(key, [...(byLevel.get(key) ?? []), order])
  }
  return byLevel
}

const levelKey = (side: Side, price: number): string => `${side} ${price}`

const isBetter = (side: Side, a: number, b: number): boolean => (side === "buy" ? a > b : a < b)

const opposite = (side: Side): Side => (side === "buy" ? "sell" : "buy")
