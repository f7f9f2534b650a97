/** The exchange's name, the addresses of its pages, and the keys that seal its secrets. */
import { Context, Effect, Layer, Redacted, Schema } from "effect"

/**
 * A setting is missing or unsafe; `message` says which one and what to do. Its code is
 * `SettingsWrong`.
 */
export class InvalidSettings extends Schema.TaggedError<InvalidSettings>()("SettingsWrong", {
  message: Schema.String
}) {}

/**
 * A key that seals secrets at rest. Keep it apart from the database and never change it; to rotate,
 * put a new key before it.
 */
export interface SecretKey {
  /** Prefixed to everything sealed with this key. */
  readonly id: string
  /** 32 random bytes. */
  readonly key: Redacted.Redacted<Uint8Array>
}

export interface SettingsOptions {
  /** The exchange's name, shown in mails and authenticator apps. */
  readonly name: string
  /** The issuer of access tokens: the address of the API. Tokens from other issuers are refused. */
  readonly issuer: string
  /**
   * The address of the web pages. Links in mails lead there, and passkeys are bound to its host.
   */
  readonly site: string
  /** The first key seals; all of them open. */
  readonly secretKeys: readonly [SecretKey, ...ReadonlyArray<SecretKey>]
  /**
   * The algorithm of access tokens: EdDSA (Ed25519), unless one of your verifiers does not support
   * it.
   */
  readonly algorithm?: "EdDSA" | "ES256"
  /**
   * Lifetime of an access token. Default: 5 minutes. Ending a session takes effect at once here,
   * regardless of this lifetime; verifiers that do not ask us rely on it.
   */
  readonly accessTokenLifeMs?: number
}

export const accessTokenLifeMsDefault = 5 * 60_000
const accessTokenLifeMsMin = 60_000
export const accessTokenLifeMsMax = 86_400_000

export class Settings extends Context.Service<Settings, Required<SettingsOptions>>()(
  "@pandora-exchange/identity/Settings"
) {
  /** Rejects settings that would leave users unprotected. */
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
