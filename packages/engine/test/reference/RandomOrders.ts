/** The orders of the random customer: what it requests, and what it does with open ones. */
import {
  type Command,
  IdempotencyKey,
  Ids,
  Layout,
  Market,
  Order,
  OrderRecord
} from "@pandora-exchange/core"
import { type Bookkeeping, remainingOf, type TrackedOrder } from "./Bookkeeping.ts"
import type { CommandOf, Terms } from "./NaiveState.ts"
import type { Random } from "./randomCommands.ts"

const unitsMax = 2n ** 63n - 1n

/**
 * What is traded in each market, by market id: the middle price, and amounts of base and quote
 * worth a few orders.
 */
export const habits = new Map<
  number,
  { readonly middle: number; readonly base: bigint; readonly quote: bigint }
>([
  [1, { middle: 100, base: 100n * 100_000n, quote: 100n * 50_000n }],
  [2, { middle: 494, base: 2n ** 53n, quote: 3n * 2n ** 53n }],
  [3, { middle: 2, base: 2n ** 54n, quote: 2n ** 55n }]
])

/** The order giver: its random numbers, what it has seen, and whom it trades for. */
export interface Trader {
  readonly random: Random
  readonly seen: Bookkeeping
  /** Books are built up for a while, and then reduced by trades and cancels. */
  readonly isBuilding: boolean
  readonly time: number
  readonly account: () => Ids.AccountId
  readonly market: () => Ids.MarketId
}

export class RandomOrders {
  private readonly trader: Trader
  private readonly middles = new Map<number, number>(
    [...habits].map(([marketId, { middle }]) => [marketId, middle])
  )
  private readonly deadlines: Array<number> = []

  constructor(trader: Trader) {
    this.trader = trader
  }

  private get random(): Random {
    return this.trader.random
  }

  private get seen(): Bookkeeping {
    return this.trader.seen
  }

  // ---- Placing

  placeOrder(): Command.Command {
    const own = this.random.chance(0.03) ? this.againstOwnPair() : undefined
    if (own !== undefined) return own
    const marketId = this.trader.market()
    const accountId = this.trader.account()
    return { _tag: "PlaceOrder", accountId, marketId, ...this.terms(marketId, accountId) }
  }

  /** Takes part of a side's best order from its own account, if that order is part of a pair. */
  private againstOwnPair(): Command.Command | undefined {
    const { random, seen } = this
    const pairs = [...seen.open.values()].filter(
      (order) =>
        order.place === "book" &&
        seen.siblingOf(order) !== undefined &&
        seen.book(order.accepted.marketId, order.accepted.side)[0] === order
    )
    if (pairs.length === 0) return undefined
    const { accepted, priceTicks, shownLots } = random.pick(pairs)
    const { accountId, marketId, side } = accepted
    return {
      _tag: "PlaceOrder",
      accountId,
      marketId,
      ...OrderRecord.noTerms,
      side: otherSide(side),
      priceTicks,
      lots: random.chance(0.2) ? shownLots : Math.max(1, Math.floor(shownLots / random.int(2, 5))),
      selfTradePrevention: "decrement"
    }
  }

  private terms(marketId: number, accountId: Ids.AccountId): Terms {
    const { random } = this
    const side = random.pick(Order.sides)
    const plain = this.plain(marketId, accountId, side)
    const order =
      random.chance(0.35) && plain.type !== "marketBudget"
        ? this.conditional(marketId, plain)
        : plain
    return random.chance(0.035) ? { ...order, ...this.spoilt() } : order
  }

  /** Without a trigger. */
  private plain(marketId: number, accountId: Ids.AccountId, side: Order.Side): Terms {
    const { random } = this
    const type = random.weighted<Order.OrderType>([
      [80, "limit"],
      [9, "market"],
      [11, "marketBudget"]
    ])
    const timeInForce =
      type === "limit"
        ? random.weighted<Order.TimeInForce>([
            [54, "GTC"],
            [24, "GTD"],
            [15, "IOC"],
            [7, "FOK"]
          ])
        : type === "market" && random.chance(0.3)
          ? "FOK"
          : "IOC"
    const canRest = timeInForce === "GTC" || timeInForce === "GTD"
    const postOnly =
      canRest && random.chance(0.25) ? random.pick(["refuse", "slide"] as const) : "off"
    const lots = type === "marketBudget" ? 0 : this.lots(marketId)
    return {
      ...OrderRecord.noTerms,
      side,
      type,
      timeInForce,
      postOnly,
      priceTicks:
        type === "limit" ? this.price(marketId, side, postOnly !== "off" && random.chance(0.7)) : 0,
      lots,
      budget: type === "marketBudget" ? this.budget(marketId, accountId, side) : 0n,
      deadline: timeInForce === "GTD" ? this.deadline() : 0,
      displayLots: canRest && random.chance(0.3) ? this.displayLots(lots) : 0,
      selfTradePrevention: this.selfTradePrevention(type),
      credential: [0, 1, Number.MAX_SAFE_INTEGER][lots % 3]!,
      clientOrderId: this.clientOrderId()
    }
  }

  private displayLots(lots: number): number {
    const { random } = this
    return random.weighted([
      [84, Math.max(2, Math.ceil(lots / random.int(1, 5)))],
      [3, 1],
      [9, lots],
      [2, lots + 1],
      [2, Math.ceil(lots / 6)]
    ])
  }

  private selfTradePrevention(type: Order.OrderType): Order.SelfTradePrevention {
    const { random } = this
    if (random.chance(0.5)) return "none"
    const mode = random.pick(Order.selfTradePreventions)
    return type === "marketBudget" && mode !== "none" ? "expireMaker" : mode
  }

  /** The same order with a trigger that usually has not been reached yet. */
  private conditional(marketId: number, plain: Terms): Terms {
    const { random } = this
    const trigger = random.pick(["stopLoss", "takeProfit"] as const)
    const isRising = (plain.side === "buy") === (trigger === "stopLoss")
    const away = random.int(random.chance(0.05) ? -1 : 1, this.spread(marketId))
    const triggerTicks = Math.max(1, this.reference(marketId) + (isRising ? away : -away))
    const trails = random.chance(0.4)
    return {
      ...plain,
      ...(plain.displayLots === 0 && random.chance(marketId === 3 ? 0.6 : 0.25)
        ? this.largest(marketId, plain, triggerTicks)
        : {}),
      trigger,
      triggerTicks: trails && random.chance(0.6) ? 0 : triggerTicks,
      ...(trails ? this.trailing() : {})
    }
  }

  /**
   * The maximum an order may have: at a worse price, after a slide for instance, it is too much.
   */
  private largest(marketId: number, plain: Terms, triggerTicks: number): Partial<Terms> {
    const { random } = this
    const market = this.seen.markets.get(marketId)?.listed
    if (market === undefined) return {}
    const priceTicks = plain.priceTicks === 0 ? triggerTicks : plain.priceTicks
    const bound = market.notionalMax < 2n ** 53n ? market.notionalMax : 2n ** 53n - 1n
    const lots = Math.min(market.lotsMax, Number(bound / Market.notional(market, priceTicks, 1)))
    const canSlide = plain.timeInForce === "GTC" || plain.timeInForce === "GTD"
    return canSlide && random.chance(0.5) ? { lots, postOnly: "slide" } : { lots }
  }

  /** A buy of the minimum lots, willing to slide to a price at which that is too little. */
  smallestStop(marketId: number, triggerTicks: number, priceTicks: number): Terms | undefined {
    const market = this.seen.markets.get(marketId)?.listed
    if (market === undefined) return undefined
    const perLot = Market.notional(market, priceTicks, 1)
    const lots = Math.max(market.lotsMin, Number((market.notionalMin + perLot - 1n) / perLot))
    const terms = {
      ...OrderRecord.noTerms,
      side: "buy",
      postOnly: "slide",
      priceTicks,
      lots
    } as const
    return { ...terms, trigger: "stopLoss", triggerTicks }
  }

  private trailing(): Pick<Terms, "trailingOffset" | "trailingUnit"> {
    const { random } = this
    return random.chance(0.5)
      ? { trailingUnit: "ticks", trailingOffset: random.chance(0.02) ? 20_001 : random.int(1, 4) }
      : {
          trailingUnit: "basisPoints",
          trailingOffset: random.weighted([
            [90, random.int(1, 400)],
            [4, 5_000],
            [3, 5_001],
            [3, 10_000]
          ])
        }
  }

  private spoilt(): Partial<Terms> {
    const { random } = this
    return random.pick<Partial<Terms>>([
      { postOnly: "refuse" },
      { postOnly: "slide" },
      { type: "market" },
      {
        type: "marketBudget",
        lots: 0,
        priceTicks: 0,
        budget: 0n,
        timeInForce: "IOC",
        deadline: 0,
        postOnly: "off"
      },
      { type: "marketBudget", timeInForce: "FOK" },
      { timeInForce: random.pick(Order.timesInForce) },
      { deadline: this.trader.time + 1 },
      { deadline: 0 },
      { budget: 1n },
      { budget: -1n },
      { lots: 0 },
      { lots: 1 },
      { lots: Number.MAX_SAFE_INTEGER },
      { priceTicks: 0 },
      { priceTicks: 1 },
      { priceTicks: 2_001 },
      { priceTicks: Number.MAX_SAFE_INTEGER },
      { deadline: this.trader.time, timeInForce: "GTD" },
      { displayLots: 3 },
      { trigger: random.pick(Order.triggers) },
      { triggerTicks: random.pick([0, 1, 101, 20_001]) },
      { trailingUnit: random.pick(Order.trailingUnits) },
      { trailingOffset: random.pick([0, 5, 5_001, 20_001]) },
      { selfTradePrevention: "decrement" },
      { reduceOnly: true },
      { clientOrderId: "c".repeat(37) },
      { clientOrderId: "not allowed" }
    ])
  }

  // ---- Lists

  placeOrderList(): Command.Command {
    const { random } = this
    const marketId = this.trader.market()
    const accountId = this.trader.account()
    const contingency = random.pick(Order.contingencies)
    const side = random.pick(Order.sides)
    const working = random.chance(0.85) ? otherSide(side) : side
    const lots = this.lots(marketId)
    const orders =
      contingency === "OCO"
        ? [...this.pair(marketId, side, lots), OrderRecord.noTerms]
        : contingency === "OTO"
          ? [
              this.working(marketId, accountId, working, lots),
              this.pending(marketId, accountId, side, lots),
              OrderRecord.noTerms
            ]
          : [this.working(marketId, accountId, working, lots), ...this.pair(marketId, side, lots)]
    if (contingency !== "OCO" && random.chance(0.4)) {
      for (const index of contingency === "OTO" ? [1] : [1, 2])
        orders[index] = { ...orders[index]!, lots: 0 }
    }
    if (random.chance(0.06)) {
      const index = random.int(0, 2)
      orders[index] = { ...orders[index]!, ...this.spoilt() }
    }
    const [first, second, third] = orders.map(
      (terms): Terms =>
        terms === OrderRecord.noTerms ? terms : { ...terms, clientOrderId: this.clientOrderId() }
    )
    return {
      _tag: "PlaceOrderList",
      accountId,
      marketId,
      contingency,
      ...Layout.prefixed("first", first!),
      ...Layout.prefixed("second", second!),
      ...Layout.prefixed("third", third!),
      clientListId: random.weighted([
        [60, ""],
        [38, `l-${random.int(1, 6)}`],
        [2, "no list"]
      ])
    } as CommandOf<"PlaceOrderList">
  }

  private working(
    marketId: number,
    accountId: Ids.AccountId,
    side: Order.Side,
    lots: number
  ): Terms {
    let terms = this.plain(marketId, accountId, side)
    while (terms.type !== "limit") terms = this.plain(marketId, accountId, side)
    const best = this.seen.book(marketId, otherSide(side))[0]
    const priceTicks =
      best === undefined || this.random.chance(0.5) ? terms.priceTicks : best.priceTicks
    return {
      ...terms,
      priceTicks,
      lots,
      displayLots: terms.displayLots === 0 ? 0 : this.displayLots(lots)
    }
  }

  private pending(
    marketId: number,
    accountId: Ids.AccountId,
    side: Order.Side,
    lots: number
  ): Terms {
    const { random } = this
    let terms = this.plain(marketId, accountId, side)
    while (terms.type === "marketBudget") terms = this.plain(marketId, accountId, side)
    const others = random.pick([
      lots,
      Math.max(1, Math.floor(lots * 0.9)),
      Math.min(lots * 3, Number.MAX_SAFE_INTEGER)
    ])
    const sized = {
      ...terms,
      lots: others,
      displayLots: terms.displayLots === 0 ? 0 : this.displayLots(others)
    }
    return random.chance(0.5) ? this.conditional(marketId, sized) : sized
  }

  /** Two orders on both sides of the reference price, mostly. */
  private pair(marketId: number, side: Order.Side, lots: number): [Terms, Terms] {
    const { random } = this
    const reference = this.reference(marketId)
    const sign = side === "sell" ? 1 : -1
    const better = Math.max(1, reference + sign * random.int(random.chance(0.05) ? -3 : 1, 4))
    const worse = Math.max(1, reference - sign * random.int(random.chance(0.05) ? -1 : 1, 4))
    const common = { ...OrderRecord.noTerms, side, lots: random.chance(0.02) ? lots + 1 : lots }
    const limit = random.chance(0.5)
    const first: Terms = random.weighted<Terms>([
      [60, { ...common, postOnly: "refuse", priceTicks: better }],
      [20, { ...common, trigger: "takeProfit", triggerTicks: better, priceTicks: better }],
      [
        20,
        {
          ...common,
          type: "market",
          timeInForce: "IOC",
          trigger: "takeProfit",
          triggerTicks: better
        }
      ]
    ])
    const trailing = random.chance(0.25)
      ? { ...this.trailing(), triggerTicks: random.chance(0.5) ? 0 : worse }
      : {}
    const stop: Terms = {
      ...common,
      lots,
      trigger: "stopLoss",
      triggerTicks: worse,
      ...(limit
        ? { priceTicks: Math.max(1, worse - sign * random.int(0, 2)) }
        : { type: "market", timeInForce: random.pick(["IOC", "FOK"] as const) }),
      ...trailing,
      selfTradePrevention: this.selfTradePrevention("limit")
    }
    return [first, stop]
  }

  cancelOrderList(): Command.Command {
    const { random, seen } = this
    const listed = [...seen.open.values()].filter(({ accepted }) => accepted.listId !== 0)
    const list =
      listed.length === 0 ? undefined : seen.lists.get(random.pick(listed).accepted.listId)
    const none = { _tag: "CancelOrderList", listId: Ids.ListId(0), clientListId: "" } as const
    if (list === undefined)
      return { ...none, accountId: this.trader.account(), clientListId: "l-1" }
    const { accountId, clientListId, listId } = list
    return random.weighted<Command.Command>([
      [60, { ...none, accountId, listId }],
      [clientListId === "" ? 2 : 30, { ...none, accountId, clientListId }],
      [4, { ...none, accountId, listId: Ids.ListId(random.int(0, seen.lists.size + 1)) }],
      [4, { ...none, accountId: this.trader.account(), listId }]
    ])
  }

  // ---- Cancelling, replacing and amending

  private openOrder(): TrackedOrder | undefined {
    const open = [...this.seen.open.values()]
    return open.length === 0 ? undefined : this.random.pick(open)
  }

  cancelOrder(): Command.Command {
    const { random } = this
    const order = this.openOrder()
    const old = Ids.OrderId(random.int(0, this.seen.orders.size + 1))
    if (order === undefined) {
      return {
        _tag: "CancelOrder",
        accountId: this.trader.account(),
        orderId: old,
        clientOrderId: ""
      }
    }
    const { accountId, clientOrderId, orderId } = order.accepted
    return random.weighted<CommandOf<"CancelOrder">>([
      [60, { _tag: "CancelOrder", accountId, orderId, clientOrderId: "" }],
      [
        clientOrderId === "" ? 2 : 35,
        { _tag: "CancelOrder", accountId, orderId: Ids.OrderId(0), clientOrderId }
      ],
      [5, { _tag: "CancelOrder", accountId, orderId, clientOrderId: "another" }],
      [4, { _tag: "CancelOrder", accountId, orderId: old, clientOrderId }],
      [6, { _tag: "CancelOrder", accountId: this.trader.account(), orderId, clientOrderId }]
    ])
  }

  cancelAll(): Command.Command {
    const { random } = this
    return {
      _tag: "CancelAll",
      accountId: this.trader.account(),
      marketId: random.chance(0.4) ? Ids.MarketId(0) : this.trader.market(),
      sides: random.pick(Order.sideFilters)
    }
  }

  cancelAfter(): Command.Command {
    const { random } = this
    const delayMs = random.weighted([
      [25, 0],
      [35, random.int(1, 100)],
      [30, random.int(1, 20_000)],
      [3, 86_400_000],
      [5, 86_400_001],
      [2, Number.MAX_SAFE_INTEGER]
    ])
    return { _tag: "CancelAfter", accountId: this.trader.account(), delayMs }
  }

  replaceOrder(): Command.Command {
    const { random } = this
    const order = this.openOrder()
    const common = {
      _tag: "ReplaceOrder",
      mode: random.pick(Order.replaceModes),
      replaceable: random.pick(Order.replaceables),
      cancelClientOrderId: ""
    } as const
    if (order === undefined || random.chance(0.05)) {
      const accountId = this.trader.account()
      const marketId = this.trader.market()
      const orderId = Ids.OrderId(random.int(0, this.seen.orders.size + 1))
      return { ...common, accountId, marketId, orderId, ...this.terms(marketId, accountId) }
    }
    const { accountId, clientOrderId, marketId, orderId } = order.accepted
    const terms = this.terms(marketId, accountId)
    return {
      ...common,
      accountId: random.chance(0.02) ? this.trader.account() : accountId,
      marketId: random.chance(0.02) ? this.trader.market() : marketId,
      ...(random.chance(0.7)
        ? { orderId, cancelClientOrderId: random.pick(["", "another"]) }
        : { orderId: Ids.OrderId(0), cancelClientOrderId: clientOrderId }),
      ...terms,
      clientOrderId: random.chance(0.3) ? clientOrderId : terms.clientOrderId
    }
  }

  amendOrder(): Command.Command {
    const { random } = this
    const inBook = [...this.seen.open.values()].filter(({ place }) => place === "book")
    const order =
      inBook.length === 0 || random.chance(0.06) ? this.openOrder() : random.pick(inBook)
    if (order === undefined || random.chance(0.02)) {
      return {
        _tag: "AmendOrder",
        accountId: this.trader.account(),
        marketId: this.trader.market(),
        orderId: Ids.OrderId(random.int(0, 9)),
        priceTicks: 1,
        lots: 0,
        clientOrderId: ""
      }
    }
    const { clientOrderId, orderId, side } = order.accepted
    const marketId = random.chance(0.02) ? this.trader.market() : order.accepted.marketId
    const accountId = random.chance(0.02) ? this.trader.account() : order.accepted.accountId
    const gone = order.lots - remainingOf(order)
    const less = gone + Math.max(1, Math.floor(remainingOf(order) * (random.u32() / 2 ** 32)))
    const price = this.price(marketId, side, false)
    const lots = random.weighted([
      [30, 0],
      [28, less],
      [15, Math.min(order.lots + random.int(1, 20), Number.MAX_SAFE_INTEGER)],
      [6, Math.min(order.lots * 2, Number.MAX_SAFE_INTEGER)],
      [4, order.lots],
      [5, gone],
      [2, Math.max(0, gone - 1)],
      [1, 1],
      [1, Market.lotsMax + 1],
      [1, Number.MAX_SAFE_INTEGER]
    ])
    const priceTicks = random.weighted([
      [30, 0],
      [10, order.priceTicks],
      [20, Math.max(1, order.priceTicks + random.int(-2, 2))],
      [34, price],
      [2, 1],
      [2, 20_001],
      [2, Number.MAX_SAFE_INTEGER]
    ])
    const amend = { _tag: "AmendOrder", accountId, marketId, priceTicks, lots } as const
    return clientOrderId !== "" && random.chance(0.3)
      ? { ...amend, orderId: Ids.OrderId(0), clientOrderId }
      : { ...amend, orderId, clientOrderId: "" }
  }

  // ---- Prices and quantities

  /** The reference price, or the middle where there is none. */
  private reference(marketId: number): number {
    const market = this.seen.markets.get(marketId)
    const reference = market === undefined ? 0 : this.seen.referenceOf(market)
    return reference === 0 ? (this.middles.get(marketId) ?? 100) : reference
  }

  /** Prices from outside are near the middle too. */
  outsidePrice(marketId: number, away: number): number {
    return Math.max(1, (this.middles.get(marketId) ?? 100) + this.random.int(-away, away))
  }

  /** How far from the middle most prices are: the third market has few prices. */
  private spread(marketId: number): number {
    return marketId === 3 ? 1 : 4
  }

  /** Near the middle, which wanders; a passive order usually stays on its side of it. */
  private price(marketId: number, side: Order.Side, passive: boolean): number {
    const { middles, random } = this
    let middle = middles.get(marketId) ?? 100
    if (middle > 2 && random.chance(0.05)) {
      middle = Math.max(8, middle + random.pick([-1, 1]))
      if (middles.has(marketId)) middles.set(marketId, middle)
    }
    if (!passive && side === "sell" && random.chance(0.02)) return 1
    const spread = this.spread(marketId)
    const away =
      passive || random.chance(this.trader.isBuilding ? 0.7 : 0.4)
        ? random.int(0, spread)
        : random.int(-Math.min(spread, 3), 0)
    return Math.max(1, side === "buy" ? middle - away : middle + away)
  }

  private lots(marketId: number): number {
    const { random } = this
    if (marketId === 2) {
      return random.weighted([
        [80, random.int(1, 12)],
        [8, random.int(12, 25)],
        [8, 26],
        [1, random.int(27, 90)],
        [1, random.int(91, 101)]
      ])
    }
    if (marketId === 3) {
      return random.weighted([
        [40, random.int(1, 30)],
        [25, 2 ** 51 + random.int(0, 1_000)],
        [14, Market.lotsMax - random.int(0, 1)],
        [15, random.int(1, 2 ** 20) * 2 ** 31],
        [1, Market.lotsMax + 1]
      ])
    }
    const usual = random.int(2, 30)
    return random.weighted([
      [92, usual],
      [6, usual * 2],
      [1, 1],
      [1, 65]
    ])
  }

  private budget(marketId: number, accountId: Ids.AccountId, side: Order.Side): bigint {
    const { random } = this
    const habit = habits.get(marketId) ?? habits.get(1)!
    const quoteAssetId = this.seen.markets.get(marketId)?.listed.quoteAssetId ?? 0
    const all = side === "buy" ? this.seen.available(accountId, quoteAssetId) : habit.quote
    const best = this.seen.book(marketId, side === "buy" ? "sell" : "buy")[0]
    const market = this.seen.markets.get(marketId)?.listed
    const wholeLots =
      best === undefined || market === undefined
        ? habit.quote
        : Market.notional(market, best.priceTicks, Math.min(best.shownLots, random.int(1, 3)))
    return random.weighted([
      [40, random.bigint(1n, habit.quote / 4n)],
      [15, random.bigint(1n, habit.quote)],
      [20, wholeLots],
      [10, wholeLots + 1n],
      [10, all],
      [3, all < unitsMax ? all + 1n : all],
      [1, unitsMax],
      [1, random.bigint(1n, 9_999n)]
    ])
  }

  /** Often one that others have too. */
  private deadline(): number {
    const { deadlines, random } = this
    const { time } = this.trader
    const ahead = deadlines.filter((deadline) => deadline > time)
    if (ahead.length > 0 && random.chance(0.6)) return random.pick(ahead)
    const deadline = random.weighted([
      [30, time + random.int(1, 10)],
      [40, time + random.int(10, 300)],
      [28, time + random.int(300, 20_000)],
      [1, time + 10 * IdempotencyKey.windowMs],
      [1, time]
    ])
    deadlines.push(deadline)
    if (deadlines.length > 6) deadlines.shift()
    return deadline
  }

  private clientOrderId(): string {
    const { random } = this
    return random.weighted([
      [60, ""],
      [38, `c-${random.int(1, 40)}`],
      [1, "C".repeat(36)],
      [0.5, "?"]
    ])
  }
}

const otherSide = (side: Order.Side): Order.Side => (side === "buy" ? "sell" : "buy")
