/** The package `identity` as this server runs it: over its database, its venue and its mail server. */
import type { FolderUnusable } from "@pandora-exchange/core/FolderLock"
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import * as PackageIdentity from "@pandora-exchange/identity/Identity"
import { KycProvider } from "@pandora-exchange/identity/KycProvider"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import type { SettingsWrong } from "@pandora-exchange/identity/Settings"
import type { VenueAccounts } from "@pandora-exchange/identity/VenueAccounts"
import { Context, Effect, Layer } from "effect"
import { availableParallelism } from "node:os"
import type { Config } from "./Config.ts"
import { type Identity, Unauthenticated } from "./Identity.ts"
import * as Mail from "./Mail.ts"
import { secretKeysIn } from "./SecretKeys.ts"

export type UserServices = Context.Context<PackageIdentity.Services>

/** In development for a working day: who tries something by hand does not refresh. */
const accessTokenLifeMsInDevelopment = 12 * 3_600_000

export const layer = (
  config: Config
): Layer.Layer<PackageIdentity.Services, SettingsWrong | FolderUnusable, IdentityStore | VenueAccounts> =>
  Layer.unwrap(
    Effect.map(
      config.secretKeys === undefined ? secretKeysIn(config.folder) : Effect.succeed(config.secretKeys),
      (secretKeys) =>
        PackageIdentity.layer({
          name: config.name,
          issuer: config.issuer,
          site: config.site,
          secretKeys,
          // Half of the cores at most: the rest is for everybody else.
          passwords: { hashesAtOnce: Math.max(1, Math.floor(availableParallelism() / 2)) },
          ...(config.environment === "development" && { accessTokenLifeMs: accessTokenLifeMsInDevelopment })
        })
    )
  ).pipe(Layer.provide(Layer.mergeAll(Mail.layer(config), RateLimiter.layerMemory, KycProvider.layerManual)))

/** Tokens of their sessions. */
export const identityOf = (services: UserServices): Identity["Service"] => {
  const sessions = Context.get(services, Sessions)
  return {
    authenticate: (token) =>
      sessions.authenticate(token).pipe(
        Effect.map((user) => ({
          id: user.userId,
          name: user.name,
          accountIds: user.accountIds,
          permissions: user.permissions,
          user
        })),
        Effect.catchTag("TokenRefused", () => Effect.fail(new Unauthenticated()))
      ),
    changes: sessions.changed
  }
}
