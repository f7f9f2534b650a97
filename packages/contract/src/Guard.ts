/** A host's own rules: they see each command before it is sequenced, and may refuse it. */
import { Data, type Effect } from "effect"
import { failureOf } from "./failures.ts"
import type { Operation } from "./operation.ts"
import type { Principal } from "./Principal.ts"

/** Why a guard refuses a command. */
export interface Refusal {
  /** A code of your own. */
  readonly code: string
  /** What is wrong and what to do, written for the caller. */
  readonly message?: string
}

/** No objection: the command may proceed. */
export type Verdict = Refusal | undefined | void

/**
 * Decides whether a command may proceed. The request has been validated, and its ids are numbers.
 * Called for every way of sending a command, but never during recovery: a command accepted once
 * stays accepted.
 */
export type Guard = (
  operation: Operation,
  principal: Principal,
  request: Readonly<Record<string, unknown>>
) => Verdict | PromiseLike<Verdict> | Effect.Effect<Verdict, unknown>

/** A guard refused the command. Nothing has changed. */
export class GuardRefused extends Data.TaggedError("GuardRefused")<{
  /** The guard's code. */
  readonly code: string
  /** The guard's message for the caller. */
  readonly detail: string | undefined
}> {
  override get message() {
    return this.detail ?? failureOf("GuardRefused").sentence
  }
}
