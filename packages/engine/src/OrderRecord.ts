/**
 * Where each field of an order is kept while the order is open, once. What asks for an order and
 * what tells of it is core's `OrderRecord`; from the two tables come the code that reads a command,
 * keeps an order in the pool, finds it there again and writes `OrderAccepted`.
 *
 * A new field is a line in core's table, and here a property and a place.
 */
import { Command, Event, Layout, Order, OrderRecord as Fields } from "@pandora-exchange/core"
import type { Deadlines } from "./Deadlines.ts"
import type { OrderExtra } from "./OrderExtra.ts"
import { account, market, type Table, table } from "./SnapshotTable.ts"
import { compile, readerOf, writerOf } from "./straightLine.ts"

/** What core's tables name, by the same names; one of a list is its position there. */
export class OrderRecord {
  side = 0
  type = 0
  timeInForce = 0
  /** Its position in `postOnlyModes`. */
  postOnly = 0
  /** A limit order's price. */
  priceTicks = 0
  /** Ordered in total; for a budget, what was found. */
  lots = 0
  budget = 0n
  deadline = 0
  displayLots = 0
  trigger = 0
  triggerTicks = 0
  trailingUnit = 0
  trailingOffset = 0
  selfTradePrevention = 0
  reduceOnly = false
  credential = 0

  orderId = 0
  /** Its position in `orderOrigins`. */
  origin = 0
  listId = 0
  makerRate = 0
  takerRate = 0
  /** Still held for it. */
  held = 0
  /** What its fills came to in units of quote, and its fees on them: what is below `limb`. */
  filledQuote = 0
  fee = 0
  /** How many times `limb` stands above the two. */
  filledQuoteHigh = 0
  feeHigh = 0
  /** Lots that were filled before the two above were counted. */
  uncountedLots = 0
  /** Empty for none; the pool knows no texts. */
  clientOrderId = ""
}

/**
 * `numbers` and `ints`: a column of the pool, of 64-bit floats or of 32-bit integers. `bits`: some
 * of the integer that the pool has for its smallest fields. `deadlines`: what only GTD orders have.
 * `extra`: an object that only some orders have; they are 0 in all others. `waiting`: the same, as
 * long as the order is outside the book. `nowhere`: no open order needs it.
 */
type Place = (
  | { readonly in: "numbers" | "ints" | "deadlines" | "extra" | "waiting" | "nowhere" }
  | { readonly in: "bits"; readonly shift: number; readonly mask: number }
) & {
  /** The first format of snapshots that has the field; the first of all where it is missing. */
  readonly since?: number
}

const numbers: Place = { in: "numbers" }
const ints: Place = { in: "ints" }
const extra: Place = { in: "extra" }
const waiting: Place = { in: "waiting" }
const nowhere: Place = { in: "nowhere" }
const bits = (shift: number, count: number): Place => ({
  in: "bits",
  shift,
  mask: (1 << count) - 1
})

/** The first format of snapshots that has the totals. */
export const totalsSince = 2

/** What has become of it, which no command and no acceptance tells. */
const totals = {
  filledQuote: Layout.u53,
  fee: Layout.u53,
  filledQuoteHigh: Layout.u53,
  feeHigh: Layout.u53,
  uncountedLots: Layout.u53
} as const

/** Core's tables without what every record has, wherever it is, and the totals. */
const fields = Layout.without(
  { ...Fields.terms, ...Fields.accepted, ...totals },
  { orderId: 0, accountId: 0, marketId: 0, clientOrderId: 0 }
)

/** Bits 7 and 8 to 23 are the pool's own. */
const places: { readonly [K in keyof typeof fields]: Place } = {
  side: bits(0, 1),
  type: bits(24, 2),
  timeInForce: bits(26, 2),
  postOnly: bits(1, 2),
  priceTicks: ints,
  lots: numbers,
  budget: nowhere,
  deadline: { in: "deadlines" },
  displayLots: extra,
  trigger: waiting,
  triggerTicks: waiting,
  trailingUnit: waiting,
  trailingOffset: waiting,
  selfTradePrevention: bits(4, 3),
  reduceOnly: nowhere,
  credential: numbers,
  origin: nowhere,
  listId: extra,
  makerRate: ints,
  takerRate: ints,
  held: nowhere,
  filledQuote: { in: "numbers", since: totalsSince },
  fee: { in: "numbers", since: totalsSince },
  filledQuoteHigh: { in: "extra", since: totalsSince },
  feeHigh: { in: "extra", since: totalsSince },
  uncountedLots: { in: "extra", since: totalsSince }
}

type Name = keyof typeof fields

const namesIn = (place: Place["in"]): ReadonlyArray<Name> =>
  (Object.keys(places) as Array<Name>).filter((name) => places[name].in === place)

/** Columns that the pool has for itself, behind those of the table. */
const ownInts = [
  "account",
  "feeRemainder",
  "deadlineIndex",
  "nextOfAccount",
  "previousOfAccount"
] as const

const numberColumns = namesIn("numbers")
const intColumns = [...namesIn("ints"), ...ownInts]

/** 64-bit numbers in a record of the pool; the integers follow the floats, two in each. */
export const numbersEach: number = numberColumns.length + Math.ceil(intColumns.length / 2)
export const intsEach: number = 2 * numbersEach

/** Where a column stands in a record, counted in numbers or in integers. */
export const numberAt = (name: Name): number => placeIn(numberColumns, name)
export const intAt = (name: Name | (typeof ownInts)[number]): number =>
  2 * numberColumns.length + placeIn(intColumns, name)

const placeIn = (columns: ReadonlyArray<string>, name: string): number => {
  const at = columns.indexOf(name)
  if (at === -1) throw new Error(`the pool has no such column for ${name}`)
  return at
}

/** Where a field's bits begin, and which they are then. */
export const bitsOf = (name: Name): { readonly shift: number; readonly mask: number } => {
  const place = places[name]
  if (place.in !== "bits") throw new Error(`the pool has no bits for ${name}`)
  return place
}

// ---- The code

/** The pool, as this code uses it. */
interface Pool {
  readonly coldNumbers: Float64Array
  readonly coldInts: Int32Array
  readonly id: (slot: number) => number
  readonly terms: (slot: number) => number
  readonly setTerms: (slot: number, market: number, bits: number) => void
  readonly extra: (slot: number) => OrderExtra | undefined
  readonly waits: (slot: number) => boolean
  readonly deadline: (slot: number) => number
  readonly deadlines: Deadlines
}

const termNames = Object.keys(Fields.terms) as Array<keyof typeof Fields.terms>

/** Reads the terms of a command that begins at `at` as `PlaceOrder` does. */
export const readTerms = readerOf(Command.PlaceOrder, termNames)

/** Writes all of an `OrderAccepted` but its header and its text. */
export const writeAccepted = writerOf(Event.OrderAccepted)

/** Keeps what the pool's columns, bits and deadlines have of an order, whose id is there. */
export const keep: (orders: Pool, slot: number, marketId: number, order: OrderRecord) => void =
  compile(
    ["orders", "slot", "marketId", "order"],
    [
      `const numbers = orders.coldNumbers, n = slot * ${numbersEach}`,
      `const ints = orders.coldInts, i = slot * ${intsEach}`,
      ...numberColumns.map((name) => `numbers[n + ${numberAt(name)}] = order.${name}`),
      ...namesIn("ints").map((name) => `ints[i + ${intAt(name)}] = order.${name}`),
      `orders.setTerms(slot, marketId, ${namesIn("bits")
        .map((name) => `order.${name} << ${bitsOf(name).shift}`)
        .join(" | ")})`,
      ...namesIn("deadlines").map(
        (name) => `if (order.${name} !== 0) orders.deadlines.add(slot, order.${name})`
      )
    ]
  )

/** Keeps the rest of it, for an order that has an extra. */
export const keepExtra: (extra: OrderExtra, order: OrderRecord) => void = compile(
  ["extra", "order"],
  [...namesIn("extra"), ...namesIn("waiting")].map((name) => `extra.${name} = order.${name}`)
)

/** As it is of an order that has no extra. */
export const clearExtra: (order: OrderRecord) => void = compile(
  ["order"],
  [...namesIn("extra"), ...namesIn("waiting")].map((name) => `order.${name} = 0`)
)

const zeroOf = ({ kind, zero }: Layout.Field<any>): string =>
  kind === "i64" ? `${zero}n` : kind === "flag" ? `${zero}` : "0"

/** Finds an open order again; what is kept nowhere is as it is where nothing is asked for. */
export const load: (order: OrderRecord, orders: Pool, slot: number) => void = compile(
  ["order", "orders", "slot"],
  [
    `const numbers = orders.coldNumbers, n = slot * ${numbersEach}`,
    `const ints = orders.coldInts, i = slot * ${intsEach}`,
    "const terms = orders.terms(slot), extra = orders.extra(slot)",
    "const waits = extra !== undefined && orders.waits(slot)",
    "order.orderId = orders.id(slot)",
    ...numberColumns.map((name) => `order.${name} = numbers[n + ${numberAt(name)}]`),
    ...namesIn("ints").map((name) => `order.${name} = ints[i + ${intAt(name)}]`),
    ...namesIn("bits").map(
      (name) => `order.${name} = (terms >>> ${bitsOf(name).shift}) & ${bitsOf(name).mask}`
    ),
    ...namesIn("deadlines").map((name) => `order.${name} = orders.deadline(slot)`),
    ...namesIn("extra").map((name) => `order.${name} = extra === undefined ? 0 : extra.${name}`),
    ...namesIn("waiting").map((name) => `order.${name} = waits ? extra.${name} : 0`),
    ...namesIn("nowhere").map((name) => `order.${name} = ${zeroOf(fields[name])}`)
  ]
)

// ---- In snapshots

/** Said by the flags of an order, or only while it waits. */
const saidElsewhere: ReadonlyArray<Name> = ["postOnly", "type", "timeInForce"]

/** An order as a snapshot has it: some of it is no field of the record, or another there. */
export class StoredOrder extends OrderRecord {
  account = 0
  market = 0
  flags = 0
  remaining = 0
  hiddenLots = 0
  preventedLots = 0
  feeRemainder = 0
  wait = 0
  extremeTicks = 0
  heldWaiting = 0
  neededWaiting = 0
}

const stored = {
  ...fields,
  orderId: Fields.orderId,
  account,
  market,
  flags: Layout.u8,
  remaining: Layout.u53,
  hiddenLots: Layout.u53,
  preventedLots: Layout.u53,
  feeRemainder: Layout.u32,
  clientOrderId: Layout.text,
  wait: Layout.literals(Order.waits),
  extremeTicks: Layout.u53,
  heldWaiting: Layout.u53,
  neededWaiting: Layout.u53
} as const

const columns = (Object.keys(places) as Array<Name>).filter((name) =>
  ["numbers", "ints", "deadlines"].includes(places[name].in)
)
const always = [...namesIn("bits"), ...columns].filter((name) => !saidElsewhere.includes(name))

/** What is no field of the record stands behind these. */
const behind: { readonly [K in Name]?: ReadonlyArray<keyof typeof stored> } = {
  side: ["flags"],
  lots: ["remaining"],
  displayLots: ["hiddenLots", "preventedLots"]
}

const partOf = (names: ReadonlyArray<keyof typeof stored>): Table<StoredOrder> =>
  table(
    Object.fromEntries(names.map((name) => [name, stored[name]])),
    Object.fromEntries(names.map((name) => [name, places[name as Name]?.since ?? 1]))
  ) as Table<any>

const withBehind = (names: ReadonlyArray<Name>): ReadonlyArray<keyof typeof stored> =>
  names.flatMap((name) => [name, ...(behind[name] ?? [])])

const partlyNames = withBehind(namesIn("extra"))

/**
 * What a snapshot has of every order; what of one that shows or hides a part, or is of a list; and
 * what while it waits.
 */
export const snapshotParts = {
  every: partOf([
    "orderId",
    "account",
    "market",
    ...withBehind(always),
    "feeRemainder",
    "clientOrderId"
  ]),
  partly: partOf(partlyNames),
  waiting: partOf([
    "wait",
    "type",
    "timeInForce",
    ...namesIn("waiting"),
    "extremeTicks",
    "heldWaiting",
    "neededWaiting"
  ])
} as const

/** Whether a snapshot has the part of an order that shows or hides some of it, or is of a list. */
export const isPartly: (order: StoredOrder) => boolean = compile(
  ["order"],
  [`return ${partlyNames.map((name) => `order.${name}`).join(" + ")} !== 0`]
) as never

// ---- By their names

const nothing = new OrderRecord()

/** Whether all its terms are as they are where nothing is asked for. */
export const hasNoTerms = (order: OrderRecord): boolean =>
  order.clientOrderId === "" && termNames.every((name) => order[name] === nothing[name])

/** What is told of an open order. */
const openFields = Layout.without(fields, {
  budget: 0,
  reduceOnly: 0,
  origin: 0,
  makerRate: 0,
  takerRate: 0,
  held: 0,
  ...totals
})

export type OpenFields = Layout.Values<typeof openFields>

/** An open order in the words of core's tables. */
export const named = (order: OrderRecord): OpenFields =>
  Object.fromEntries(
    Object.entries(openFields as Layout.Fields).map(([name, { values }]) => {
      const value = order[name as keyof OpenFields]
      return [name, values === undefined ? value : values[value]]
    })
  ) as OpenFields
