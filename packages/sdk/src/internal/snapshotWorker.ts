/** The thread that takes one snapshot of a stored venue and ends. */
import type { Limits } from "@pandora-exchange/engine"
import { Cause, Effect, Exit, Fiber } from "effect"
import { parentPort, workerData } from "node:worker_threads"
import { type PlainStorage, takeFrom } from "../Storage.ts"

export interface WorkerData {
  readonly storage: PlainStorage
  readonly limits: Limits.Limits
}

export type WorkerReport = { readonly sequence: number } | { readonly failure: string }

const report = (exit: Exit.Exit<number, unknown>): WorkerReport =>
  Exit.isSuccess(exit) ? { sequence: exit.value } : { failure: Cause.pretty(exit.cause) }

// Elsewhere this module is imported for its types alone: the code runs in the thread.
const port = parentPort!
const fiber = Effect.runFork(takeFrom(workerData as WorkerData))
port.on("message", () => Effect.runFork(Fiber.interrupt(fiber)))
port.postMessage(report(await Effect.runPromise(Fiber.await(fiber))))
port.close()
