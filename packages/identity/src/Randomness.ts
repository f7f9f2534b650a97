/** The only source of random bytes for ids, tokens, keys and challenges. */
import { Context, Effect } from "effect"
import { randomBytes } from "node:crypto"

export const Randomness = Context.Reference<{ readonly bytes: (length: number) => Uint8Array }>(
  "@pandora-exchange/identity/Randomness",
  { defaultValue: () => ({ bytes: (length) => randomBytes(length) }) }
)

export const bytes = (length: number): Effect.Effect<Uint8Array> =>
  Effect.map(Randomness, (randomness) => randomness.bytes(length))

/** Returns that many random bytes as base64url: use 16 for a name, 32 for a secret. */
export const text = (length: number): Effect.Effect<string> =>
  Effect.map(bytes(length), (random) => Buffer.from(random).toString("base64url"))
