/** Shared by all suites: how cases run, and how failures of an adapter are reported. */
import { assert, chai, describe, it } from "@effect/vitest"
import { Cause, Effect, type Layer } from "effect"
import { inspect } from "node:util"

export interface Case<R, Need extends string = never> {
  readonly name: string
  readonly needs?: Need
  /** The time limit for a slow adapter. Independent of the test runner's limits. */
  readonly timeoutMs?: number
  /** Fails with the name of the case, what was expected and what happened. */
  readonly run: Effect.Effect<void, unknown, R>
}

/**
 * Enough for an adapter that takes a second per operation; cases with thousands of operations have
 * more.
 */
export const timeoutMsDefault = 120_000

/** Runs every case in a place of its own. */
export const runCases = <R, Need extends string, E>(
  title: string,
  cases: ReadonlyArray<Case<R, Need>>,
  place: Layer.Layer<R, E>,
  skip: { readonly [K in Need]?: string }
): void => {
  describe(title, () => {
    for (const { name, needs, run, timeoutMs = timeoutMsDefault } of cases) {
      const reason = needs && skip[needs]
      if (reason === undefined)
        it.live(name, () => Effect.provide(run, place, { local: true }), timeoutMs)
      else it.live.skip(`${name} (${reason})`, () => Effect.void)
    }
  })
}

/** The cases; their failures begin with their names. */
export const named = <R, Need extends string>(
  cases: ReadonlyArray<Case<R, Need>>
): ReadonlyArray<Case<R, Need>> =>
  cases.map((each) => ({
    ...each,
    run: Effect.catchCause(each.run, (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause)
        : Effect.die(namedError(each.name, cause))
    )
  }))

const namedError = (name: string, cause: Cause.Cause<unknown>): Error => {
  const error = Cause.squash(cause)
  if (error instanceof chai.AssertionError) {
    error.message = `${name}: ${error.message}`
    return error
  }
  return new Error(`${name}: expected every step to succeed, but one failed with ${shown(error)}`, {
    cause: error
  })
}

/** Runs something the adapter must not refuse. */
export const succeeds = <A, E, R>(
  what: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, never, R> =>
  Effect.catchCause(effect, (cause) =>
    Cause.hasInterruptsOnly(cause)
      ? Effect.failCause(cause as Cause.Cause<never>)
      : Effect.sync(() =>
          assert.fail(
            `expected ${what} to succeed, but it failed with ${shown(Cause.squash(cause))}`
          )
        )
  )

/** Returns the error of an operation that must fail with this tag. */
export const failsWith = <Tag extends string, A, E, R>(
  tag: Tag,
  what: string,
  effect: Effect.Effect<A, E, R>,
  detail: string
): Effect.Effect<Extract<E, { readonly _tag: Tag }>, never, R> =>
  Effect.matchCauseEffect(effect, {
    onSuccess: () =>
      Effect.sync(() => assert.fail(`expected ${tag}, but ${what} succeeded (${detail})`)),
    onFailure: (cause) => {
      const error = Cause.squash(cause)
      return Effect.sync(() =>
        (error as { readonly _tag?: unknown } | undefined)?._tag === tag
          ? (error as Extract<E, { readonly _tag: Tag }>)
          : assert.fail(`expected ${tag}, but ${what} failed with ${shown(error)} (${detail})`)
      )
    }
  })

/** An error on one line: its tag and fields, or its name and message. */
export const shown = (error: unknown): string => {
  if (!(error instanceof Error)) return inspect(error, { breakLength: Infinity })
  const tag = (error as { readonly _tag?: unknown })._tag
  if (typeof tag !== "string") return `${error.name}: ${error.message}`
  const fields = Object.entries(error).filter(
    ([name]) => name !== "_tag" && name !== "name" && name !== "message"
  )
  const shownFields = fields.map(
    ([name, value]) => `${name}: ${value instanceof Error ? shown(value) : inspect(value)}`
  )
  return shownFields.length === 0 ? tag : `${tag} { ${shownFields.join(", ")} }`
}

/** A capability of the place; a case that needs it fails without it. */
export const faultOf = <Place, K extends keyof Place & string>(
  place: Place,
  name: K
): Effect.Effect<NonNullable<Place[K]>> => {
  const found = place[name]
  return found === undefined || found === null
    ? Effect.sync(() =>
        assert.fail(
          `expected the place to have \`${name}\`: add the function, or the reason as \`skip.${name}\``
        )
      )
    : Effect.succeed(found)
}
