/** What a person sees: a frame on a terminal, otherwise a line. */
import { instruments } from "./flow.ts"
import type { LastTrade, Picture, Tally } from "./market.ts"

/** Everything a frame shows. */
export interface Scene {
  readonly picture: Picture
  readonly lastTrades: Readonly<Record<string, ReadonlyArray<LastTrade>>>
  readonly ordersPerSecond: number
  readonly tradesPerSecond: number
  readonly latencyMs: { readonly p50: number; readonly p99: number }
  readonly refused: Readonly<Record<string, number>>
  readonly recovery: string
  readonly runningMs: number
}

/** Orders and trades per second, over the last few seconds. */
export class Rates {
  private readonly tally: Tally
  private readonly seen: Array<{
    readonly at: number
    readonly orders: number
    readonly trades: number
  }>

  constructor(tally: Tally) {
    this.tally = tally
    this.seen = [{ at: performance.now(), orders: tally.orders, trades: tally.trades }]
  }

  now(): { readonly ordersPerSecond: number; readonly tradesPerSecond: number } {
    const { orders, trades } = this.tally
    const at = performance.now()
    this.seen.push({ at, orders, trades })
    while (this.seen.length > 2 && at - this.seen[0]!.at > rateWindowMs) this.seen.shift()
    const first = this.seen[0]!
    const seconds = Math.max((at - first.at) / 1_000, 0.001)
    return {
      ordersPerSecond: (orders - first.orders) / seconds,
      tradesPerSecond: (trades - first.trades) / seconds
    }
  }
}

const rateWindowMs = 3_000

type Paint = (text: string) => string
interface Palette {
  readonly bid: Paint
  readonly ask: Paint
  readonly dim: Paint
  readonly strong: Paint
}

const sgr =
  (code: number): Paint =>
  (text) =>
    `\x1b[${code}m${text}\x1b[0m`
export const colours: Palette = { bid: sgr(32), ask: sgr(31), dim: sgr(2), strong: sgr(1) }
const same: Paint = (text) => text
export const noColours: Palette = { bid: same, ask: same, dim: same, strong: same }

const width = 80
const columnWidth = 39
const linesAround = 13
const levelsMax = 10

/**
 * As many levels per side as there is room for. The last line of a terminal stays empty, or it
 * would scroll.
 */
export const levelsFor = (rows: number): number =>
  Math.max(1, Math.min(levelsMax, Math.floor((rows - 1 - linesAround) / 2)))

/** Lines of at most 80 characters. */
export const frame = (scene: Scene, rows: number, paint: Palette): Array<string> => {
  const { picture } = scene
  const levels = levelsFor(rows)
  const columns = picture.books.map((book, i) => column(scene, i, levels, paint))
  return [
    paint.strong("Pandora live market".padEnd(width - 27)) +
      paint.dim(`up ${duration(scene.runningMs)}   Ctrl-C stops`),
    `${paint.dim("journal  ")} ${cut(`sequence ${grouped(String(picture.sequence))}  epoch ${picture.epoch}  ${scene.recovery}`)}`,
    `${paint.dim("orders   ")} ${cut(activity(scene))}`,
    `${paint.dim("answers  ")} ${cut(answers(scene))}`,
    `${paint.dim("money    ")} ${cut(money(picture))}`,
    "",
    ...columns[0]!.map((_, row) => columns.map((lines) => lines[row]!).join("  "))
  ].slice(0, rows - 1)
}

const cut = (text: string): string => text.slice(0, width - 10)

const activity = ({ ordersPerSecond, picture, tradesPerSecond }: Scene): string =>
  `${ordersPerSecond.toFixed(0)} orders/s  ${tradesPerSecond.toFixed(0)} trades/s  ${picture.openOrders} open` +
  (picture.condition === "running" ? "" : `  the exchange is ${picture.condition}`)

const answers = ({ latencyMs, refused }: Scene): string =>
  `p50 ${latencyMs.p50.toFixed(1)} ms  p99 ${latencyMs.p99.toFixed(1)} ms  refused: ${refusals(refused)}`

const refusals = (refused: Readonly<Record<string, number>>): string => {
  const counts = Object.entries(refused).sort(([, a], [, b]) => b - a)
  return counts.map(([code, count]) => `${code} ${grouped(String(count))}`).join(", ") || "none"
}

const money = ({ cameIn, conserved }: Picture): string => {
  const amounts = Object.entries(cameIn).map(([asset, amount]) => `${grouped(amount)} ${asset}`)
  return `${conserved ? "conserved" : "NOT CONSERVED"}: ${amounts.join(", ")}`
}

/** One market: asks down to the best, then bids, then the last trades. */
const column = (scene: Scene, index: number, levels: number, paint: Palette): Array<string> => {
  const { priceScale, quantityScale, quote, symbol } = instruments[index]!
  const { asks, bids } = scene.picture.books[index]!
  const price = (text: string) => grouped(padded(text, priceScale)).padStart(12)
  const quantity = (text: string) => padded(text, quantityScale).padStart(10)
  const shown = [...asks.slice(0, levels), ...bids.slice(0, levels)]
  const largest = Math.max(...shown.map(([, size]) => Number(size)), Number.MIN_VALUE)
  const bar = (size: string) => "█".repeat(Math.ceil((Number(size) / largest) * 12)).padEnd(12)
  const level = (side: Paint, entry: readonly [string, string] | undefined) => {
    if (entry === undefined) return " ".repeat(columnWidth)
    const [at, size] = entry
    return ` ${side(price(at))} ${quantity(size)}  ${paint.dim(side(bar(size)))} `
  }
  const rows = Array.from({ length: levels }, (_, i) => i)
  const trades = scene.lastTrades[symbol] ?? []
  const trade = (last: LastTrade | undefined) => {
    if (last === undefined) return " ".repeat(columnWidth)
    const side = last.side === "buy" ? paint.bid : paint.ask
    return ` ${side(price(last.price))} ${quantity(last.quantity)}  ${paint.dim(clock(last.time).padEnd(12))} `
  }
  return [
    paint.strong(` ${symbol}`.padEnd(columnWidth)),
    ...rows.map((i) => level(paint.ask, asks[levels - 1 - i])),
    paint.dim(spread(asks[0]?.[0], bids[0]?.[0], quote).padEnd(columnWidth)),
    ...rows.map((i) => level(paint.bid, bids[i])),
    paint.dim(" last trades".padEnd(columnWidth)),
    ...[0, 1, 2, 3].map((i) => trade(trades[i]))
  ]
}

const spread = (ask: string | undefined, bid: string | undefined, quote: string): string =>
  ask === undefined || bid === undefined
    ? ""
    : ` ${"spread".padStart(12)} ${(Number(ask) - Number(bid)).toFixed(2).padStart(10)} ${quote}`

/** The same as a frame, without books, on one line. */
export const line = (scene: Scene): string => {
  const tops = scene.picture.books.map(({ asks, bids, market }, i) => {
    const price = (best: readonly [string, string] | undefined) =>
      best === undefined ? "-" : padded(best[0], instruments[i]!.priceScale)
    return `${market} ${price(bids[0])}/${price(asks[0])}`
  })
  return [
    clock(new Date()),
    `sequence ${scene.picture.sequence}`,
    `epoch ${scene.picture.epoch}`,
    activity(scene),
    `p50 ${scene.latencyMs.p50.toFixed(1)} ms  p99 ${scene.latencyMs.p99.toFixed(1)} ms`,
    ...tops,
    scene.picture.conserved ? "conserved" : "NOT CONSERVED"
  ].join("  ")
}

/** Draws frames on top of each other, and restores the terminal afterwards. */
export class Screen {
  private readonly out: NodeJS.WriteStream
  private readonly paint: Palette
  private drawn = 0

  constructor(out: NodeJS.WriteStream, paint: Palette) {
    this.out = out
    this.paint = paint
    out.on("resize", () => {
      this.drawn = 0
      out.write("\x1b[2J\x1b[H")
    })
  }

  get levels(): number {
    return levelsFor(this.rows)
  }

  private get rows(): number {
    return this.out.rows ?? 24
  }

  draw(scene: Scene): void {
    const lines = frame(scene, this.rows, this.paint)
    const up = this.drawn === 0 ? "" : `\x1b[${this.drawn}A`
    // Hides the cursor and disables wrapping while drawing; erases the rest of a longer previous
    // line.
    this.out.write(
      `\x1b[?25l\x1b[?7l${up}\r${lines.map((text) => `${text}\x1b[K\n`).join("")}\x1b[J\x1b[?7h`
    )
    this.drawn = lines.length
  }

  /** Restores the cursor. Also used in the last moment of a process. */
  close(): void {
    if (this.drawn > 0) this.out.write("\x1b[?25h")
  }
}

/** `"60000.1"` as `"60000.10"`. */
const padded = (text: string, decimals: number): string => {
  const [whole, fraction = ""] = text.split(".")
  return `${whole}.${fraction.padEnd(decimals, "0")}`
}

export const grouped = (text: string): string =>
  text.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",")

const clock = (time: Date): string => time.toTimeString().slice(0, 8)

const duration = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  const parts = [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":")
}
