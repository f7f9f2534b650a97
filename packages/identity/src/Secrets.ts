/**
 * Seals secrets, at rest and inside links that are mailed, with AES-256-GCM as
 * `keyId.iv.ciphertext`, the tag at the end.
 *
 * A secret sealed for one purpose cannot be opened for another. The purpose names the owner, so a
 * secret cannot be moved to another user.
 */
import { Context, Effect, Layer, Redacted } from "effect"
import { createCipheriv, createDecipheriv, hash } from "node:crypto"
import * as Randomness from "./Randomness.ts"
import { type SecretKey, Settings } from "./Settings.ts"

export class Secrets extends Context.Service<
  Secrets,
  {
    readonly seal: (purpose: string, text: string) => Effect.Effect<string>
    /** Returns `undefined` unless it was sealed for this purpose with a known key. */
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
  // Accepts one encoding only: stray bits at the end of base64url must not make a second valid
  // token.
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
 * The stored form of a random secret, enough to recognise it again. It needs no salt or stretching,
 * because it cannot be guessed.
 */
export const hashOf = (secret: Redacted.Redacted): string =>
  hash("sha256", Redacted.value(secret), "base64url")
