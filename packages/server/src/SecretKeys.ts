/**
 * The keys that seal secrets at rest: given by the operator or, in development, created once and
 * kept in the folder.
 */
import { FolderUnusable } from "@pandora-exchange/core/FolderLock"
import type { SecretKey } from "@pandora-exchange/identity/Settings"
import { Effect, Redacted, Result } from "effect"
import { randomBytes } from "node:crypto"
import { folderSecret } from "./folderSecret.ts"

export type SecretKeys = readonly [SecretKey, ...ReadonlyArray<SecretKey>]

/**
 * Parses `id:base64`, separated by commas; or returns the position, counted from 1, of the first
 * invalid one.
 */
export const secretKeysOf = (text: string): Result.Result<SecretKeys, number> => {
  const keys: Array<SecretKey> = []
  for (const entry of text.split(",")) {
    const [, id, key] = /^\s*([\w-]{1,32}):([A-Za-z0-9+/]{43}=)\s*$/.exec(entry) ?? []
    if (id === undefined || key === undefined) return Result.fail(keys.length + 1)
    keys.push({ id, key: Redacted.make(new Uint8Array(Buffer.from(key, "base64"))) })
  }
  return Result.succeed(keys as unknown as SecretKeys)
}

const fileName = "secret-keys"

/** The folder's keys, in the same form. */
export const secretKeysIn = Effect.fnUntraced(function* (folder: string) {
  const text = yield* folderSecret(
    folder,
    fileName,
    () => `k1:${randomBytes(32).toString("base64")}`
  )
  const keys = secretKeysOf(text)
  if (Result.isSuccess(keys)) return keys.success
  return yield* new FolderUnusable({
    folder,
    problem: `${fileName} in it has no valid key at position ${keys.failure}`
  })
})
