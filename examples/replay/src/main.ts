/** `npm run replay -- FILE [--storage memory|folder] [--json]` */
import { Cause, Effect, Exit, Fiber, Logger } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Progress from "./Progress.ts"
import { NotARecording } from "./Recording.ts"
import { read } from "./read.ts"
import { inFlightMax, replay, type Report } from "./replay.ts"

const usage = "npm run replay -- FILE [--storage memory|folder] [--json]"

const help = `${usage}

Sends recorded order flow through a whole exchange and compares its trades with the recorded ones.

FILE            a Bitstamp order log or a LOBSTER message file, plain or gzipped; a LOBSTER order book
                file beside the message file is read too
--storage KIND  memory (default), or folder: files in a temporary folder, removed at the end
--json          one JSON object instead of text
--help          this text`

interface Arguments {
  readonly file: string
  readonly storage: "memory" | "folder"
  readonly json: boolean
}

/** The arguments are invalid. The message is one sentence. */
class BadArguments extends Error {
  override readonly name = "BadArguments"
}

const readArguments = (args: ReadonlyArray<string>): Arguments | "help" => {
  const files: Array<string> = []
  let storage: Arguments["storage"] = "memory"
  let json = false
  const rest = args[Symbol.iterator]()
  for (const arg of rest) {
    if (arg === "--help") return "help"
    if (arg === "--json") json = true
    else if (arg === "--storage") storage = storageKind(rest.next().value)
    else if (arg.startsWith("-")) throw new BadArguments(`Unknown option ${arg}. Usage: ${usage}`)
    else files.push(arg)
  }
  if (files.length !== 1)
    throw new BadArguments(`Give exactly one file (got ${files.length}). Usage: ${usage}`)
  return { file: files[0]!, storage, json }
}

const storageKind = (kind: string | undefined): Arguments["storage"] => {
  if (kind === "memory" || kind === "folder") return kind
  throw new BadArguments(
    `--storage must be memory or folder (got ${kind ?? "nothing"}). Usage: ${usage}`
  )
}

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "pandora-replay-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true }))
)

const main = Effect.fnUntraced(function* ({ file, json, storage }: Arguments) {
  const recording = yield* read(file)
  const { report } = yield* replay(recording, {
    storage: storage === "memory" ? storage : { folder: yield* temporaryFolder },
    onAnswer: Progress.to(process.stderr, recording.calls.length)
  })
  console.log(
    json ? JSON.stringify({ file, format: recording.format, storage, ...report }) : text(report)
  )
  return report.conserved
}, Effect.scoped)

const text = (report: Report): string => {
  const count = (value: number) => value.toLocaleString("en-US")
  const ms = (value: number) => `${value.toFixed(2)} ms`
  const refused = Object.entries(report.refused).map(([code, times]) => `${count(times)} ${code}`)
  const lines: ReadonlyArray<readonly [string, string]> = [
    ["calls", `${count(report.calls)}, of them refused: ${refused.join(", ") || "none"}`],
    ["orders", count(report.orders)],
    ["trades", count(report.trades)],
    ["recorded trades", count(report.recordedTrades)],
    ["reproduced", `${count(report.reproducedTrades)} of ${count(report.recordedTrades)}`],
    ["throughput", `${count(report.callsPerSecond)} calls/s`],
    [
      "latency",
      `p50 ${ms(report.p50Ms)}, p99 ${ms(report.p99Ms)}, with up to ${count(inFlightMax)} calls under way`
    ],
    ...report.conservation.map(({ asset, cameIn, conserved }): readonly [string, string] => [
      asset,
      conserved
        ? `${cameIn} came in and are there`
        : `${cameIn} came in, but the balances have another sum`
    ]),
    ["state hash", report.stateHash]
  ]
  return lines.map(([name, value]) => `${name.padEnd(16)} ${value}`).join("\n")
}

const complain = (message: string): number => {
  console.error(message)
  return 2
}

/** Ends with the process's exit code. */
const exitCode = async (args: ReadonlyArray<string>): Promise<number> => {
  let given: Arguments | "help"
  try {
    given = readArguments(args)
  } catch (error) {
    return complain((error as Error).message)
  }
  if (given === "help") {
    console.log(help)
    return 0
  }
  const fiber = Effect.runFork(Effect.provide(main(given), logToStderr))
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => fiber.interruptUnsafe())
  }
  const exit = await Effect.runPromise(Fiber.await(fiber))
  if (Exit.isSuccess(exit)) return exit.value ? 0 : 1
  const error = Cause.squash(exit.cause)
  if (error instanceof NotARecording) return complain(error.message)
  if (!Cause.hasInterruptsOnly(exit.cause)) console.error(Cause.pretty(exit.cause))
  return Cause.hasInterruptsOnly(exit.cause) ? 130 : 1
}

// Only the requested output goes to stdout.
const logToStderr = Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])

process.exitCode = await exitCode(process.argv.slice(2))
