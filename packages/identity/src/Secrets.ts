/**
 * Seals secrets, at rest and in links that are sent out: AES-256-GCM, as `keyId.iv.ciphertext` with
 * the tag at the end.
 *
 * What is sealed for one purpose opens for no other. The purpose names the owner, so that a secret
 * cannot be moved to someone else.
 */
import { Context, Effect, Layer, Redacted } from "effect"
import { createCipheriv, createDecipheriv, hash } from "node:crypto"
import * as Randomness from "./Randomness.ts"
import { type SecretKey, Settings } from "./Settings.ts"

export class Secrets extends Context.Service<
  Secrets,
  {
    readonly seal: (purpose: string, text: string) => Effect.Effect<string>
    /** `undefined` unless it was sealed for this purpose with a key that is known here. */
    readonly open: (purpose: string, sealed: string) => string | undefined
  }
>()("@pandora-exchange/identity/Secrets") {
  static readonly layer: Layer.Layer<Secrets, never, Settings> = Layer.effect(
    Secrets,
    Effect.map(Settings, ({ secretKeys }) => ({
      seal: (purpose, text) => sealWith(secretKeys[0], purpose, text),
      open: (purpose, sealed) => {
        const key = secretKeys.find(({ id }) => sealed.startsWith(`${id}.`))
        return key && openWith(key, purpose, sealed)
      }
    }))
  )
}

const ivBytes = 12
const tagBytes = 16

export const sealWith = (
  { id, key }: SecretKey,
  purpose: string,
  text: string
): Effect.Effect<string> =>
  Effect.map(Randomness.bytes(ivBytes), (iv) => {
    const cipher = createCipheriv("aes-256-gcm", Redacted.value(key), iv).setAAD(
      Buffer.from(`${id} ${purpose}`)
    )
    const ciphertext = Buffer.concat([
      cipher.update(text, "utf8"),
      cipher.final(),
      cipher.getAuthTag()
    ])
    return `${id}.${Buffer.from(iv).toString("base64url")}.${ciphertext.toString("base64url")}`
  })

export const openWith = (
  { id, key }: SecretKey,
  purpose: string,
  sealed: string
): string | undefined => {
  const [name, ivText = "", text = "", ...more] = sealed.split(".")
  const iv = Buffer.from(ivText, "base64url")
  const bytes = Buffer.from(text, "base64url")
  if (name !== id || more.length > 0 || iv.length !== ivBytes || bytes.length < tagBytes)
    return undefined
  // One spelling only: what is left over at the end of base64url is no second key to the same door.
  if (iv.toString("base64url") !== ivText || bytes.toString("base64url") !== text) return undefined
  const decipher = createDecipheriv("aes-256-gcm", Redacted.value(key), iv, {
    authTagLength: tagBytes
  })
    .setAAD(Buffer.from(`${id} ${purpose}`))
    .setAuthTag(bytes.subarray(-tagBytes))
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(0, -tagBytes)),
      decipher.final()
    ]).toString("utf8")
  } catch {
    return undefined
  }
}

/**
 * What is kept of a random secret: enough to know it again. No salt or work is needed, for it
 * cannot be guessed.
 */
export const hashOf = (secret: Redacted.Redacted): string =>
  hash("sha256", Redacted.value(secret), "base64url")
