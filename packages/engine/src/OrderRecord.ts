/**
 * Where each field of an order is kept while the order is open, in one place. The fields of
 * commands and events about orders are in core's `OrderRecord`; from the two tables come the code
 * that reads a command, stores an order in the pool, finds it there again and writes
 * `OrderAccepted`.
 *
 * A new field is a line in core's table, and here a property and a place.
 */
import { Command, Event, Layout, Order, OrderRecord as Fields } from "@pandora-exchange/core"
import type { Deadlines } from "./Deadlines.ts"
import type { OrderExtra } from "./OrderExtra.ts"
import { account, market, type Table, table } from "./SnapshotTable.ts"
import { compile, readerOf, writerOf } from "./straightLine.ts"

/** The fields in core's tables, by the same names; one of a list is its position there. */
export class OrderRecord {
  side = 0
  type = 0
  timeInForce = 0
  /** Its position in `postOnlyModes`. */
  postOnly = 0
  /** A limit order's price. */
  priceTicks = 0
  /** The total ordered; for a budget, what was found. */
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
  /** The totals of its fills in units of quote, and its fees on them: the part below `limb`. */
  filledQuote = 0
  fee = 0
  /** The part above `limb`, in multiples of it. */
  filledQuoteHigh = 0
  feeHigh = 0
  /** Lots filled before the two totals above were counted. */
  uncountedLots = 0
  /** Empty for none; the pool stores no texts. */
  clientOrderId = ""
}

/**
 * `numbers` and `ints`: a column of the pool, of 64-bit floats or 32-bit integers. `bits`: part of
 * the pool's integer for its smallest fields. `deadlines`: only for GTD orders. `extra`: an object
 * only some orders have; 0 for all others. `waiting`: the same, while the order is outside the
 * book. `nowhere`: no open order needs it.
 */
type Place = (
  | { readonly in: "numbers" | "ints" | "deadlines" | "extra" | "waiting" | "nowhere" }
  | { readonly in: "bits"; readonly shift: number; readonly mask: number }
) & {
  /** The first snapshot format with this field; omitted if the very first has it. */
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

/** The order's progress, which neither commands nor the acceptance contain. */
const totals = {
  filledQuote: Layout.u53,
  fee: Layout.u53,
  filledQuoteHigh: Layout.u53,
  feeHigh: Layout.u53,
  uncountedLots: Layout.u53
} as const

/** Core's tables without the totals and what every record has. */
const fields = Layout.without(
  { ...Fields.terms, ...Fields.accepted, ...totals },
  { orderId: 0, accountId: 0, marketId: 0, clientOrderId: 0 }
)

/** Bits 7 and 8 to 23 belong to the pool itself. */
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

/** The pool's own columns, after those of the table. */
const ownInts = [
  "account",
  "feeRemainder",
  "deadlineIndex",
  "nextOfAccount",
  "previousOfAccount"
] as const

const numberColumns = namesIn("numbers")
const intColumns = [...namesIn("ints"), ...ownInts]

/** 64-bit numbers in a record of the pool; the integers follow the floats, two per number. */
export const numbersEach: number = numberColumns.length + Math.ceil(intColumns.length / 2)
export const intsEach: number = 2 * numbersEach

/** The offset of a column in a record, counted in numbers or integers. */
export const numberAt = (name: Name): number => placeIn(numberColumns, name)
export const intAt = (name: Name | (typeof ownInts)[number]): number =>
  2 * numberColumns.length + placeIn(intColumns, name)

const placeIn = (columns: ReadonlyArray<string>, name: string): number => {
  const at = columns.indexOf(name)
  if (at === -1) throw new Error(`the pool has no such column for ${name}`)
  return at
}

/** The position and mask of a field's bits. */
export const bitsOf = (name: Name): { readonly shift: number; readonly mask: number } => {
  const place = places[name]
  if (place.in !== "bits") throw new Error(`the pool has no bits for ${name}`)
  return place
}

// ---- The code

/** The pool, as seen by this code. */
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

/** Reads the terms of a command that begins at `at` and is laid out like `PlaceOrder`. */
export const readTerms = readerOf(Command.PlaceOrder, termNames)

/** Writes all of an `OrderAccepted` except its header and text. */
export const writeAccepted = writerOf(Event.OrderAccepted)

/** Stores an order in the pool's columns, bits and deadlines; its id is already there. */
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

/** Stores the rest of it, for an order with an extra. */
export const keepExtra: (extra: OrderExtra, order: OrderRecord) => void = compile(
  ["extra", "order"],
  [...namesIn("extra"), ...namesIn("waiting")].map((name) => `extra.${name} = order.${name}`)
)

/** The values for an order without an extra. */
export const clearExtra: (order: OrderRecord) => void = compile(
  ["order"],
  [...namesIn("extra"), ...namesIn("waiting")].map((name) => `order.${name} = 0`)
)

const zeroOf = ({ kind, zero }: Layout.Field<any>): string =>
  kind === "i64" ? `${zero}n` : kind === "flag" ? `${zero}` : "0"

/** Loads an open order; fields stored nowhere get their defaults. */
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

/** Implied by an order's flags, or stored only while it waits. */
const saidElsewhere: ReadonlyArray<Name> = ["postOnly", "type", "timeInForce"]

/**
 * An order in a snapshot: some of it is not a field of the record, or is represented differently.
 */
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

/** Anything that is not a field of the record comes after these. */
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
 * What a snapshot stores for every order, what for one that partly shows, hides or is in a list,
 * and what for one that waits.
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

/** Whether a snapshot has the part for orders that partly show or hide, or are in a list. */
export const isPartly: (order: StoredOrder) => boolean = compile(
  ["order"],
  [`return ${partlyNames.map((name) => `order.${name}`).join(" + ")} !== 0`]
) as never

// ---- By their names

const nothing = new OrderRecord()

/** Whether all its terms have their defaults. */
export const hasNoTerms = (order: OrderRecord): boolean =>
  order.clientOrderId === "" && termNames.every((name) => order[name] === nothing[name])

/** What is known about an open order. */
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

/** An open order in the terms of core's tables. */
export const named = (order: OrderRecord): OpenFields =>
  Object.fromEntries(
    Object.entries(openFields as Layout.Fields).map(([name, { values }]) => {
      const value = order[name as keyof OpenFields]
      return [name, values === undefined ? value : values[value]]
    })
  ) as OpenFields
