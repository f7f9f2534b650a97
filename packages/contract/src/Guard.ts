/** Rules of a host: they see each command before it is sequenced, and may refuse it. */
import { Data, type Effect } from "effect"
import { failureOf } from "./failures.ts"
import type { Operation } from "./operation.ts"
import type { Principal } from "./Principal.ts"

/** Why a guard does not let a command pass. */
export interface Refusal {
  /** A code of your own. */
  readonly code: string
  /** What is wrong and what to do, for the caller. */
  readonly message?: string
}

/** Nothing lets the command pass. */
export type Verdict = Refusal | undefined | void

/**
 * Decides whether a command may go on. The request is valid, and has ids as numbers. Called for
 * every face and never while an exchange recovers: what was accepted once stays accepted.
 */
export type Guard = (
  operation: Operation,
  principal: Principal,
  request: Readonly<Record<string, unknown>>
) => Verdict | PromiseLike<Verdict> | Effect.Effect<Verdict, unknown>

/** A guard refused the command. Nothing has changed. */
export class GuardRefused extends Data.TaggedError("GuardRefused")<{
  /** The guard's. */
  readonly code: string
  /** The guard's, for the caller. */
  readonly detail: string | undefined
}> {
  override get message() {
    return this.detail ?? failureOf("GuardRefused").sentence
  }
}
