/**
 * The WebSocket `/v1/stream`: its channels and messages, each declared once.
 *
 * A client sends `op` and an `id` of its own choice, and gets exactly one `answer` or `problem`
 * with that id. A subscription then sends messages until it ends. Sequences join without gaps or
 * overlaps:
 * - `depth`: after a `depthSnapshot` at `depthSequence`, the first `depth` has `first` = that + 1,
 *   and each further one has `first` = the previous `last` + 1. Slow readers get fewer, larger
 *   messages.
 * - `trades`: the ids of one market count up by one.
 * - `account`: after an `accountSnapshot` at `sequence`, the `previous` of each `account` message
 *   names the command after which nothing changed until its own `sequence`.
 *
 * `from` resumes after a disconnection: with everything that followed, or with a snapshot if that
 * is shorter. `hello` says whether resuming is possible: a server restored from a copy counts on
 * from that copy, so the same sequences mean different changes. The server pings, and closes a
 * connection that does not answer or does not read.
 */
import { Schema } from "effect"
import {
  absent,
  AccountId,
  field,
  MarketSymbol,
  oneOf,
  optional,
  Sequence,
  struct,
  text,
  TimeMs,
  TradeId,
  whole
} from "./fields.ts"
import type { Code } from "./failures.ts"
import type { Right } from "./operation.ts"
import { Balance } from "./operations/accounts.ts"
import { AccountFill, Trade } from "./operations/history.ts"
import { Depth } from "./operations/markets.ts"
import { Order } from "./operations/orders.ts"
import { ProblemDetails } from "./problem.ts"

export const path = "/v1/stream"

/** Why the server closed the connection. */
export const closeCodes = {
  /** The server is shutting down: reconnect. */
  goingDown: 1001,
  unsupportedData: 1003,
  tooBig: 1009,
  /** The server hit a bug. Its log has the details. */
  internal: 1011,
  tryAgain: 1013,
  unauthorized: 4401,
  slow: 4408,
  tooManyMessages: 4429
} as const

const id = field(text(64), "Your own id for this message. Its answer carries the same.")

export const Authenticate = struct(
  "Authenticate",
  "Signs the connection in. Repeat it with the next access token.",
  {
    op: field(Schema.Literal("authenticate"), "Always `authenticate`."),
    id,
    token: field(text(4_096), "An access token.")
  }
)

const subscribe = { op: field(Schema.Literal("subscribe"), "Always `subscribe`."), id }
const channel = <const Name extends string>(name: Name) => ({
  channel: field(Schema.Literal(name), `Always \`${name}\`.`)
})
const market = { market: field(MarketSymbol, "The symbol of the market.") }
const account = { account: optional(AccountId, "One of your accounts. Default: the main account.") }

export const SubscribeDepth = struct("SubscribeDepth", "Follows the price levels of a market.", {
  ...subscribe,
  ...channel("depth"),
  ...market,
  from: optional(whole(0), "The last depth sequence that you have.")
})
export const SubscribeTrades = struct("SubscribeTrades", "Follows the trades of a market.", {
  ...subscribe,
  ...channel("trades"),
  ...market,
  from: optional(
    TradeId,
    "The last trade that you have. One that has not happened yet is refused."
  ),
  oldest: optional(
    Schema.Boolean,
    "`true`: begins with the oldest trade that the server keeps, instead of the next one. `from` goes before."
  )
})
export const SubscribeAccount = struct(
  "SubscribeAccount",
  "Follows the orders, fills and balances of an account.",
  {
    ...subscribe,
    ...channel("account"),
    ...account,
    from: optional(Sequence, "The last sequence that you have.")
  }
)
export const Unsubscribe = struct("Unsubscribe", "Ends a subscription.", {
  op: field(Schema.Literal("unsubscribe"), "Always `unsubscribe`."),
  id,
  channel: field(Schema.Literals(["depth", "trades", "account"]), "The channel."),
  market: optional(MarketSymbol, "The market, of `depth` and `trades`."),
  ...account
})

const type = <const Name extends string>(name: Name) => ({
  type: field(Schema.Literal(name), `Always \`${name}\`.`)
})
const marketName = { market: field(Schema.String, "The symbol of the market.") }
const { asks, bids, depthSequence } = Depth.fields

export const Hello = struct("Hello", "The first message of a connection.", {
  ...type("hello"),
  protocol: field(Schema.Literal("pandora.v1"), "The version of the protocol."),
  journal: absent(
    Schema.String,
    "Names the venue's journal: the hash of its first batch, the same after every restart. With another journal, nothing that you have counts any more. Absent while the journal is empty."
  ),
  run: field(
    Schema.String,
    "Names this run of the server. Resume `depth` and `account` only within one run: after a restart, subscribe without `from`."
  ),
  pingMs: field(whole(0), "How often the server pings."),
  time: field(TimeMs, "The server's time, in milliseconds since 1970.")
})
export const Answer = struct("Answer", "The answer to a message.", {
  ...type("answer"),
  id: field(Schema.String, "The id of the message."),
  result: field(
    Schema.Unknown,
    "The same as the answer over HTTP. Of a subscription, its `channel` and `market` or `account`; of `trades` also `last`, the market's last trade, if there is one. Of `authenticate`, `name` and `accounts`, the main one first."
  )
})
export const Refusal = struct("Refusal", "The problem with a message.", {
  ...type("problem"),
  id: optional(Schema.String, "The id of the message, if it could be read."),
  problem: field(ProblemDetails, "What is wrong.")
})
export const DepthSnapshot = struct("DepthSnapshot", "The price levels of a market.", {
  ...type("depthSnapshot"),
  ...marketName,
  depthSequence,
  bids,
  asks
})
export const DepthDelta = struct(
  "DepthDelta",
  "The price levels that changed. Quantity `0`: the level is gone.",
  {
    ...type("depth"),
    ...marketName,
    first: field(whole(0), "The depth sequence of the first change."),
    last: field(whole(0), "The depth sequence of the last change."),
    bids,
    asks
  }
)
export const Trades = struct("Trades", "Trades of a market, oldest first.", {
  ...type("trades"),
  ...marketName,
  trades: field(Schema.Array(Trade), "The trades.")
})
export const AccountSnapshot = struct("AccountSnapshot", "An account as it is.", {
  ...type("accountSnapshot"),
  account: field(AccountId, "The account."),
  sequence: field(Sequence, "The command of the journal that it reflects."),
  balances: field(Schema.Array(Balance), "All balances."),
  openOrders: field(Schema.Array(Order), "All open orders.")
})
export const AccountChange = struct("AccountChange", "What changed in an account.", {
  ...type("account"),
  account: field(AccountId, "The account."),
  previous: field(Sequence, "Nothing changed between this command and `sequence`."),
  sequence: field(Sequence, "The last command that it reflects."),
  orders: field(Schema.Array(Order), "The orders that changed, as they are now."),
  fills: field(Schema.Array(AccountFill), "The new fills."),
  balances: field(Schema.Array(Balance), "The balances that changed, as they are now.")
})
export const Closing = struct(
  "Closing",
  "The last message before the server closes the connection.",
  {
    ...type("closing"),
    code: field(whole(1_000, 4_999), "The close code that follows."),
    reason: field(Schema.String, "Why the connection is closed.")
  }
)

export interface Channel {
  readonly doc: string
  /** Increased by changes that clients of the previous version could not handle. */
  readonly version: number
  readonly permission: Right
  readonly subscribe: Schema.Top
  /** What the subscription sends. */
  readonly messages: ReadonlyArray<Schema.Top>
  readonly fails: ReadonlyArray<Code>
}

const following: ReadonlyArray<Code> = ["AlreadySubscribed", "TooManySubscriptions", "ResumeTooOld"]

/** Every public event, by the channel that carries it. */
export const channels: Readonly<Record<"depth" | "trades" | "account", Channel>> = {
  depth: {
    doc: "The price levels of a market: a snapshot, then every change.",
    version: 1,
    permission: "public",
    subscribe: SubscribeDepth,
    messages: [DepthSnapshot, DepthDelta],
    fails: [...following, "UnknownMarket"]
  },
  trades: {
    doc: "The trades of a market.",
    version: 1,
    permission: "public",
    subscribe: SubscribeTrades,
    messages: [Trades],
    fails: [...following, "UnknownMarket"]
  },
  account: {
    doc: "The orders, fills and balances of one of the caller's accounts: a snapshot, then every change.",
    version: 1,
    permission: "read",
    subscribe: SubscribeAccount,
    messages: [AccountSnapshot, AccountChange],
    fails: [...following, "UnknownAccount", "Unauthorized", "NotPermitted"]
  }
}

/** Server messages that belong to no channel. */
export const controls = [Hello, Answer, Refusal, Closing]

export const Message = oneOf("Message", "A message of the server, told apart by `type`.", [
  ...controls,
  ...Object.values(channels).flatMap(({ messages }) => messages)
])
