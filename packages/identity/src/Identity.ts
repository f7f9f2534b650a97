/** All services of this package put together, over the ports that a host brings. */
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import { Layer } from "effect"
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
import { Settings, type SettingsOptions, type SettingsWrong } from "./Settings.ts"
import { Users } from "./Users.ts"
import type { VenueAccounts } from "./VenueAccounts.ts"

export type Ports = IdentityStore | KycProvider | Notifier | RateLimiter | VenueAccounts
export type Services = AccessTokens | Administration | Audit | Factors | Sessions | Users

export interface IdentityOptions extends SettingsOptions {
  readonly passwords?: PasswordsOptions
}

export const layer = ({ passwords, ...settings }: IdentityOptions): Layer.Layer<Services, SettingsWrong, Ports> =>
  Layer.mergeAll(Users.layer, Factors.layer, Administration.layer).pipe(
    Layer.provideMerge(Sessions.layer),
    Layer.provideMerge(Layer.mergeAll(AccessTokens.layer, Audit.layer)),
    Layer.provide(Layer.mergeAll(Attempts.layer, Messages.layer, Passwords.layer(passwords))),
    Layer.provide(Secrets.layer),
    Layer.provide(Settings.layer(settings))
  )
