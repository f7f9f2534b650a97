/**
 * What the traders ask for: makers quoting around a wandering price, and takers trading with them.
 *
 * The same seed and starting prices give the same requests in the same order, because no request
 * depends on an answer. Each maker has a fixed set of named orders; to move one, it cancels that
 * name, filled or not, and places the next order under it. This bounds the number of open orders,
 * and lets a restarted flow take over the orders it finds.
 */
import { Decimal } from "@pandora-exchange/core"
import type { CancelOrder, PlaceOrder } from "@pandora-exchange/sdk"

/** Prices are in steps of `10^-priceScale`, quantities in steps of `10^-quantityScale`. */
export interface Instrument {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly priceScale: number
  readonly quantityScale: number
  /** The price it starts from and is drawn back to, in steps. */
  readonly home: number
  /** The distance between two of a maker's quotes, in steps. */
  readonly spacing: number
  /** A typical order, in steps. */
  readonly usualQuantity: number
}

export const instruments: ReadonlyArray<Instrument> = [
  {
    symbol: "BTC-USDT",
    base: "BTC",
    quote: "USDT",
    priceScale: 2,
    quantityScale: 5,
    home: 6_000_000,
    spacing: 150,
    usualQuantity: 5_000
  },
  {
    symbol: "ETH-USDT",
    base: "ETH",
    quote: "USDT",
    priceScale: 2,
    quantityScale: 4,
    home: 300_000,
    spacing: 10,
    usualQuantity: 10_000
  }
]

export type Request =
  | { readonly kind: "place"; readonly request: PlaceOrder }
  | { readonly kind: "cancel"; readonly request: CancelOrder }

export interface FlowOptions {
  readonly seed: number
  readonly makers: ReadonlyArray<number>
  readonly takers: ReadonlyArray<number>
  /** By symbol, in steps: where the price continues from. */
  readonly prices: Readonly<Record<string, number>>
}

const quotesPerSide = 8
const takerShare = 0.3
/** The largest price move per step, in spacings, and how strongly the price is drawn back. */
const stride = 0.1
const pull = 0.000_000_2

export class Flow {
  private readonly random: () => number
  private readonly makers: ReadonlyArray<number>
  private readonly takers: ReadonlyArray<number>
  private readonly walks: ReadonlyArray<{
    readonly instrument: Instrument
    price: number
    turn: number
  }>

  constructor({ makers, prices, seed, takers }: FlowOptions) {
    this.random = randomFrom(seed)
    this.makers = makers
    this.takers = takers
    this.walks = instruments.map((instrument) => ({
      instrument,
      price: prices[instrument.symbol] ?? instrument.home,
      turn: 0
    }))
  }

  /**
   * One trader's next requests, in order: one order, for makers preceded by the cancel of the one
   * it replaces.
   */
  next(): ReadonlyArray<Request> {
    const walk = this.walks[this.below(this.walks.length)]!
    const { home, spacing } = walk.instrument
    walk.price += (this.random() - 0.5) * 2 * stride * spacing + (home - walk.price) * pull
    return this.random() < takerShare ? [this.take(walk.instrument, walk.price)] : this.quote(walk)
  }

  private quote(walk: {
    readonly instrument: Instrument
    readonly price: number
    turn: number
  }): Array<Request> {
    const turn = walk.turn++
    const account = this.makers[turn % this.makers.length]!
    const quote = Math.floor(turn / this.makers.length) % (2 * quotesPerSide)
    const level = quote >> 1
    const side = quote % 2 === 0 ? "buy" : "sell"
    const { instrument, price } = walk
    const distance = Math.round((level + 0.3 + 0.7 * this.random()) * instrument.spacing)
    const clientOrderId = `${instrument.symbol}:${side}:${level}`
    return [
      { kind: "cancel", request: { account, clientOrderId } },
      {
        kind: "place",
        request: {
          account,
          market: instrument.symbol,
          side,
          price: priceText(instrument, Math.round(price) + (side === "buy" ? -distance : distance)),
          quantity: this.quantity(instrument, 1 + level / 2),
          clientOrderId
        }
      }
    ]
  }

  private take(instrument: Instrument, price: number): Request {
    const account = this.takers[this.below(this.takers.length)]!
    const side = this.random() < 0.5 ? "buy" : "sell"
    const order = { account, market: instrument.symbol, side } as const
    const how = this.random()
    if (how < 0.6)
      return {
        kind: "place",
        request: { ...order, type: "market", quantity: this.quantity(instrument, 1) }
      }
    if (how < 0.8) {
      const budget = String(10 * (1 + this.below(500)))
      return { kind: "place", request: { ...order, type: "market", budget } }
    }
    const worst = Math.round(price + (side === "buy" ? 1 : -1) * 2 * instrument.spacing)
    const limit = { price: priceText(instrument, worst), quantity: this.quantity(instrument, 2) }
    return { kind: "place", request: { ...order, ...limit, timeInForce: "IOC" } }
  }

  private quantity(instrument: Instrument, times: number): string {
    const steps = 1 + this.below(Math.round(2 * times * instrument.usualQuantity))
    return Decimal.format(BigInt(steps), instrument.quantityScale)
  }

  private below(count: number): number {
    return Math.floor(this.random() * count)
  }
}

const priceText = ({ priceScale }: Instrument, steps: number): string =>
  Decimal.format(BigInt(steps), priceScale)

/** Numbers from 0 up to but excluding 1: mulberry32, small and good enough for a demonstration. */
const randomFrom = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
