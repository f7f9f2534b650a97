/** Opens the market, lets it trade, and shows it until told to stop. */
import { ExchangeError, type PromiseExchange } from "@pandora-exchange/sdk"
import { setTimeout as sleep } from "node:timers/promises"
import { Flow } from "./flow.ts"
import {
  fund,
  look,
  middlePrices,
  openExchange,
  openTraders,
  pump,
  Tally,
  type Traders
} from "./market.ts"
import { help, type Options, parse } from "./options.ts"
import { colours, grouped, line, noColours, Rates, type Scene, Screen } from "./view.ts"

const framePauseMs = 250
const linePauseMs = 1_000
const fundPauseMs = 60_000
const eraseLine = "\x1b[K"

const main = async (options: Options): Promise<void> => {
  const { folder, json, rate, seconds, seed } = options
  const stop = stopOnSignals()
  const opened = performance.now()
  const exchange = await openExchange(folder, json ? () => {} : showRecovery())
  const recovery = await recoveryOf(exchange, performance.now() - opened)
  if (!json) console.log(`${process.stdout.isTTY ? eraseLine : ""}${folder}: ${recovery.text}`)

  const traders = await openTraders(exchange)
  await fund(exchange, traders)
  const flow = new Flow({
    seed,
    makers: traders.makers.map(({ account }) => account),
    takers: traders.takers.map(({ account }) => account),
    prices: await middlePrices(exchange)
  })
  const tally = new Tally()
  const started = performance.now()
  if (seconds !== undefined) {
    setTimeout(() => stop.abort(`${seconds} s are over`), seconds * 1_000).unref()
  }
  const pumping = pump(exchange, flow, tally, { rate, stop: stop.signal })
  const rates = new Rates(tally)
  await show(exchange, traders, { stop, json }, async (levels) => ({
    picture: await look(exchange, traders, levels),
    ...rates.now(),
    lastTrades: tally.lastTrades,
    latencyMs: tally.recentLatencyMs(),
    refused: tally.refused,
    recovery: recovery.text,
    runningMs: performance.now() - started
  }))
  await pumping

  const end = {
    recovered: recovery.commands,
    ...(await summarise(exchange, traders, tally, performance.now() - started))
  }
  await exchange.close()
  console.log(json ? JSON.stringify(end) : `${stop.signal.reason}: ${inWords(end)}`)
  if (!end.conserved) process.exitCode = 1
}

/** Draws frame after frame until it is time to stop. */
const show = async (
  exchange: PromiseExchange,
  traders: Traders,
  { json, stop }: { readonly stop: AbortController; readonly json: boolean },
  scene: (levels: number) => Promise<Scene>
): Promise<void> => {
  const screen = process.stdout.isTTY && !json ? new Screen(process.stdout, palette()) : undefined
  process.on("exit", () => screen?.close())
  let funded = performance.now()
  while (!stop.signal.aborted) {
    const pauseMs = screen === undefined ? linePauseMs : framePauseMs
    await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => {})
    const { cause, condition } = await exchange.status()
    if (condition === "fenced" || condition === "stopped") throw ExchangeError.from(cause)
    if (performance.now() - funded > fundPauseMs) {
      funded = performance.now()
      await fund(exchange, traders)
    }
    if (screen !== undefined) screen.draw(await scene(screen.levels))
    else if (!json) console.log(line(await scene(1)))
  }
  screen?.close()
}

const palette = () => (process.env["NO_COLOR"] ? noColours : colours)

/**
 * Aborted, with the reason, by the first signal or when the output is no longer read. A second
 * Ctrl-C ends the process at once.
 */
const stopOnSignals = (): AbortController => {
  const stop = new AbortController()
  process.on("SIGINT", () => {
    if (stop.signal.aborted) process.exit(130)
    stop.abort("stopped by Ctrl-C")
  })
  for (const signal of ["SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => stop.abort(`stopped by ${signal}`))
  process.stdout.on("error", () => stop.abort("the output was closed"))
  return stop
}

/** On a terminal, shows the progress of a long recovery. */
const showRecovery = (): ((sequence: number) => void) => {
  let shown = performance.now()
  return (sequence) => {
    if (!process.stdout.isTTY || performance.now() - shown < framePauseMs) return
    shown = performance.now()
    process.stdout.write(`recovering: ${grouped(String(sequence))} commands${eraseLine}\r`)
  }
}

const recoveryOf = async (exchange: PromiseExchange, ms: number) => {
  const { durableSequence, epoch } = await exchange.status()
  const seconds = (ms / 1_000).toFixed(1)
  return epoch === 1
    ? { commands: 0, text: "a new market" }
    : {
        commands: durableSequence,
        text: `recovered ${grouped(String(durableSequence))} commands in ${seconds} s`
      }
}

const summarise = async (exchange: PromiseExchange, traders: Traders, tally: Tally, ms: number) => {
  const { conserved, epoch, openOrders, sequence } = await look(exchange, traders, 1)
  const latencyMs = (percentile: number) => tally.latencyUs.percentile(percentile) / 1_000
  return {
    seconds: Number((ms / 1_000).toFixed(3)),
    orders: tally.orders,
    trades: tally.trades,
    refused: tally.refused,
    p50Ms: latencyMs(50),
    p99Ms: latencyMs(99),
    sequence,
    epoch,
    openOrders,
    conserved,
    stateHash: await exchange.stateHash()
  }
}

type Summary = Awaited<ReturnType<typeof summarise>>

const inWords = ({ conserved, epoch, orders, sequence, stateHash, trades }: Summary): string =>
  `${grouped(String(orders))} orders, ${grouped(String(trades))} trades, ` +
  `journal at sequence ${sequence} of epoch ${epoch}, ${conserved ? "conserved" : "NOT CONSERVED"}, state ${stateHash}`

/** Says on one line what went wrong and what to do. */
const explain = (error: unknown, folder: string): string => {
  if (!(error instanceof ExchangeError)) return String(error)
  const { code, details, message } = error
  switch (code) {
    case "FolderLocked":
      return `Another exchange uses ${folder}. Stop it, or set PANDORA_DATA_DIR to another folder.`
    case "FolderUnusable":
      return `The folder ${folder} cannot be used (${details["problem"]}). Allow this user to read and write it, or set PANDORA_DATA_DIR to another folder.`
    case "Damaged":
      return `The journal is damaged at ${details["place"]} (${details["problem"]}). Nothing was changed. Restore ${folder} from a backup, or set PANDORA_DATA_DIR to another folder.`
    default:
      return `${folder}: ${message}`
  }
}

const options = parse(process.argv.slice(2), process.env)
if (options === "help") console.log(help)
else if ("wrong" in options) {
  console.error(options.wrong)
  process.exitCode = 2
} else {
  await main(options).catch((error: unknown) => {
    console.error(explain(error, options.folder))
    process.exit(1)
  })
}
