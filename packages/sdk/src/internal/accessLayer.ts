/** Provides `UserAccess` according to the option `identity`. */
import { Context, Effect, Layer } from "effect"
import { InvalidInput } from "@pandora-exchange/contract/failure"
import type { ExchangeOptions, IdentityOptions, OpenError } from "../ExchangeOptions.ts"
import type { UserAccess } from "../UserAccess.ts"
import { CommandLine } from "./CommandLine.ts"
import { closed, refuse } from "./fields.ts"
import { hostUsers } from "./hostUsers.ts"
import { identityUsers } from "./identityUsers.ts"

export class Access extends Context.Service<Access, UserAccess>()("@pandora-exchange/sdk/Access") {}

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

/** Throws `InvalidInput` for a malformed option `identity`. */
export const checkIdentity = ({ identity, storage }: ExchangeOptions): void => {
  if (identity === undefined || typeof identity === "function") return
  closed(identity, optionNames, "identity")
  for (const name of ["name", "issuer", "site"] as const) {
    if (typeof identity[name] !== "string" || identity[name] === "")
      refuse(`identity.${name}`, "IdentityIncomplete")
  }
  const { secretKeys, store } = identity
  if (!Array.isArray(secretKeys) || secretKeys.length === 0)
    refuse("identity.secretKeys", "IdentityIncomplete")
  const ownJournal = typeof storage === "object" && "journal" in storage
  if (ownJournal && store === undefined) refuse("identity.store", "IdentityStoreMissing")
}

export const layer = (options: ExchangeOptions): Layer.Layer<Access, OpenError, CommandLine> => {
  const { identity, storage = "memory" } = options
  if (identity === undefined) return Layer.succeed(Access, noUsers)
  if (typeof identity === "function")
    return Layer.effect(Access, Effect.map(CommandLine, hostUsers(identity)))
  return Layer.effect(Access, identityUsers(identity, storage))
}

const noUsers: UserAccess = {
  as: () => Effect.fail(new InvalidInput("IdentityMissing", "identity")),
  identity: undefined
}
