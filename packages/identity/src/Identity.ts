/** Assembles all services of this package over the ports a host provides. */
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import { Clock, Effect, Layer, Schedule } from "effect"
import { AccessTokens } from "./AccessTokens.ts"
import { Administration } from "./Administration.ts"
import { Attempts } from "./Attempts.ts"
import { Audit } from "./Audit.ts"
import { Factors } from "./Factors.ts"
import type { KycProvider } from "./KycProvider.ts"
import { Messages } from "./Messages.ts"
import type { Notifier } from "./Notifier.ts"
import { Passwords, type PasswordsOptions } from "./Passwords.ts"
import { Secrets } from "./Secrets.ts"
import { Sessions } from "./Sessions.ts"
import { Settings, type SettingsOptions, type InvalidSettings } from "./Settings.ts"
import { Users } from "./Users.ts"
import type { VenueAccounts } from "./VenueAccounts.ts"

export type Ports = IdentityStore | KycProvider | Notifier | RateLimiter | VenueAccounts
export type Services = AccessTokens | Administration | Audit | Factors | Sessions | Users

export interface IdentityOptions extends SettingsOptions {
  readonly passwords?: PasswordsOptions
}

export const layer = ({
  passwords,
  ...settings
}: IdentityOptions): Layer.Layer<Services, InvalidSettings, Ports> =>
  Layer.mergeAll(Users.layer, Factors.layer, Administration.layer, forgetting).pipe(
    Layer.provideMerge(Sessions.layer),
    Layer.provideMerge(Layer.mergeAll(AccessTokens.layer, Audit.layer)),
    Layer.provide(Layer.mergeAll(Attempts.layer, Messages.layer, Passwords.layer(passwords))),
    Layer.provide(Secrets.layer),
    Layer.provide(Settings.layer(settings))
  )

const forgetEvery = "1 hour"

/** Deletes expired sessions, refresh tokens and keys. */
const forgetting = Layer.effectDiscard(
  Effect.gen(function* () {
    const { forgetExpired } = yield* IdentityStore
    const forget = Effect.flatMap(Clock.currentTimeMillis, forgetExpired).pipe(
      Effect.catchCause((cause) =>
        Effect.logWarning("What has expired could not be forgotten; next try later", cause)
      )
    )
    yield* Effect.forkScoped(Effect.repeat(forget, Schedule.spaced(forgetEvery)))
  })
)
