/** Sends a recording through a whole exchange and compares the result with what was recorded. */
import {
  Exchange,
  type ExchangeFailure,
  type ExchangeService,
  type PlacedOrder,
  type Storage
} from "@pandora-exchange/sdk"
import { Clock, Deferred, Effect, Semaphore, Stream } from "effect"
import { RecordedClock } from "./RecordedClock.ts"
import type { Call, RecordedTrade, Recording, Side } from "./Recording.ts"

export interface ReplayOptions {
  readonly storage: Storage
  /** Called after each answer with the number of answers so far. */
  readonly onAnswer?: (answers: number) => void
}

export interface Report {
  /** `place`, `cancel` and `amend` requests. */
  readonly calls: number
  /** Refused requests, by error code. */
  readonly refused: Readonly<Record<string, number>>
  /** Accepted orders, including those that were in the book before the recording begins. */
  readonly orders: number
  readonly trades: number
  readonly recordedTrades: number
  /** The pairs found by `pairTrades`. */
  readonly reproducedTrades: number
  readonly callsPerSecond: number
  /** From a request to its durable answer, with up to `inFlightMax` in flight. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Whether, for every asset, all accounts together hold exactly what was deposited. */
  readonly conserved: boolean
  readonly conservation: ReadonlyArray<{
    readonly asset: string
    readonly cameIn: string
    readonly conserved: boolean
  }>
  readonly stateHash: string
}

/** Requests that may be waiting for answers. */
export const inFlightMax = 1_000

/**
 * Replays the recording with the recorded time as the venue's clock: the same recording gives the
 * same state everywhere.
 */
export const replay = Effect.fnUntraced(function* (recording: Recording, options: ReplayOptions) {
  const clock = new RecordedClock(yield* Clock.Clock)
  return yield* run(recording, clock, options.onAnswer ?? (() => {})).pipe(
    Effect.provide(exchangeFor(recording, options.storage)),
    Effect.provideService(Clock.Clock, clock)
  )
})

const marketOf = ({ base, quote }: Recording): string => `${base.symbol}-${quote.symbol}`

const exchangeFor = (recording: Recording, storage: Storage) => {
  const { base, lotSize, maxPrice, quote, tickSize } = recording
  return Exchange.layer({
    storage,
    assets: [base, quote].map(({ scale, symbol }) => ({ symbol, scale })),
    markets: [
      {
        symbol: marketOf(recording),
        base: base.symbol,
        quote: quote.symbol,
        tickSize,
        lotSize,
        maxPrice
      }
    ],
    // Two accounts hold the orders of a whole exchange.
    limits: { openOrdersPerAccountMax: 1_000_000 }
  })
}

const run = Effect.fnUntraced(function* (
  recording: Recording,
  clock: RecordedClock,
  onAnswer: (answers: number) => void
) {
  const exchange = yield* Exchange
  clock.advanceTo(recording.calls[0]?.time ?? 0)
  const flow = new Flow(exchange, recording, {
    buy: yield* fundedAccount(exchange, recording, "buyers"),
    sell: yield* fundedAccount(exchange, recording, "sellers")
  })
  const begin = performance.now()
  yield* send(flow, recording.calls, clock, onAnswer)
  const seconds = (performance.now() - begin) / 1_000

  const trades = yield* tradesInJournal(exchange, flow)
  const conservation = yield* exchange.conservation()
  const latenciesMs = flow.latenciesMs.sort((a, b) => a - b)
  const report: Report = {
    calls: latenciesMs.length,
    refused: Object.fromEntries(flow.refused),
    orders: flow.idOf.size,
    trades: trades.length,
    recordedTrades: recording.trades.length,
    reproducedTrades: pairTrades(recording.trades, trades).length,
    callsPerSecond: Math.round(latenciesMs.length / seconds),
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    conserved: conservation.every(({ conserved }) => conserved),
    conservation: conservation.map(({ asset, cameIn, conserved }) => ({
      asset,
      cameIn,
      conserved
    })),
    stateHash: yield* exchange.stateHash()
  }
  return { report, trades }
})

const fundedAccount = Effect.fnUntraced(function* (
  exchange: ExchangeService,
  { base, quote }: Recording,
  reference: string
) {
  const { account } = yield* exchange.openAccount({ reference })
  for (const { credit, symbol } of [base, quote])
    yield* exchange.credit({ account, asset: symbol, amount: credit })
  return account
})

/** Turns calls into requests, and keeps what the answers report. */
class Flow {
  readonly market: string
  readonly latenciesMs: Array<number> = []
  readonly refused = new Map<string, number>()
  /** For each accepted order, from the exchange's number to its id in the recording. */
  readonly idOf = new Map<number, string | undefined>()
  /** The number of the last order placed with an id. */
  readonly numberOf = new Map<string, number>()
  trades = 0
  private readonly exchange: ExchangeService
  private readonly accounts: Readonly<Record<Side, number>>

  constructor(
    exchange: ExchangeService,
    recording: Recording,
    accounts: Readonly<Record<Side, number>>
  ) {
    this.exchange = exchange
    this.market = marketOf(recording)
    this.accounts = accounts
  }

  /** A refusal is an answer like any other. */
  request(call: Call) {
    return Effect.suspend(() => {
      const sent = performance.now()
      return this.answered(call).pipe(
        Effect.catchTag("Refused", ({ code }) =>
          Effect.sync(() => void this.refused.set(code, (this.refused.get(code) ?? 0) + 1))
        ),
        Effect.tap(() => Effect.sync(() => void this.latenciesMs.push(performance.now() - sent)))
      )
    })
  }

  private answered(call: Call): Effect.Effect<unknown, ExchangeFailure> {
    const { exchange, market } = this
    const { side } = call
    const account = this.accounts[side]
    switch (call.kind) {
      case "place": {
        const { id, price, quantity } = call
        const order = exchange.place({ account, market, side, price, quantity, clientOrderId: id })
        return Effect.map(order, (placed) => this.placed(id, placed))
      }
      case "take": {
        const { price, quantity } = call
        const order = exchange.place({ account, market, side, price, quantity, timeInForce: "IOC" })
        return Effect.map(order, (placed) => this.placed(undefined, placed))
      }
      case "cancel":
        return exchange.cancel({ account, clientOrderId: call.id })
      case "reduce":
        return exchange.amend({
          account,
          market,
          order: this.numberOf.get(call.id)!,
          quantity: call.quantity
        })
    }
  }

  private placed(id: string | undefined, { fills, order }: PlacedOrder): void {
    this.trades += fills.length
    this.idOf.set(order, id)
    if (id !== undefined) this.numberOf.set(id, order)
  }
}

/**
 * Sends the calls in order without waiting for earlier answers: a cancel names its order by the id
 * it was placed with. Only an amend needs the exchange's order number, and waits if the answer with
 * it has not arrived.
 */
const send = Effect.fnUntraced(function* (
  flow: Flow,
  calls: ReadonlyArray<Call>,
  clock: RecordedClock,
  onAnswer: (answers: number) => void
) {
  const inFlight = yield* Semaphore.make(inFlightMax)
  const allAnswered = inFlight.withPermits(inFlightMax)(Effect.void)
  const failed = yield* Deferred.make<never, ExchangeFailure>()

  const sendAll = Effect.gen(function* () {
    for (const call of calls) {
      if (call.kind === "reduce" && !flow.numberOf.has(call.id)) {
        yield* allAnswered
        // The order was refused.
        if (!flow.numberOf.has(call.id)) continue
      }
      yield* inFlight.take(1)
      clock.advanceTo(call.time)
      const answered = flow.request(call).pipe(
        Effect.tap(() => Effect.sync(() => onAnswer(flow.latenciesMs.length))),
        Effect.catchCause((cause) => Deferred.failCause(failed, cause)),
        Effect.andThen(inFlight.release(1))
      )
      yield* Effect.forkChild(answered, { startImmediately: true })
    }
    yield* allAnswered
  })
  yield* Effect.raceFirst(sendAll, Deferred.await(failed))
})

/** All trades, read back from the journal. */
const tradesInJournal = (exchange: ExchangeService, { idOf, market, trades }: Flow) =>
  exchange.trades({ market, from: 1 }).pipe(
    Stream.take(trades),
    Stream.map(
      ({ makerOrder, price, quantity }): RecordedTrade => ({
        price,
        quantity,
        maker: idOf.get(makerOrder)
      })
    ),
    Stream.runCollect
  )

/**
 * Pairs each recorded trade, by position, with one of those that were made. Two trades match when
 * price, quantity and, where the recording names it, the resting order are equal; among several
 * equal ones the first matches the first, the second the second.
 */
export const pairTrades = (
  recorded: ReadonlyArray<RecordedTrade>,
  made: ReadonlyArray<RecordedTrade>
): ReadonlyArray<readonly [recorded: number, made: number]> => {
  const namesMakers = recorded.some(({ maker }) => maker !== undefined)
  const keyOf = ({ maker, price, quantity }: RecordedTrade) =>
    `${quantity} at ${price} ${namesMakers ? maker : ""}`
  const unpaired = new Map<string, Array<number>>()
  made.forEach((trade, i) => {
    const key = keyOf(trade)
    const equal = unpaired.get(key)
    if (equal === undefined) unpaired.set(key, [i])
    else equal.push(i)
  })
  return recorded.flatMap((trade, i) => {
    const first = unpaired.get(keyOf(trade))?.shift()
    return first === undefined ? [] : [[i, first] as const]
  })
}

/** The smallest value that at least this fraction of the values does not exceed. */
const percentile = (ascending: ReadonlyArray<number>, part: number): number =>
  ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)] ?? 0
