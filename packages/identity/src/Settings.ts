/** What this exchange is called, where its pages are, and the keys that seal its secrets. */
import { Context, Effect, Layer, Redacted, Schema } from "effect"

/**
 * A setting is missing or unsafe; `message` says which one and what to do. Its code is
 * `SettingsWrong`.
 */
export class InvalidSettings extends Schema.TaggedError<InvalidSettings>()("SettingsWrong", {
  message: Schema.String
}) {}

/**
 * Seals secrets at rest. Kept apart from the database, and never changed: a new one is put before
 * it.
 */
export interface SecretKey {
  /** Stands in front of everything that is sealed with it. */
  readonly id: string
  /** 32 random bytes. */
  readonly key: Redacted.Redacted<Uint8Array>
}

export interface SettingsOptions {
  /** Name of the exchange, in mails and in authenticator apps. */
  readonly name: string
  /** Who issues access tokens: the address of the API. Tokens of another issuer are refused. */
  readonly issuer: string
  /** Where the web pages are: links in mails lead there, and passkeys belong to its host. */
  readonly site: string
  /** The first one seals, all open. */
  readonly secretKeys: readonly [SecretKey, ...ReadonlyArray<SecretKey>]
  /** Of access tokens; EdDSA (Ed25519) unless a verifier of yours cannot do it. */
  readonly algorithm?: "EdDSA" | "ES256"
  /**
   * How long an access token lives; 5 minutes unless given. Sessions end at once whatever this is,
   * but only where we are asked.
   */
  readonly accessTokenLifeMs?: number
}

export const accessTokenLifeMsDefault = 5 * 60_000
const accessTokenLifeMsMin = 60_000
export const accessTokenLifeMsMax = 86_400_000

export class Settings extends Context.Service<Settings, Required<SettingsOptions>>()(
  "@pandora-exchange/identity/Settings"
) {
  /** Refuses what would not protect anybody. */
  static readonly layer = (options: SettingsOptions): Layer.Layer<Settings, InvalidSettings> =>
    Layer.effect(
      Settings,
      checked({ algorithm: "EdDSA", accessTokenLifeMs: accessTokenLifeMsDefault, ...options })
    )
}

const secretKeyBytes = 32

const checked = Effect.fnUntraced(function* (settings: Required<SettingsOptions>) {
  const wrong = (message: string) => new InvalidSettings({ message })
  const ids = new Set<string>()
  for (const { id, key } of settings.secretKeys) {
    const bytes = Redacted.value(key)
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id) || ids.has(id)) {
      return yield* wrong(
        `The id of the secret key "${id}" is invalid or used twice. Use 1 to 32 characters of A-Z a-z 0-9 _ and -.`
      )
    }
    ids.add(id)
    if (bytes.length !== secretKeyBytes || new Set(bytes).size < secretKeyBytes / 4) {
      return yield* wrong(
        `The secret key "${id}" is weak. Create one with \`openssl rand -base64 32\`.`
      )
    }
  }
  const { accessTokenLifeMs } = settings
  if (!(accessTokenLifeMs >= accessTokenLifeMsMin && accessTokenLifeMs <= accessTokenLifeMsMax)) {
    return yield* wrong(
      `accessTokenLifeMs must be between 60000 (a minute) and 86400000 (a day), but is ${accessTokenLifeMs}.`
    )
  }
  for (const name of ["issuer", "site"] as const) {
    if (!URL.canParse(settings[name]))
      return yield* wrong(
        `${name} must be an address such as https://host, but is "${settings[name]}".`
      )
  }
  const { hostname, origin, protocol } = new URL(settings.site)
  if (protocol !== "https:" && hostname !== "localhost" && hostname !== "127.0.0.1") {
    return yield* wrong(
      `site must start with https:// unless it is localhost, but is "${settings.site}".`
    )
  }
  return Settings.of({ ...settings, site: origin })
})
