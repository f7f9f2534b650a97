/** Calls a host's guards, one after another, within a time limit. */
import type { Operation, Principal } from "@pandora-exchange/contract"
import { Unavailable } from "@pandora-exchange/contract/failure"
import { type Guard, GuardRefused, type Verdict } from "@pandora-exchange/contract/Guard"
import { Cause, Effect, Semaphore } from "effect"
import type { ExchangeOptions } from "../ExchangeOptions.ts"
import { refuse } from "./fields.ts"

export interface Guarding {
  /** Succeeds when all guards let the command pass. */
  readonly ask: (
    operation: Operation,
    principal: Principal,
    request: object
  ) => Effect.Effect<void, GuardRefused | Unavailable>
  /**
   * Runs effects with the same name one after the other: a repeated command waits until the first
   * one has its answer.
   */
  readonly inTurn: <A, E>(name: string, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

const guardTimeoutMsDefault = 1_000

/** Throws `InvalidInput` for malformed options. */
export const checkGuards = ({ guards, guardTimeoutMs }: ExchangeOptions): void => {
  const areFunctions = Array.isArray(guards) && guards.every((guard) => typeof guard === "function")
  if (guards !== undefined && !areFunctions) refuse("guards", "InvalidValue")
  const isTime = Number.isSafeInteger(guardTimeoutMs) && guardTimeoutMs! > 0
  if (guardTimeoutMs !== undefined && !isTime) refuse("guardTimeoutMs", "InvalidValue")
}

/** Returns `undefined` without guards, so that nothing is called. */
export const guardingOf = ({
  guards = [],
  guardTimeoutMs = guardTimeoutMsDefault
}: ExchangeOptions): Guarding | undefined => {
  if (guards.length === 0) return undefined
  return {
    ask: (operation, principal, request) => {
      // Theirs to change.
      const asked = structuredClone(request) as Readonly<Record<string, unknown>>
      const all = Effect.forEach(guards, (guard) => ask(guard, operation, principal, asked), {
        discard: true
      })
      return Effect.timeoutOrElse(all, {
        duration: guardTimeoutMs,
        orElse: () => Effect.fail(new Unavailable("GuardUnavailable"))
      })
    },
    inTurn: turns()
  }
}

const turns = (): Guarding["inTurn"] => {
  const waiting = new Map<string, { readonly turn: Semaphore.Semaphore; count: number }>()
  return (name, effect) =>
    Effect.suspend(() => {
      const own = waiting.get(name) ?? { turn: Semaphore.makeUnsafe(1), count: 0 }
      own.count++
      waiting.set(name, own)
      const leave = Effect.sync(() => {
        if (--own.count === 0) waiting.delete(name)
      })
      return Effect.ensuring(own.turn.withPermits(1)(effect), leave)
    })
}

const ask = (
  guard: Guard,
  operation: Operation,
  principal: Principal,
  request: Readonly<Record<string, unknown>>
) =>
  verdictOf(() => guard(operation, principal, request)).pipe(
    Effect.tap((said) =>
      isVerdict(said) ? Effect.void : Effect.die(new TypeError("A guard's answer is no verdict"))
    ),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause as Cause.Cause<never>)
        : Effect.andThen(
            Effect.logError("A guard failed", cause),
            Effect.fail(new Unavailable("GuardUnavailable"))
          )
    ),
    Effect.flatMap((verdict) =>
      verdict === undefined
        ? Effect.void
        : Effect.fail(new GuardRefused({ code: verdict.code, detail: verdict.message }))
    )
  )

/** Untyped programs may return anything: whatever is not a verdict lets nothing pass. */
const isVerdict = (said: unknown): said is Verdict => {
  if (said === undefined) return true
  const { code, message } = Object(said) as { readonly code?: unknown; readonly message?: unknown }
  return (
    typeof code === "string" &&
    code !== "" &&
    (message === undefined || typeof message === "string")
  )
}

const verdictOf = (evaluate: () => ReturnType<Guard>): Effect.Effect<Verdict, unknown> =>
  Effect.suspend((): Effect.Effect<Verdict, unknown> => {
    const said = evaluate()
    if (Effect.isEffect(said)) return said as Effect.Effect<Verdict, unknown>
    return typeof (said as PromiseLike<Verdict> | undefined)?.then === "function"
      ? Effect.promise(async () => said as PromiseLike<Verdict>)
      : Effect.succeed(said as Verdict)
  })
