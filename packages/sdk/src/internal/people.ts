/** Finds out who somebody is, and gives them their account. */
import { Context, Effect, Layer } from "effect"
import type { ExchangeOptions, OpenError } from "../Exchange.ts"
import { InvalidInput } from "../ExchangeError.ts"
import { type AccountOf, AccountUnknown, type IdentityOptions, type OfPeople } from "../People.ts"
import { attempt, CommandLine } from "./CommandLine.ts"
import { closed, refuse } from "./fields.ts"
import { identityUsers } from "./identityUsers.ts"
import { accountWith, traderOf } from "./trader.ts"

export class People extends Context.Service<People, OfPeople>()("@pandora-exchange/sdk/People") {}

const optionNames: ReadonlySet<string> = new Set(
  Object.keys({
    name: true,
    issuer: true,
    site: true,
    secretKeys: true,
    algorithm: true,
    accessTokenLifeMs: true,
    passwords: true,
    store: true,
    notifier: true,
    kyc: true,
    limiter: true
  } satisfies Record<keyof IdentityOptions, true>)
)

/** Throws `InvalidInput` for what is no `identity`. */
export const check = ({ identity, storage }: ExchangeOptions): void => {
  if (identity === undefined || typeof identity === "function") return
  closed(identity, optionNames, "identity")
  for (const name of ["name", "issuer", "site"] as const) {
    if (typeof identity[name] !== "string" || identity[name] === "") refuse(`identity.${name}`, "IdentityIncomplete")
  }
  const { secretKeys, store } = identity
  if (!Array.isArray(secretKeys) || secretKeys.length === 0) refuse("identity.secretKeys", "IdentityIncomplete")
  const ownJournal = typeof storage === "object" && "journal" in storage
  if (ownJournal && store === undefined) refuse("identity.store", "IdentityStoreMissing")
}

export const layer = (options: ExchangeOptions): Layer.Layer<People, OpenError, CommandLine> => {
  const { identity, storage = "memory" } = options
  if (identity === undefined) return Layer.succeed(People, nobody)
  if (typeof identity === "function") return Layer.effect(People, Effect.map(CommandLine, usersOf(identity)))
  return Layer.effect(People, identityUsers(identity, storage))
}

const nobody: OfPeople = {
  as: () => Effect.fail(new InvalidInput({ code: "IdentityMissing", field: "identity" })),
  identity: undefined
}

/** Users of the host. */
const usersOf =
  (accountOf: AccountOf<unknown>) =>
  (line: CommandLine["Service"]): OfPeople => ({
    as: Effect.fnUntraced(function* (user, subAccount) {
      const own = yield* nameOf(accountOf, user)
      const reference = yield* attempt(() => referenceOf(own, subAccount))
      return traderOf(line, yield* accountWith(line, reference), () => Effect.void)
    }),
    identity: undefined
  })

const nameOf = (accountOf: AccountOf<unknown>, user: unknown): Effect.Effect<unknown, AccountUnknown> => {
  const unknown = (cause: unknown) => new AccountUnknown({ cause })
  return Effect.flatMap(Effect.tryPromise({ try: async () => accountOf(user), catch: unknown }), (named) =>
    Effect.isEffect(named) ? Effect.mapError(named, unknown) : Effect.succeed(named)
  )
}

/** Between a user's reference and the name of a sub-account; in neither, so that no two of them are one account. */
const separator = "/"
const namePattern = /^[A-Za-z0-9._:-]{1,64}$/
const referenceLengthMax = 64

const referenceOf = (own: unknown, subAccount: string | number | undefined): string => {
  if (typeof own !== "string" || !namePattern.test(own)) return refuse("identity", "MalformedReference")
  if (subAccount === undefined) return own
  const reference = `${own}${separator}${subAccount}`
  const fits = typeof subAccount === "string" && namePattern.test(subAccount) && reference.length <= referenceLengthMax
  return fits ? reference : refuse("account", "MalformedReference")
}
