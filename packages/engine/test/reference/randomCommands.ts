/**
 * Commands from a seed, made so that many of them succeed: it reads the events of each command and
 * so knows the live orders, holds and balances. Every refusal reason, every event and every end of
 * an order occurs.
 */
import {
  Account,
  type Command,
  type Event,
  IdempotencyKey,
  Ids,
  Market
} from "@pandora-exchange/core"
import { type Limits, limitsDefault } from "../../src/Limits.ts"
import { Bookkeeping } from "./Bookkeeping.ts"
import { type CommandOf, rulesVersion } from "./NaiveState.ts"
import { habits, RandomOrders, type Trader } from "./RandomOrders.ts"

/** A command, its time and how it may be repeated. */
export type Asked = readonly [
  time: number,
  command: Command.Command,
  requestKey?: Command.RequestKey
]

export interface RandomOptions {
  /** Time of the first command. */
  readonly startTime?: number
  /** The current time, for a world with its own clock. */
  readonly now?: () => number
}

/** Limits that a few hundred commands reach. */
export const limitsSmall: Limits = {
  ...limitsDefault,
  assetsMax: 7,
  marketsMax: 5,
  accountsMax: 10,
  openOrdersMax: 60,
  openOrdersPerAccountMax: 12,
  conditionalOrdersPerAccountMax: 7,
  trailingOrdersPerMarketMax: 7,
  icebergPartsMax: 5,
  holdsMax: 6,
  keysMax: 40,
  keysPerAccountMax: 9,
  sourcesMax: 4,
  priceSourcesPerMarketMax: 3,
  dueWorkMax: 2,
  keyDropsPerCommandMax: 2
}

/**
 * `count` commands; `next` takes all events of the previous command, including those of due work.
 * The same seed, options and events give the same commands.
 */
export function* randomCommands(
  seed: number,
  count: number,
  options: RandomOptions = {}
): Generator<Asked, void, ReadonlyArray<Event.Event>> {
  const customer = new Customer(new Random(seed), options.startTime ?? 1_800_000_000_000)
  for (let i = 0; i < count; i++) {
    if (options.now !== undefined) customer.time = options.now()
    const asked = customer.next()
    customer.learn(asked, yield asked)
  }
}

/** sfc32, seeded by splitmix32: 128 bits of state, the same numbers on every machine. */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  constructor(seed: number) {
    let state = seed >>> 0
    const word = (): number => {
      state = (state + 0x9e3779b9) | 0
      let z = state ^ (state >>> 16)
      z = Math.imul(z, 0x21f0aaad)
      z ^= z >>> 15
      z = Math.imul(z, 0x735a2d97)
      return z ^ (z >>> 15)
    }
    this.a = word()
    this.b = word()
    this.c = word()
    for (let i = 0; i < 12; i++) this.u32()
  }

  u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0
    return t >>> 0
  }

  /** A whole number from `min` to `max`, both included; their distance is below 2^32. */
  int(min: number, max: number): number {
    return min + Math.floor((this.u32() / 2 ** 32) * (max - min + 1))
  }

  bigint(min: bigint, max: bigint): bigint {
    if (max <= min) return min
    const bits = (BigInt(this.u32()) << 32n) | BigInt(this.u32())
    return min + (bits % (max - min + 1n))
  }

  chance(probability: number): boolean {
    return this.u32() / 2 ** 32 < probability
  }

  pick<A>(values: ReadonlyArray<A>): A {
    return values[this.int(0, values.length - 1)]!
  }

  /** One of the values, as often as its weight says. */
  weighted<A>(values: ReadonlyArray<readonly [weight: number, value: A]>): A {
    let at = (this.u32() / 2 ** 32) * values.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of values) {
      at -= weight
      if (at < 0) return value
    }
    return values[0]![1]
  }
}

const unitsMax = 2n ** 63n - 1n
const nowhere = Ids.AccountId(4_000_000_000)
const windowMs = IdempotencyKey.windowMs

/** Reasons given before a command's number counts. */
const notCounted: ReadonlyArray<string> = [
  "UnknownAccount",
  "SourceNumberUsed",
  "SourceNumberGap",
  "TooManySources"
]

const assets: ReadonlyArray<CommandOf<"ListAsset">> = [
  { _tag: "ListAsset", scale: 8, symbol: "BTC" },
  { _tag: "ListAsset", scale: 6, symbol: "USDT" },
  { _tag: "ListAsset", scale: 18, symbol: "GEM" },
  { _tag: "ListAsset", scale: 18, symbol: "WEI" },
  { _tag: "ListAsset", scale: 0, symbol: "ONE" }
]

/**
 * A common one; one of large scales, where 25 lots are worth nearly 2^53 and 91 are more than that
 * of base; one whose lots come near 2^52, so that levels fill up.
 */
const markets: ReadonlyArray<CommandOf<"ListMarket">> = [
  {
    _tag: "ListMarket",
    baseAssetId: Ids.AssetId(1),
    quoteAssetId: Ids.AssetId(2),
    tickMantissa: 5,
    tickScale: 1,
    lotUnits: 100_000n,
    lotsMin: 2,
    lotsMax: 64,
    ticksMax: 200,
    notionalMin: 205_000n,
    notionalMax: 6_000_000n,
    makerRate: 100,
    takerRate: 250,
    symbol: "BTC/USDT"
  },
  {
    _tag: "ListMarket",
    baseAssetId: Ids.AssetId(3),
    quoteAssetId: Ids.AssetId(4),
    tickMantissa: 7,
    tickScale: 3,
    lotUnits: 10n ** 14n,
    lotsMin: 1,
    lotsMax: 100,
    ticksMax: 20_000,
    notionalMin: 0n,
    notionalMax: unitsMax,
    makerRate: 0,
    takerRate: 9_999,
    symbol: "GEM/WEI"
  },
  {
    _tag: "ListMarket",
    baseAssetId: Ids.AssetId(5),
    quoteAssetId: Ids.AssetId(4),
    tickMantissa: 1,
    tickScale: 18,
    lotUnits: 1n,
    lotsMin: 1,
    lotsMax: Market.lotsMax,
    ticksMax: 2_000,
    notionalMin: 1n,
    notionalMax: unitsMax,
    makerRate: 1,
    takerRate: 3,
    symbol: "ONE/WEI"
  }
]

const rulesOff: CommandOf<"SetMarketRules"> = {
  _tag: "SetMarketRules",
  marketId: Ids.MarketId(0),
  ...Market.noRules
}

interface SentKey {
  readonly key: IdempotencyKey.IdempotencyKey
  readonly madeAt: number
  readonly command: Command.Command
}

class Customer implements Trader {
  readonly random: Random
  time: number
  readonly seen = new Bookkeeping()
  private readonly orders = new RandomOrders(this)
  /** What comes next, regardless of the random numbers. */
  private readonly planned: Array<Command.Command>
  private readonly keys: Array<SentKey> = []
  private readonly sources = new Map<string, number>()
  private symbols = 0
  isBuilding = true

  constructor(random: Random, time: number) {
    this.random = random
    this.time = time
    const users = Array.from(
      { length: 6 },
      (_, i): Command.Command => ({
        _tag: "OpenAccount",
        kind: "user",
        reference: i % 2 === 0 ? `user-${i}` : ""
      })
    )
    const credits = users.flatMap((_, i) =>
      assets.map((_, j) => this.creditOf(Ids.AccountId(1000 + i), Ids.AssetId(j + 1), 6n))
    )
    this.planned = [...assets, ...markets, ...users, ...credits]
  }

  next(): Asked {
    const { random } = this
    if (random.chance(0.004)) this.isBuilding = !this.isBuilding
    const first = this.planned.shift()
    if (first !== undefined) return [this.time, first]

    this.time += random.weighted([
      [60, random.int(0, 2)],
      [28, random.int(0, 30)],
      [10, random.int(0, 2_000)],
      [1.5, random.int(0, 900_000)],
      [0.1, random.int(windowMs / 4, windowMs)],
      [0.1, windowMs]
    ])
    const repeated = random.chance(0.03) ? this.repetition() : undefined
    if (repeated !== undefined) return repeated
    const command = this.command()
    if (random.chance(0.13)) return [this.time, command, this.key(command)]
    if (random.chance(0.06)) return [this.time, command, this.source()]
    return [this.time, command]
  }

  learn([, , requestKey]: Asked, events: ReadonlyArray<Event.Event>): void {
    this.seen.accept(events)
    const last = events.at(-1)
    if (
      requestKey?._tag === "Source" &&
      !(last?._tag === "Rejected" && notCounted.includes(last.reason))
    ) {
      this.sources.set(requestKey.source, requestKey.number)
    }
  }

  // ---- Request keys

  private key(command: Command.Command): Command.RequestKey {
    const { random, time } = this
    const madeAt = random.weighted([
      [60, time - random.int(0, 5_000)],
      [20, time + random.int(0, 50_000)],
      [3, time + IdempotencyKey.aheadMsMax],
      [3, time + IdempotencyKey.aheadMsMax + 1],
      [2, time - windowMs],
      [2, time - windowMs + 1],
      [4, time - random.int(0, 2 * windowMs)],
      [10, (this.keys.length > 0 ? random.pick(this.keys).madeAt : time) + random.int(-1, 1)]
    ])
    const key = this.keyMadeAt(Math.max(0, madeAt))
    this.keys.push({ key, madeAt, command })
    if (this.keys.length > 80) this.keys.shift()
    return { _tag: "Key", key }
  }

  private keyMadeAt(madeAt: number): IdempotencyKey.IdempotencyKey {
    const { random } = this
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")
    const time = hex(madeAt, 12)
    const a = hex(random.int(0, 0xfff), 3)
    const b = random.pick(["8", "9", "a", "b"]) + hex(random.int(0, 0xfff), 3)
    const c = hex(random.int(0, 0xffffff), 6) + hex(random.int(0, 0xffffff), 6)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${a}-${b}-${c}` as IdempotencyKey.IdempotencyKey
  }

  /**
   * A key that was sent before: usually with its command, otherwise with another of the same
   * account.
   */
  private repetition(): Asked | undefined {
    const { keys, random, time } = this
    if (keys.length === 0) return undefined
    const sent = random.chance(0.5) ? random.pick(keys.slice(-8)) : random.pick(keys)
    const requestKey: Command.RequestKey = { _tag: "Key", key: sent.key }
    if (random.chance(0.7)) return [time, sent.command, requestKey]
    const { command } = sent
    if (!("accountId" in command)) return [time, { _tag: "AdvanceTime" }, requestKey]
    if ("amount" in command && random.chance(0.5))
      return [time, { ...command, amount: command.amount ^ 1n }, requestKey]
    return [
      time,
      {
        _tag: "CancelAll",
        accountId: command.accountId,
        marketId: Ids.MarketId(random.int(0, 3)),
        sides: "both"
      },
      requestKey
    ]
  }

  private source(): Command.RequestKey {
    const { random, sources } = this
    const source = random.pick([
      "deposits",
      "withdrawals",
      "deposits",
      "withdrawals",
      "prices",
      "fees",
      "fifth"
    ])
    const last = sources.get(source) ?? 0
    const number = random.weighted([
      [80, last + 1],
      [7, last],
      [3, random.int(0, last)],
      [7, last + 2],
      [3, Number.MAX_SAFE_INTEGER]
    ])
    return { _tag: "Source", source, number }
  }

  // ---- Commands

  private command(): Command.Command {
    const { orders, random } = this
    const make = random.weighted<() => Command.Command>([
      [48, () => orders.placeOrder()],
      [9, () => orders.placeOrderList()],
      [11, () => orders.amendOrder()],
      [4, () => orders.replaceOrder()],
      [this.isBuilding ? 3 : 9, () => orders.cancelOrder()],
      [0.8, () => orders.cancelOrderList()],
      [this.isBuilding ? 0.2 : 1, () => orders.cancelAll()],
      [1, () => orders.cancelAfter()],
      [9, () => this.credit()],
      [1.6, () => this.reverse()],
      [2.5, () => this.hold()],
      [1.5, () => this.settleHold()],
      [1.2, () => this.releaseHold()],
      [3, () => this.transfer()],
      [this.isAnyMarketClosed() ? 12 : 1, () => this.setMarketStatus()],
      [0.6, () => this.setMarketFees()],
      [1.5, () => this.setMarketRules()],
      [0.8, () => this.setAccountTerms()],
      [0.8, () => this.openAccount()],
      [0.6, () => this.listAsset()],
      [1.2, () => this.listMarket()],
      [6, () => this.setPrice()],
      [1.5, () => this.storm()],
      [0.3, () => this.slidingStop()],
      [2, () => ({ _tag: "AdvanceTime" })],
      [
        0.1,
        () => ({
          _tag: "ChangeRules",
          formatVersion: 1,
          parts: 2,
          ...random.pick([
            { rulesVersion, part: 2 },
            { rulesVersion, part: 1 },
            { rulesVersion: rulesVersion + 1, part: 2 }
          ])
        })
      ]
    ])
    return make()
  }

  account(): Ids.AccountId {
    const { random, seen } = this
    const opened = [...seen.accounts.keys()].filter((accountId) => accountId >= 1000)
    return Ids.AccountId(
      random.weighted([
        [70, random.pick(opened.slice(0, 4))],
        [24, random.pick(opened)],
        [4, Account.houseAccountId],
        [0.5, Account.externalAccountId],
        [0.5, Account.receivableAccountId],
        [0.5, nowhere],
        [0.5, 0]
      ])
    )
  }

  private asset(): Ids.AssetId {
    const { random, seen } = this
    return Ids.AssetId(
      random.chance(0.02)
        ? random.pick([0, seen.assets.size + 1, 65_535])
        : random.int(1, seen.assets.size)
    )
  }

  market(): Ids.MarketId {
    const { random, seen } = this
    return Ids.MarketId(
      random.weighted([
        [97, random.int(1, 3)],
        [2, random.int(1, seen.markets.size)],
        [1, random.pick([0, seen.markets.size + 1, 65_535])]
      ])
    )
  }

  /** Up to, around or far from the available amount. */
  private amountNear(available: bigint): bigint {
    const { random } = this
    return random.weighted([
      [60, random.bigint(1n, available / 2n + 1n)],
      [10, available],
      [10, available < unitsMax ? available + 1n : available],
      [10, random.bigint(1n, 2n * available + 1n) % unitsMax],
      [3, 1n],
      [2, 0n],
      [1, -1n],
      [1, -(2n ** 63n)],
      [1, unitsMax]
    ])
  }

  private creditOf(
    accountId: Ids.AccountId,
    assetId: Ids.AssetId,
    orders: bigint
  ): CommandOf<"Credit"> {
    const { random } = this
    const worth = markets.flatMap((market, i) => {
      const habit = habits.get(i + 1)!
      return market.baseAssetId === assetId
        ? [habit.base]
        : market.quoteAssetId === assetId
          ? [habit.quote]
          : []
    })
    const one = worth.length === 0 ? 1_000n : random.pick(worth)
    return {
      _tag: "Credit",
      accountId,
      assetId,
      amount: random.bigint(1n, (one * orders) / 3n),
      reference: ""
    }
  }

  private credit(): Command.Command {
    const { random } = this
    const command = this.creditOf(this.account(), this.asset(), 4n)
    const amount = random.weighted([
      [92, command.amount],
      [2, 0n],
      [2, -command.amount],
      [2, unitsMax],
      [2, unitsMax - random.bigint(0n, 10n ** 18n)]
    ])
    return { ...command, amount, reference: referenceOf(amount) }
  }

  private reverse(): Command.Command {
    const accountId = this.account()
    const assetId = this.asset()
    const owed = -this.seen.available(Account.externalAccountId, assetId)
    const amount = this.random.weighted([
      [70, this.amountNear(this.seen.available(accountId, assetId))],
      [20, this.random.bigint(1n, owed / 4n)],
      [5, owed],
      [5, owed < unitsMax ? owed + 1n : owed]
    ])
    return { _tag: "Reverse", accountId, assetId, amount, reference: referenceOf(amount) }
  }

  private hold(): Command.Command {
    const accountId = this.account()
    const assetId = this.asset()
    const amount = this.amountNear(this.seen.available(accountId, assetId))
    return { _tag: "Hold", accountId, assetId, amount, reference: referenceOf(amount) }
  }

  private heldOne(): Event.EventOf<"Held"> | undefined {
    const holds = [...this.seen.holds.values()]
    return holds.length === 0 || this.random.chance(0.05) ? undefined : this.random.pick(holds)
  }

  private settleHold(): Command.Command {
    const held = this.heldOne()
    if (held === undefined)
      return { _tag: "SettleHold", holdId: Ids.HoldId(this.random.int(0, 100)), fee: 0n }
    const fee = this.random.weighted([
      [40, 0n],
      [30, this.random.bigint(0n, held.amount)],
      [10, held.amount],
      [10, held.amount < unitsMax ? held.amount + 1n : held.amount],
      [10, -1n]
    ])
    return { _tag: "SettleHold", holdId: held.holdId, fee }
  }

  private releaseHold(): Command.Command {
    const holdId = this.heldOne()?.holdId ?? Ids.HoldId(this.random.int(0, 100))
    return { _tag: "ReleaseHold", holdId }
  }

  private transfer(): Command.Command {
    const { random } = this
    const accountId = this.account()
    const receiverId = random.weighted<Ids.AccountId>([
      [80, this.account()],
      [12, Account.receivableAccountId],
      [6, accountId],
      [2, Ids.AccountId(999_999)]
    ])
    const assetId = this.asset()
    const owed = -this.seen.available(Account.receivableAccountId, assetId)
    const amount =
      receiverId === Account.receivableAccountId && random.chance(0.6)
        ? random.pick([owed, owed + 1n, owed / 2n])
        : this.amountNear(this.seen.available(accountId, assetId))
    return {
      _tag: "Transfer",
      accountId,
      receiverId,
      assetId,
      amount: amount > unitsMax ? unitsMax : amount
    }
  }

  // ---- Listing

  private isAnyMarketClosed(): boolean {
    return [...this.seen.markets.values()].some(({ status }) => status !== "open")
  }

  private setMarketStatus(): Command.Command {
    const { random, seen } = this
    const closed = [...seen.markets]
      .filter(([, { status }]) => status !== "open")
      .map(([marketId]) => marketId)
    if (closed.length > 0 && random.chance(0.8)) {
      return {
        _tag: "SetMarketStatus",
        marketId: Ids.MarketId(random.pick(closed)),
        status: "open"
      }
    }
    return {
      _tag: "SetMarketStatus",
      marketId: this.market(),
      status: random.pick(Market.marketStatuses)
    }
  }

  private rate(): number {
    const { random } = this
    return random.weighted([
      [20, 0],
      [60, random.int(1, 400)],
      [10, 10_000],
      [2, 10_001],
      [1, 4_294_967_295]
    ])
  }

  private setMarketFees(): Command.Command {
    const { random } = this
    const tier = random.weighted([
      [50, 0],
      [40, random.int(1, 3)],
      [5, 31],
      [5, 32]
    ])
    return {
      _tag: "SetMarketFees",
      marketId: this.market(),
      tier,
      makerRate: this.rate(),
      takerRate: this.rate()
    }
  }

  private setAccountTerms(): Command.Command {
    const { random } = this
    const feeTier = random.weighted([
      [50, random.int(0, 3)],
      [5, 31],
      [5, 32]
    ])
    return {
      _tag: "SetAccountTerms",
      accountId: this.account(),
      feeTier,
      tradeGroup: random.pick([0, 0, 7, 7, 4_294_967_295])
    }
  }

  /** Usually all but one or two are off, so that most orders still pass. */
  private setMarketRules(): Command.Command {
    const { random } = this
    const marketId = this.market()
    const { base, middle } = habits.get(marketId) ?? habits.get(1)!
    const some: ReadonlyArray<Partial<CommandOf<"SetMarketRules">>> = [
      { ticksMin: Math.max(1, middle - random.int(-1, 4)) },
      { marketLotsMin: 4 },
      { marketLotsMax: random.int(5, 25) },
      { notionalMinForMarket: true },
      { notionalMaxForMarket: true },
      { buyBandDown: 9_800, buyBandUp: 10_200 },
      { sellBandDown: 9_800, sellBandUp: 10_200 },
      { buyBandUp: 10_000, sellBandDown: 10_000 },
      { rangeDown: random.int(9_700, 10_000), rangeUp: random.int(10_000, 10_300) },
      { rangeDown: 9_900, rangeUp: 10_100 },
      { positionMax: random.bigint(base, 4n * base) }
    ]
    const spoilt: ReadonlyArray<Partial<CommandOf<"SetMarketRules">>> = [
      { ticksMin: Number.MAX_SAFE_INTEGER },
      { marketLotsMin: 9, marketLotsMax: 8 },
      { marketLotsMax: Number.MAX_SAFE_INTEGER },
      { buyBandDown: 10_001 },
      { rangeUp: 9_999 },
      { sellBandUp: 1_000_001 },
      { positionMax: -1n },
      { triggerSource: "a b" }
    ]
    return {
      ...rulesOff,
      marketId,
      triggerSource: random.chance(0.35) ? `source-${random.int(1, 4)}` : "",
      ...(random.chance(0.6) ? random.pick(some) : {}),
      ...(random.chance(0.3) ? random.pick(some) : {}),
      ...(random.chance(0.1) ? random.pick(spoilt) : {})
    }
  }

  private openAccount(): Command.Command {
    const { random } = this
    const reference = random.weighted([
      [30, `user-${random.int(0, 5)}`],
      [30, `more:${random.int(0, 20)}`],
      [15, ""],
      [5, "a".repeat(64)],
      [5, "white space"],
      [5, "~"]
    ])
    return {
      _tag: "OpenAccount",
      kind: random.pick(["user", "user", "user", "user", "house", "external", "loan"]),
      reference
    }
  }

  private symbol(): string {
    const { random } = this
    this.symbols++
    return random.weighted([
      [60, `NEW${this.symbols}`],
      [15, random.pick(["BTC", "USDT", "GEM", "BTC/USDT", "GEM/WEI"])],
      [5, ""],
      [5, "lower"],
      [5, "WAYTOOLONGASYMBOLFORANYTHING1234567890"],
      [3, "A B"]
    ])
  }

  private listAsset(): Command.Command {
    const { random } = this
    return { _tag: "ListAsset", scale: random.pick([0, 2, 8, 18, 19, 255]), symbol: this.symbol() }
  }

  /** A valid market, usually with one thing wrong. */
  private listMarket(): Command.Command {
    const { random } = this
    const good: CommandOf<"ListMarket"> = { ...random.pick(markets), symbol: this.symbol() }
    const spoilt: ReadonlyArray<Partial<CommandOf<"ListMarket">>> = [
      {},
      {},
      { baseAssetId: this.asset() },
      { quoteAssetId: good.baseAssetId },
      { quoteAssetId: this.asset(), tickScale: 0 },
      { tickMantissa: 0 },
      { tickMantissa: Number.MAX_SAFE_INTEGER, lotUnits: unitsMax },
      { tickScale: 19 },
      { lotUnits: 0n },
      { lotUnits: -100_000n },
      { lotUnits: 1n, tickScale: 18 },
      { lotsMin: 0 },
      { lotsMin: good.lotsMax + 1 },
      { lotsMax: Market.lotsMax + 1 },
      { ticksMax: 0 },
      { ticksMax: Market.ticksMax },
      { ticksMax: Market.ticksMax + 1, lotsMin: 1, lotsMax: 1 },
      { notionalMin: -1n },
      { notionalMin: 10n, notionalMax: 9n },
      { makerRate: 10_001 },
      { takerRate: 4_294_967_295 }
    ]
    return { ...good, ...random.pick(spoilt) }
  }

  private setPrice(): Command.Command {
    const { random } = this
    const marketId = this.market()
    const priceTicks = random.weighted([
      [80, this.orders.outsidePrice(marketId, 5)],
      [8, random.int(1, 200)],
      [4, 0],
      [4, 20_001],
      [2, Number.MAX_SAFE_INTEGER]
    ])
    const named = this.seen.markets.get(marketId)?.rules?.triggerSource ?? ""
    const source = random.weighted([
      [60, named === "" ? `source-${random.int(1, 3)}` : named],
      [30, `source-${random.int(1, 4)}`],
      [2, ""],
      [2, "a b"],
      [2, "x".repeat(33)],
      [2, "X".repeat(32)]
    ])
    return { _tag: "SetPrice", marketId, priceTicks, source }
  }

  /**
   * A stop that has to slide to a lower price when it begins: to one that the bands do not allow,
   * or for which its lots are too few.
   */
  private slidingStop(): Command.Command {
    const isBanded = this.random.chance(0.5)
    const marketId = Ids.MarketId(1)
    const source = "source-1"
    const middle = this.orders.outsidePrice(marketId, 0)
    const smallest = this.orders.smallestStop(marketId, middle + 2, middle + 12)
    if (smallest === undefined) return this.storm()
    const stop = { ...smallest, lots: isBanded ? smallest.lots * 2 : smallest.lots }
    this.planned.push(
      { _tag: "SetPrice", marketId, priceTicks: middle, source },
      { _tag: "PlaceOrder", accountId: this.account(), marketId, ...stop },
      { _tag: "SetPrice", marketId, priceTicks: middle + 2, source }
    )
    return { ...rulesOff, marketId, triggerSource: source, buyBandDown: isBanded ? 10_000 : 0 }
  }

  /**
   * The price jumps, so that more starts than one command executes; often the market closes in the
   * meantime, or its rules change.
   */
  private storm(): Command.Command {
    const { random } = this
    const waiting = [...this.seen.open.values()].filter(({ place }) => place === "trigger")
    const marketId = waiting.length === 0 ? this.market() : random.pick(waiting).accepted.marketId
    const source = "source-1"
    this.planned.push({
      _tag: "SetPrice",
      marketId,
      priceTicks: this.orders.outsidePrice(marketId, 12),
      source
    })
    if (random.chance(0.6)) {
      this.planned.push({
        _tag: "SetMarketStatus",
        marketId,
        status: random.pick(Market.marketStatuses)
      })
    } else if (random.chance(0.4))
      this.planned.push({ ...rulesOff, marketId, triggerSource: "source-4" })
    const bands = random.chance(0.3) ? { buyBandDown: 10_000, sellBandUp: 10_000 } : {}
    return { ...rulesOff, ...bands, marketId, triggerSource: source }
  }
}

const referenceOf = (amount: bigint): string => (amount % 7n === 0n ? "" : `r/${amount}`)
