/** The rules of the page, one by one: what a test of a rule needs. */
import {
  type Command,
  Event,
  type IdempotencyKey,
  Ids,
  Layout,
  Market,
  type Order,
  OrderRecord
} from "@pandora-exchange/core"
import { assert } from "@effect/vitest"
import { type Limits, limitsDefault } from "../src/Limits.ts"
import { EngineVenue } from "./EngineVenue.ts"
import type { CommandOf, Terms } from "./reference/NaiveState.ts"
import { NaiveVenue } from "./reference/NaiveVenue.ts"

/** Both obey the rules: the assertions check more than that they agree. */
export const venues = [
  ["the engine", EngineVenue],
  ["the reference venue", NaiveVenue]
] as const

export const start = 1_800_000_000_000
export const day = 86_400_000
export const unitsMax = 2n ** 63n - 1n
export const base = Ids.AssetId(1)
export const quote = Ids.AssetId(2)
export const market = Ids.MarketId(1)
export const ada = Ids.AccountId(1000)
export const bob = Ids.AccountId(1001)
export const cleo = Ids.AccountId(1002)

export const terms: Omit<CommandOf<"ListMarket">, "_tag"> = {
  baseAssetId: base,
  quoteAssetId: quote,
  tickMantissa: 1,
  tickScale: 0,
  lotUnits: 10n,
  lotsMin: 1,
  lotsMax: 1_000,
  ticksMax: 1_000_000,
  notionalMin: 0n,
  notionalMax: unitsMax,
  makerRate: 100,
  takerRate: 300,
  symbol: "B/Q"
}

/** Two assets of scale 1 and 0, so that one tick times one lot is one unit of quote; two users. */
export const venueFrom =
  (Venue: (typeof venues)[number][1]) =>
  (more: Partial<typeof terms> = {}, limits: Partial<Limits> = {}) => {
    const venue = new Venue({ ...limitsDefault, ...limits })
    let time = start
    const run = (command: Command.Command, requestKey?: Command.RequestKey) =>
      venue.apply(time, command, requestKey)
    const setUp: Array<Command.Command> = [
      { _tag: "ListAsset", scale: 1, symbol: "B" },
      { _tag: "ListAsset", scale: 0, symbol: "Q" },
      { _tag: "ListMarket", ...terms, ...more },
      { _tag: "OpenAccount", kind: "user", reference: "ada" },
      { _tag: "OpenAccount", kind: "user", reference: "" }
    ]
    for (const command of setUp) assert.notStrictEqual(run(command).own[0]?._tag, "Rejected")
    return {
      venue,
      run,
      at: (ms: number) => {
        time = start + ms
      },
      tags: (command: Command.Command, requestKey?: Command.RequestKey) =>
        tagsOf(run(command, requestKey).events),
      told: (command: Command.Command) => told(run(command).events),
      credit: (accountId: Ids.AccountId, assetId: Ids.AssetId, amount: bigint) =>
        run({ _tag: "Credit", accountId, assetId, amount, reference: "" }).own,
      balance: (accountId: Ids.AccountId, assetId: Ids.AssetId) => {
        const found = venue
          .balances()
          .find((b) => b.accountId === accountId && b.assetId === assetId)
        return [found?.available ?? 0n, found?.held ?? 0n]
      }
    }
  }

/** A venue without fees where three users are rich. */
export const richVenueFrom = (Venue: (typeof venues)[number][1]) => {
  const venueWith = venueFrom(Venue)
  return (more: Partial<typeof terms> = {}, limits: Partial<Limits> = {}) => {
    const made = venueWith({ makerRate: 0, takerRate: 0, ...more }, limits)
    made.run({ _tag: "OpenAccount", kind: "user", reference: "" })
    for (const accountId of [ada, bob, cleo]) {
      made.credit(accountId, base, 10_000n)
      made.credit(accountId, quote, 100_000n)
    }
    return made
  }
}

export const tagsOf = (events: ReadonlyArray<Event.Event>): Array<string> =>
  events.map((event) =>
    event._tag === "Rejected" || event._tag === "OrderEnded"
      ? `${event._tag} ${event.reason}`
      : event._tag
  )

/**
 * Whole events as lines, leaving out zeros, empty and default values, and what is the same in all:
 * market 1 and the origin.
 */
const told = (events: ReadonlyArray<Event.Event>): Array<string> =>
  events.map((event) => {
    const fields: Readonly<Record<string, unknown>> = event
    const names = Object.keys(Event.layouts.find(({ tag }) => tag === event._tag)!.fields)
    const isTold = (name: string): boolean =>
      !["0", "false", "", "off", "none"].includes(String(fields[name])) &&
      name !== "marketId" &&
      name !== "origin"
    return [event._tag, ...names.filter(isTold).map((name) => `${name}=${fields[name]}`)].join(" ")
  })

export const order = (
  accountId: Ids.AccountId,
  side: Order.Side,
  priceTicks: number,
  lots: number,
  more: Partial<CommandOf<"PlaceOrder">> = {}
): Command.Command => ({
  _tag: "PlaceOrder",
  accountId,
  marketId: market,
  ...OrderRecord.noTerms,
  side,
  priceTicks,
  lots,
  ...more
})

/** What makes a limit order a market order. */
export const atMarket = { type: "market", timeInForce: "IOC", priceTicks: 0 } as const

/** The terms of its orders, without those that are off. */
export const list = (
  accountId: Ids.AccountId,
  contingency: Order.Contingency,
  orders: ReadonlyArray<Partial<Terms>>,
  more: Partial<CommandOf<"PlaceOrderList">> = {}
): Command.Command => {
  const [first, second, third] = [0, 1, 2].map((i) => ({ ...OrderRecord.noTerms, ...orders[i] }))
  return {
    _tag: "PlaceOrderList",
    accountId,
    marketId: market,
    contingency,
    clientListId: "",
    ...Layout.prefixed("first", first!),
    ...Layout.prefixed("second", second!),
    ...Layout.prefixed("third", third!),
    ...more
  }
}

export const budget = (
  accountId: Ids.AccountId,
  side: Order.Side,
  amount: bigint
): Command.Command =>
  order(accountId, side, 0, 0, { type: "marketBudget", timeInForce: "IOC", budget: amount })

export const rules = (more: Partial<CommandOf<"SetMarketRules">>): Command.Command => ({
  _tag: "SetMarketRules",
  marketId: market,
  ...Market.noRules,
  ...more
})

export const status = (to: CommandOf<"SetMarketStatus">["status"]): Command.Command => ({
  _tag: "SetMarketStatus",
  marketId: market,
  status: to
})

export const price = (priceTicks: number, source = "index"): Command.Command => ({
  _tag: "SetPrice",
  marketId: market,
  priceTicks,
  source
})

/** Names it where a client's own id would do too. */
export const firstOrder = { orderId: Ids.OrderId(1), clientOrderId: "" } as const

export const cancel = (accountId: Ids.AccountId, orderId: number): Command.Command => ({
  _tag: "CancelOrder",
  accountId,
  orderId: Ids.OrderId(orderId),
  clientOrderId: ""
})

export const keyOf = (madeAt: number, last = 0): Command.RequestKey => {
  const hex = madeAt.toString(16).padStart(12, "0")
  const tail = last.toString(16).padStart(12, "0")
  return {
    _tag: "Key",
    key: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}` as IdempotencyKey.IdempotencyKey
  }
}

export const advance: Command.Command = { _tag: "AdvanceTime" }
