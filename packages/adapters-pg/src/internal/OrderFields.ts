/**
 * Each field of an order in the history, in one place: the projection writes rows according to this
 * table, and lists read them.
 */
import {
  endReasons,
  orderTypes,
  postOnlyModes,
  selfTradePreventions,
  sides,
  timesInForce,
  trailingUnits,
  triggers,
  waitStates
} from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import {
  AccountIdColumn,
  ListIdColumn,
  MarketIdColumn,
  OrderIdColumn
} from "../repositories/Columns.ts"
import { type ColumnType, enumeration, Rows } from "./Bulk.ts"
import { Count, SequenceColumn } from "./Rows.ts"

/** `open`, or why it ended. */
export const orderEnds = ["open", ...endReasons] as const
export type OrderEnd = (typeof orderEnds)[number]

/** How a field is sent, and how it is read. */
interface Field<T extends ColumnType, S extends Schema.Constraint> {
  readonly sent: T
  readonly read: S
  /** The column's name, unless it is the field's name with underscores. */
  readonly column?: string
}

const stored = <const T extends ColumnType, S extends Schema.Constraint>(
  sent: T,
  read: S
): Field<T, S> => ({
  sent,
  read
})

const word = <A extends string>(type: string, words: ReadonlyArray<A>) =>
  stored(enumeration(type, words), Schema.Literals(words))

const count = stored("count", Count)
const amount = stored("int8", Schema.BigInt)
const rate = stored("int4", Schema.Finite)
const moment = stored("timestamptz", Schema.Date)
const sequence = stored("count", SequenceColumn)

export const orderStatus = word("order_status", orderEnds)

/**
 * Named as in core's `OrderRecord` if that has the field. A new one is a line here and a migration.
 */
const orderFields = {
  orderId: stored("count", OrderIdColumn),
  accountId: stored("count", AccountIdColumn),
  marketId: stored("int4", MarketIdColumn),
  side: word("side", sides),
  type: word("order_type", orderTypes),
  timeInForce: word("time_in_force", timesInForce),
  postOnly: word("post_only_mode", postOnlyModes),
  status: orderStatus,
  /** What it waits for outside the book. */
  waitsFor: word("order_wait", waitStates),
  priceTicks: count,
  lots: count,
  filledLots: count,
  /** Removed by self-trade prevention. */
  preventedLots: count,
  endedLots: count,
  /** The quote amount of its fills, in ledger units. */
  filledQuote: amount,
  /** In ledger units of the asset it received. */
  fee: amount,
  budget: amount,
  displayLots: count,
  selfTradePrevention: word("self_trade_prevention", selfTradePreventions),
  /** 0 for none. */
  listId: stored("count", ListIdColumn),
  /** The number of the API key that placed it; 0 for none. */
  credential: count,
  /** The trigger it waits for, or waited for. */
  trigger: word("order_trigger", triggers),
  triggerTicks: count,
  trailingUnit: word("trailing_unit", trailingUnits),
  trailingOffset: count,
  makerRate: rate,
  takerRate: rate,
  /** Milliseconds since 1970; 0 for none. */
  deadline: { ...count, column: "deadline_ms" },
  clientOrderId: stored("text", Schema.String),
  acceptedSequence: sequence,
  updatedSequence: sequence,
  acceptedAt: moment,
  updatedAt: moment
} as const satisfies Readonly<Record<string, Field<ColumnType, Schema.Constraint>>>

type Fields = typeof orderFields
type Name = keyof Fields

const names = Object.keys(orderFields) as ReadonlyArray<Name>

const underscored = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const columnOf = (name: Name): string => {
  const { column }: Field<ColumnType, Schema.Constraint> = orderFields[name]
  return column ?? underscored(name)
}

const byName = <A>(of: (name: Name) => A): object =>
  Object.fromEntries(names.map((name) => [name, of(name)]))

type Sent = { readonly [K in Name]: Fields[K]["sent"] }
type Read = { readonly [K in Name]: Fields[K]["read"] }

/** An empty set of orders, to be stored in one statement. */
export const orderRows = () => new Rows(byName((name) => orderFields[name].sent) as Sent, columnOf)

/** An order as read from the table. */
export const OrderRow = Schema.Struct(byName((name) => orderFields[name].read) as Read)

/** The columns of such orders in a SELECT. */
export const orderSelection = names
  .map(
    (name) =>
      `${columnOf(name)}${typeof orderFields[name].sent === "string" ? "" : "::text"} AS "${name}"`
  )
  .join(", ")
