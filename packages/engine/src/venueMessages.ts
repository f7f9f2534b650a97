/**
 * Messages between a venue's thread and its callers' threads. Commands, answers and batches are
 * sent in the journal's binary form; questions about the state and their answers are sent as plain
 * values.
 */
import { Journal } from "@pandora-exchange/core"
import { Exit } from "effect"
import { Unavailable } from "./SubmitError.ts"
import type { Question, Questions } from "./VenueClient.ts"

/** A request to the venue's thread. Its answer has the same number. */
export type Request<Q extends Questions<Q>> =
  | { readonly query: Question<Q> }
  | { readonly batches: number }
  | { readonly status: true }
  | { readonly acceptClock: true }

/**
 * From the caller's thread. `commands`: a sequence of `u32 id, u32 length, command and request
 * key`.
 */
export type ToVenue<Q extends Questions<Q>> =
  | { readonly commands: Uint8Array }
  | ({ readonly id: number } & Request<Q>)
  | { readonly id: number; readonly cancel: true }
  | { readonly close: true }

/**
 * From the venue's thread. `answers`: a sequence of `u32 id, u8 outcome, u64 sequence, u32 length,
 * events`.
 */
export type ToCaller =
  | { readonly answers: Uint8Array }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }

export type Failure =
  | { readonly _tag: "Unavailable"; readonly reason: Unavailable["reason"] }
  | { readonly _tag: "Unknown"; readonly cause: string }
  | {
      readonly _tag: "Damaged"
      readonly place: string
      readonly sequence: number
      readonly problem: string
    }
  /** A bug in the code that answers. */
  | { readonly _tag: "Defect"; readonly message: string }

/** How a request can fail. */
export type RequestError = Unavailable | Journal.Damaged | Journal.Unknown

export const failureOf = (error: RequestError): Failure => {
  switch (error._tag) {
    case "Unavailable":
      return { _tag: "Unavailable", reason: error.reason }
    case "Unknown":
      return { _tag: "Unknown", cause: String(error.cause) }
    case "Damaged":
      return {
        _tag: "Damaged",
        place: error.place,
        sequence: error.sequence,
        problem: error.problem
      }
  }
}

export const isExpected = (error: unknown): error is RequestError =>
  error instanceof Unavailable ||
  error instanceof Journal.Damaged ||
  error instanceof Journal.Unknown

export const exitOf = (failure: Failure): Exit.Exit<never, RequestError> => {
  switch (failure._tag) {
    case "Unavailable":
      return Exit.fail(new Unavailable(failure))
    case "Unknown":
      return Exit.fail(new Journal.Unknown(failure))
    case "Damaged":
      return Exit.fail(new Journal.Damaged(failure))
    case "Defect":
      return Exit.die(new Error(failure.message))
  }
}
