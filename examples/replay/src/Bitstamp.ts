/**
 * A recorded log of Bitstamp's order stream, one event per line: `<receive time in ms> <kind>
 * <json>`.
 *
 * The stream reports what happened to orders, not what was requested. These rules reconstruct the
 * requests:
 * - `order_created` is a limit order; if it could trade at once it did, and so does ours.
 * - `order_changed` with another price is a replacement: a cancel, and a new order with that price
 *   and amount. With the same price it reports a fill, which the exchange finds by itself.
 * - `order_deleted` with an amount is a cancel; without, it reports the last fill.
 * - Anything after the delete of an order is ignored, even its creation.
 * - An order first seen when it changes or disappears was in the book before. It is placed at the
 *   beginning, lowest id first, with the amount of that event and, if that was a fill, also what
 *   the fill took: the next trade at its price. Ids grow with time, so an order with an id above
 *   that of the first creation was not there: its creation came late or never.
 */
import { Decimal } from "@pandora-exchange/core"
import { type Call, decimals, MalformedLine, type Recording, type Side } from "./Recording.ts"

interface OrderEvent {
  readonly kind: "order_created" | "order_changed" | "order_deleted"
  readonly time: number
  readonly id: number
  readonly side: Side
  readonly price: string
  readonly amount: string
}

interface TradeEvent {
  readonly kind: "trade"
  readonly time: number
  /** The id of the trade; trades are not always recorded in order. */
  readonly id: number
  readonly price: string
  readonly amount: string
}

type LogEvent = OrderEvent | TradeEvent

const priceScale = 2
const amountScale = 8
/** The longest time between an order's fill and the record of its trade. */
const tradeDelayMsMax = 1_000

const lineShape = /^(\d{1,15}) ([a-z_]+) (\{.*\})$/

export const begins = (line: string): boolean => lineShape.test(line)

/** Throws `MalformedLine`. */
export const recording = (lines: ReadonlyArray<string>): Recording => {
  const events = lines.flatMap((line, i) => parseLine(line, i + 1) ?? [])
  return {
    format: "bitstamp",
    base: { symbol: "BTC", scale: amountScale, credit: "1000000000" },
    quote: { symbol: "USD", scale: priceScale + amountScale, credit: "400000000" },
    tickSize: "0.01",
    lotSize: "0.00000001",
    maxPrice: "100000",
    calls: callsOf(events),
    trades: events
      .filter((event) => event.kind === "trade")
      .sort((a, b) => a.id - b.id)
      .map(({ amount, price }) => ({ price, quantity: amount, maker: undefined }))
  }
}

/** `undefined` for a snapshot of the book. */
const parseLine = (text: string, line: number): LogEvent | undefined => {
  const [, digits, kind, json] = lineShape.exec(text) ?? []
  if (json === undefined) throw new MalformedLine(line, "is not `<time> <kind> <json>`")
  const time = Number(digits)
  switch (kind) {
    case "order_book":
      return undefined
    case "trade":
      return { kind, time, ...tradeFields(parseJson(json, line), line) }
    case "order_created":
    case "order_changed":
    case "order_deleted":
      return { kind, time, ...orderFields(parseJson(json, line), line) }
    default:
      throw new MalformedLine(line, `is of a kind that is not known, ${kind}`)
  }
}

type Fields = Readonly<Record<string, unknown>>

const parseJson = (json: string, line: number): Fields => {
  try {
    return JSON.parse(json)
  } catch {
    throw new MalformedLine(line, "has damaged JSON")
  }
}

const tradeFields = ({ amount, id, price }: Fields, line: number) => ({
  id: idOf(id, line),
  price: decimals(line, "price", rounded(price, priceScale), priceScale),
  amount: decimals(line, "amount", rounded(amount, amountScale), amountScale)
})

const idOf = (id: unknown, line: number): number => {
  if (typeof id === "number" && Number.isSafeInteger(id)) return id
  throw new MalformedLine(line, "has no whole number as its id")
}

/** Trades are recorded as binary fractions, whose noise lies far beyond the last decimal. */
const rounded = (value: unknown, scale: number): string | undefined =>
  typeof value === "number" ? value.toFixed(scale) : undefined

const orderFields = ({ amount, id, order_type: type, price }: Fields, line: number) => {
  if (type !== 0 && type !== 1)
    throw new MalformedLine(line, "has neither 0 nor 1 as its order_type")
  return {
    id: idOf(id, line),
    side: type === 0 ? "buy" : "sell",
    price: decimals(line, "price", price, priceScale),
    amount: decimals(line, "amount", amount, amountScale)
  } as const
}

const callsOf = (events: ReadonlyArray<LogEvent>): ReadonlyArray<Call> => {
  let time = events[0]?.time ?? 0
  const resting = restingBefore(events)
  const calls = resting.map((order) => place(order, time))
  const prices = new Map(resting.map(({ id, price }) => [id, price]))
  const ended = new Set<number>()

  for (const event of events) {
    time = Math.max(time, event.time)
    if (event.kind === "trade" || ended.has(event.id)) continue
    const { amount, id, kind, price } = event
    const known = prices.get(id)
    if (kind === "order_created") calls.push(place(event, time))
    if (kind === "order_changed" && known !== undefined && known !== price) {
      calls.push(cancel(event, time), place(event, time))
    }
    if (kind === "order_deleted" && known !== undefined && amount !== "0")
      calls.push(cancel(event, time))
    if (kind === "order_deleted") ended.add(id)
    else prices.set(id, price)
  }
  return calls
}

type Placed = Pick<OrderEvent, "id" | "side" | "price" | "amount">

const place = ({ amount, id, price, side }: Placed, time: number): Call => {
  return { time, side, kind: "place", id: String(id), price, quantity: amount }
}

const cancel = ({ id, side }: Placed, time: number): Call => ({
  time,
  side,
  kind: "cancel",
  id: String(id)
})

/** The orders in the book when the log begins, as far as the log tells, oldest first. */
const restingBefore = (events: ReadonlyArray<LogEvent>): ReadonlyArray<Placed> => {
  const firstCreated =
    events.find((event): event is OrderEvent => event.kind === "order_created")?.id ?? Infinity
  const seen = new Set<number>()
  const resting: Array<Placed> = []
  events.forEach((event, i) => {
    if (event.kind === "trade" || seen.has(event.id)) return
    seen.add(event.id)
    if (event.kind === "order_created" || event.id > firstCreated) return
    const amount = amountBefore(event, events, i)
    if (amount !== "0") resting.push({ ...event, amount })
  })
  return resting.sort((a, b) => a.id - b.id)
}

/** The amount an order had before its first event, at `index`. */
const amountBefore = (
  event: OrderEvent,
  events: ReadonlyArray<LogEvent>,
  index: number
): string => {
  if (event.kind === "order_deleted" && event.amount !== "0") return event.amount
  for (let i = index + 1; i < events.length; i++) {
    const next = events[i]!
    if (next.time > event.time + tradeDelayMsMax) break
    if (next.kind === "trade" && next.price === event.price) return sum(event.amount, next.amount)
  }
  return event.amount
}

const sum = (a: string, b: string): string => Decimal.format(units(a) + units(b), amountScale)

/** For an amount that has already been parsed. */
const units = (amount: string): bigint => Decimal.parse(amount, amountScale) as bigint
