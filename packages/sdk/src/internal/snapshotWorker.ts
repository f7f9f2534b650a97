/** The thread that takes one snapshot of a folder's venue and ends. */
import type { Limits } from "@pandora-exchange/engine"
import { Cause, Effect, Exit } from "effect"
import { parentPort, workerData } from "node:worker_threads"
import { takeFromFolder } from "../Storage.ts"

export interface WorkerData {
  readonly folder: string
  readonly limits: Limits.Limits
}

export type WorkerReport = { readonly sequence: number } | { readonly failure: string }

// Imported by type only elsewhere: the code runs in the thread alone.
const report = (exit: Exit.Exit<number, unknown>): WorkerReport =>
  Exit.isSuccess(exit) ? { sequence: exit.value } : { failure: Cause.pretty(exit.cause) }

parentPort?.postMessage(report(await Effect.runPromiseExit(takeFromFolder(workerData as WorkerData))))
