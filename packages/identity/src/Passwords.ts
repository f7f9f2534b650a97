/**
 * Hashes passwords with Argon2id, a few at a time. Hashing occupies a whole core and a lot of
 * memory, and must not delay everything else.
 */
import { hash, parseOptions, verify } from "@node-rs/argon2"
import { Context, Effect, Layer, type Redacted, Redacted as RedactedValue } from "effect"
import type { Busy } from "./Errors.ts"
import { pool } from "./internal/pool.ts"
import { isTooLong, normalise } from "./PasswordPolicy.ts"
import * as Randomness from "./Randomness.ts"

export interface Parameters {
  /** KiB. */
  readonly memoryCost: number
  /** Passes. */
  readonly timeCost: number
  /** Lanes. */
  readonly parallelism: number
}

/** Source: OWASP Password Storage; less than this is refused. */
export const parametersMin: Parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface PasswordsOptions {
  /**
   * Parameters for new hashes. Raise them as machines get faster: stored hashes are upgraded at the
   * next sign-in.
   */
  readonly parameters?: Parameters
  readonly hashesAtOnce?: number
  /** Beyond this many waiting, further requests are refused as `Busy`. */
  readonly waitingMax?: number
}

export class Passwords extends Context.Service<
  Passwords,
  {
    readonly hash: (password: Redacted.Redacted) => Effect.Effect<string, Busy>
    /**
     * Returns false for an over-long password without hashing it. Without a stored hash it does the
     * same amount of work and returns false.
     */
    readonly verify: (
      stored: string | undefined,
      password: Redacted.Redacted
    ) => Effect.Effect<boolean, Busy>
    /** Whether the hash was made with parameters other than the current ones. */
    readonly isOutdated: (stored: string) => boolean
  }
>()("@pandora-exchange/identity/Passwords") {
  static readonly layer = (options: PasswordsOptions = {}): Layer.Layer<Passwords> =>
    Layer.effect(Passwords, make(options))
}

const make = Effect.fnUntraced(function* ({
  hashesAtOnce = 2,
  parameters = parametersMin,
  waitingMax = 500
}: PasswordsOptions) {
  for (const name of ["memoryCost", "timeCost", "parallelism"] as const) {
    if (parameters[name] < parametersMin[name]) {
      return yield* Effect.die(
        new Error(`${name} is ${parameters[name]}: give ${parametersMin[name]} or more`)
      )
    }
  }
  const hashing = yield* pool({ atOnce: hashesAtOnce, waitingMax })
  // A hash that has started is waited for, so that the pool's count stays true.
  const inPool = <A>(work: () => Promise<A>): Effect.Effect<A, Busy> =>
    hashing(Effect.uninterruptible(Effect.promise(work)))

  const hashWith = (password: Redacted.Redacted) =>
    inPool(() => hash(normalise(RedactedValue.value(password)), parameters))
  // The hash of a password nobody knows.
  const nobody = yield* Effect.orDie(
    Effect.flatMap(Randomness.text(32), (text) => hashWith(RedactedValue.make(text)))
  )

  return Passwords.of({
    hash: hashWith,
    verify: (stored, password) =>
      isTooLong(RedactedValue.value(password))
        ? Effect.succeed(false)
        : Effect.map(
            inPool(() => verify(stored ?? nobody, normalise(RedactedValue.value(password)))),
            (matches) => matches && stored !== undefined
          ),
    isOutdated: (stored) => {
      const { memoryCost, parallelism, timeCost } = parseOptions(stored)
      return (
        memoryCost !== parameters.memoryCost ||
        timeCost !== parameters.timeCost ||
        parallelism !== parameters.parallelism
      )
    }
  })
})
