/** The requests of an exchange as methods that return effects. */
import type { Effect } from "effect"
import type { ExchangeFailure } from "./ExchangeError.ts"

export type Effects<T, E = ExchangeFailure> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Effect.Effect<R, E> : never
}
