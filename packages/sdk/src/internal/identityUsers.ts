/** Users of `@pandora-exchange/identity`, over this exchange. */
import { Refused } from "@pandora-exchange/contract/failure"
import { RateLimiter } from "@pandora-exchange/core"
import type * as IdentityPackage from "@pandora-exchange/identity"
import { Context, Effect, Layer, Redacted } from "effect"
import type { IdentityOptions } from "../ExchangeOptions.ts"
import { loaded, rethrow, type Storage } from "../Storage.ts"
import type { Denial, IdentityServices, UserAccess } from "../UserAccess.ts"
import { venueAccounts } from "../VenueAccounts.ts"
import { CommandLine } from "./CommandLine.ts"
import { type Permission, traderOf, venueOf } from "./trader.ts"

type Package = typeof IdentityPackage

export const identityUsers = Effect.fnUntraced(function* (
  options: IdentityOptions,
  storage: Storage
) {
  const line = yield* CommandLine
  const package_ = yield* loaded("@pandora-exchange/identity", () =>
    import("@pandora-exchange/identity").catch(rethrow)
  )
  const identity = yield* servicesOf(package_, options, storage, line)
  const { PermissionMissing } = package_.Errors

  const as: UserAccess["as"] = Effect.fnUntraced(function* (who, account) {
    const token = Redacted.isRedacted(who) ? (who as Redacted.Redacted) : Redacted.make(String(who))
    const asked = (
      permission: Permission
    ): Effect.Effect<IdentityPackage.Principal.Principal, Denial> =>
      Effect.tap(identity.sessions.authenticate(token), ({ permissions }) =>
        permissions.includes(permission)
          ? Effect.void
          : Effect.fail(new PermissionMissing({ permission }))
      )
    const { accountIds } = yield* asked("read")
    const own =
      account === undefined ? accountIds[0] : accountIds.find((accountId) => accountId === account)
    // Accounts of other users do not exist.
    if (own === undefined) return yield* new Refused("UnknownAccount", { field: "account" })
    return traderOf(line, own, asked)
  })
  const access: UserAccess = { as, identity }
  return access
})

const servicesOf = Effect.fnUntraced(function* (
  package_: Package,
  options: IdentityOptions,
  storage: Storage,
  line: CommandLine["Service"]
) {
  const {
    AccessTokens,
    Administration,
    Audit,
    Factors,
    Identity,
    KycProvider,
    Notifier,
    Sessions,
    Users
  } = package_
  const { VenueAccounts, VenueAccountsUnavailable } = package_.VenueAccounts
  const { kyc, limiter, notifier, store, ...settings } = options
  // Invalid settings are reported before a database is opened in vain.
  yield* Layer.build(package_.Settings.Settings.layer(settings))
  const ports = Layer.mergeAll(
    store ?? (yield* storeBeside(storage)),
    notifier ?? Notifier.Notifier.layerLog,
    kyc ?? KycProvider.KycProvider.layerManual,
    limiter ?? RateLimiter.RateLimiter.layerMemory,
    Layer.succeed(VenueAccounts, venueAccounts(venueOf(line), VenueAccountsUnavailable))
  )
  const context = yield* Layer.build(Layer.provide(Identity.layer(settings), ports))
  const services: IdentityServices = {
    users: Context.get(context, Users.Users),
    sessions: Context.get(context, Sessions.Sessions),
    factors: Context.get(context, Factors.Factors),
    administration: Context.get(context, Administration.Administration),
    accessTokens: Context.get(context, AccessTokens.AccessTokens),
    audit: Context.get(context, Audit.Audit)
  }
  return services
})

/**
 * In the same place as the exchange: the database, one embedded in the folder, or one in memory.
 */
const storeBeside = Effect.fnUntraced(function* (storage: Storage) {
  const { EmbeddedDatabase, PgDatabase, PgIdentityStore } = yield* loaded(
    "@pandora-exchange/adapters-pg",
    () => import("@pandora-exchange/adapters-pg").catch(rethrow)
  )
  const store = PgIdentityStore.layer()
  if (typeof storage === "object" && "url" in storage)
    return Layer.provide(store, PgDatabase.layer(storage))
  const folder = typeof storage === "object" && "folder" in storage ? storage.folder : undefined
  return Layer.provide(store, EmbeddedDatabase.layer({ folder }))
})
