/**
 * The package `identity` as this server runs it: over its database, its venue and its mail server.
 */
import type { FolderUnusable } from "@pandora-exchange/core/FolderLock"
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import * as Identity from "@pandora-exchange/identity/Identity"
import { KycProvider } from "@pandora-exchange/identity/KycProvider"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import type { InvalidSettings } from "@pandora-exchange/identity/Settings"
import type { VenueAccounts } from "@pandora-exchange/identity/VenueAccounts"
import { Context, Effect, Layer } from "effect"
import { availableParallelism } from "node:os"
import { type Authentication, Unauthenticated } from "./Authentication.ts"
import type { Config } from "./Config.ts"
import * as Mail from "./Mail.ts"
import { secretKeysIn } from "./SecretKeys.ts"

export type IdentityServices = Context.Context<Identity.Services>

/** A working day, so that nobody trying things by hand in development has to refresh. */
const accessTokenLifeMsInDevelopment = 12 * 3_600_000

export const layer = (
  config: Config
): Layer.Layer<
  Identity.Services,
  InvalidSettings | FolderUnusable,
  IdentityStore | VenueAccounts
> =>
  Layer.unwrap(
    Effect.map(
      config.secretKeys === undefined
        ? secretKeysIn(config.folder)
        : Effect.succeed(config.secretKeys),
      (secretKeys) =>
        Identity.layer({
          name: config.name,
          issuer: config.issuer,
          site: config.site,
          secretKeys,
          // At most half of the cores, so that the others serve all other requests.
          passwords: { hashesAtOnce: Math.max(1, Math.floor(availableParallelism() / 2)) },
          ...(config.environment === "development" && {
            accessTokenLifeMs: accessTokenLifeMsInDevelopment
          })
        })
    )
  ).pipe(
    Layer.provide(
      Layer.mergeAll(Mail.layer(config), RateLimiter.layerMemory, KycProvider.layerManual)
    )
  )

/** Authenticates by the sessions of identity. */
export const authenticationOf = (services: IdentityServices): Authentication["Service"] => {
  const sessions = Context.get(services, Sessions)
  return {
    authenticate: (token) =>
      Effect.catchTag(sessions.authenticate(token), "TokenRefused", () =>
        Effect.fail(new Unauthenticated())
      ),
    changes: sessions.changed
  }
}
