/**
 * The next refresh token, sealed with the previous one. The store cannot give it to anyone else,
 * because it knows tokens only by their hashes.
 */
import { Redacted } from "effect"
import { hkdfSync } from "node:crypto"
import { openWith, sealWith } from "../../Secrets.ts"
import type { SecretKey } from "../../Settings.ts"

const purpose = "the refresh token after this"

const keyOf = (token: Redacted.Redacted): SecretKey => ({
  id: "r",
  key: Redacted.make(
    new Uint8Array(hkdfSync("sha256", Redacted.value(token), "", "pandora refresh successor", 32))
  )
})

export const sealSuccessor = (token: Redacted.Redacted, next: Redacted.Redacted) =>
  sealWith(keyOf(token), purpose, Redacted.value(next))

/** Returns `undefined` unless it was sealed with this token. */
export const openSuccessor = (
  token: Redacted.Redacted,
  sealed: string
): Redacted.Redacted | undefined => {
  const next = openWith(keyOf(token), purpose, sealed)
  return next === undefined ? undefined : Redacted.make(next)
}
