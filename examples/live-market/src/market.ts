/**
 * The exchange with its traders: opening it, sending it the flow's requests, and observing the
 * result.
 */
import {
  createExchange,
  type Depth,
  ExchangeError,
  type PlacedOrder,
  type PlaceOrder,
  type PromiseExchange
} from "@pandora-exchange/sdk"
import { createHistogram } from "node:perf_hooks"
import { setTimeout as sleep } from "node:timers/promises"
import { type Flow, instruments, type Request } from "./flow.ts"

const snapshotEvery = 200_000

/** The exchange in `folder`, with its listings and traders. */
export const openExchange = (
  folder: string,
  onRecovery: (sequence: number) => void
): Promise<PromiseExchange> =>
  createExchange({
    storage: { folder },
    snapshotEvery,
    onRecovery,
    assets: [{ symbol: "BTC" }, { symbol: "ETH" }, { symbol: "USDT" }],
    markets: instruments.map(({ base, priceScale, quantityScale, quote, symbol }) => ({
      symbol,
      base,
      quote,
      tickSize: (10 ** -priceScale).toFixed(priceScale),
      lotSize: (10 ** -quantityScale).toFixed(quantityScale),
      makerFee: "0.0002",
      takerFee: "0.0005"
    }))
  })

export interface Trader {
  readonly name: string
  readonly account: number
}

const makersCount = 4
const takersCount = 4

/** The traders' accounts by reference: the same ones after a restart. */
export const openTraders = async (exchange: PromiseExchange) => {
  const open = async (role: string, count: number): Promise<Array<Trader>> => {
    const names = Array.from({ length: count }, (_, i) => `${role}-${i + 1}`)
    return Promise.all(
      names.map(async (name) => ({
        name,
        account: (await exchange.openAccount({ reference: name })).account
      }))
    )
  }
  return { makers: await open("maker", makersCount), takers: await open("taker", takersCount) }
}

export type Traders = Awaited<ReturnType<typeof openTraders>>

/**
 * What every trader is given, and given again once half of it is gone: fees and luck move it
 * around.
 */
const endowment: Readonly<Record<string, number>> = { BTC: 500, ETH: 10_000, USDT: 50_000_000 }

export const fund = async (
  exchange: PromiseExchange,
  { makers, takers }: Traders
): Promise<void> => {
  await Promise.all(
    [...makers, ...takers].map(async ({ account }) => {
      const balances = await exchange.balances({ account })
      for (const [asset, enough] of Object.entries(endowment)) {
        const balance = balances.find((other) => other.asset === asset)
        // Precise enough for this decision; booked amounts never pass through a number.
        const has = balance === undefined ? 0 : Number(balance.available) + Number(balance.held)
        if (has < enough / 2)
          await exchange.credit({ account, asset, amount: String(Math.ceil(enough - has)) })
      }
    })
  )
}

/** Where the prices continue: the middle of each book that has two sides. */
export const middlePrices = async (exchange: PromiseExchange): Promise<Record<string, number>> => {
  const prices: Record<string, number> = {}
  for (const { priceScale, symbol } of instruments) {
    const { asks, bids } = await exchange.depth({ market: symbol, levels: 1 })
    if (asks[0] === undefined || bids[0] === undefined) continue
    prices[symbol] = Math.round(((Number(asks[0][0]) + Number(bids[0][0])) / 2) * 10 ** priceScale)
  }
  return prices
}

export interface LastTrade {
  readonly time: Date
  readonly market: string
  readonly side: "buy" | "sell"
  readonly price: string
  readonly quantity: string
}

const lastTradesKept = 10
const recentLatenciesKept = 2_000
/**
 * No more than this is sent ahead of the answers; then the exchange is slower than the requested
 * rate.
 */
const underWayMax = 10_000

/** Counts requests and answers. */
export class Tally {
  orders = 0
  trades = 0
  underWay = 0
  readonly refused: Record<string, number> = {}
  readonly lastTrades: Record<string, Array<LastTrade>> = {}
  /** From sending a request to its durable answer, over the whole run, in microseconds. */
  readonly latencyUs = createHistogram()
  private readonly recentMs: Array<number> = []
  private recentAt = 0

  answered(ms: number): void {
    this.latencyUs.record(Math.max(1, Math.round(ms * 1_000)))
    this.recentMs[this.recentAt++ % recentLatenciesKept] = ms
  }

  placed(request: PlaceOrder, { fills }: PlacedOrder): void {
    this.orders++
    this.trades += fills.length
    if (fills.length === 0) return
    const { market, side } = request
    const last = (this.lastTrades[market] ??= [])
    for (const { price, quantity } of fills)
      last.unshift({ time: new Date(), market, side, price, quantity })
    last.splice(lastTradesKept)
  }

  refusedWith(code: string): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1
  }

  /** Over the most recent requests. */
  recentLatencyMs(): { readonly p50: number; readonly p99: number } {
    const sorted = this.recentMs.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
    return { p50: at(0.5), p99: at(0.99) }
  }
}

const tickMs = 10
/** After the process was paused, catches up on at most this much time. */
const catchUpMsMax = 1_000

/** Sends the flow's requests at the rate until told to stop, then waits for outstanding answers. */
export const pump = async (
  exchange: PromiseExchange,
  flow: Flow,
  tally: Tally,
  { rate, stop }: { readonly rate: number; readonly stop: AbortSignal }
): Promise<void> => {
  let last = performance.now()
  let due = 0
  while (!stop.aborted) {
    const now = performance.now()
    due += (rate * Math.min(now - last, catchUpMsMax)) / 1_000
    last = now
    for (; due >= 1 && tally.underWay < underWayMax; due--) {
      for (const request of flow.next()) void send(exchange, tally, request)
    }
    due = Math.min(due, rate)
    await sleep(tickMs)
  }
  while (tally.underWay > 0) await sleep(1)
}

const send = async (exchange: PromiseExchange, tally: Tally, asked: Request): Promise<void> => {
  const sent = performance.now()
  tally.underWay++
  try {
    if (asked.kind === "place") tally.placed(asked.request, await exchange.place(asked.request))
    else await exchange.cancel(asked.request)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    tally.refusedWith(error.code)
  } finally {
    tally.underWay--
    tally.answered(performance.now() - sent)
  }
}

/** What one look at the exchange shows. */
export interface Picture {
  readonly sequence: number
  readonly epoch: number
  readonly condition: string
  readonly books: ReadonlyArray<Depth>
  readonly openOrders: number
  readonly conserved: boolean
  /** By asset: what was deposited from outside. */
  readonly cameIn: Readonly<Record<string, string>>
}

export const look = async (
  exchange: PromiseExchange,
  { makers }: Traders,
  levels: number
): Promise<Picture> => {
  const [status, conservation, orders, books] = await Promise.all([
    exchange.status(),
    exchange.conservation(),
    Promise.all(makers.map(({ account }) => exchange.openOrders({ account }))),
    Promise.all(instruments.map(({ symbol }) => exchange.depth({ market: symbol, levels })))
  ])
  return {
    sequence: status.durableSequence,
    epoch: status.epoch,
    condition: status.condition,
    books,
    openOrders: orders.reduce((sum, { length }) => sum + length, 0),
    conserved: conservation.every(({ conserved }) => conserved),
    cameIn: Object.fromEntries(conservation.map(({ asset, cameIn }) => [asset, cameIn]))
  }
}
