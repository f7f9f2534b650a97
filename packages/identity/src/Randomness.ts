/** The one place that random bytes come from: ids, tokens, keys, challenges. */
import { Context, Effect } from "effect"
import { randomBytes } from "node:crypto"

export const Randomness = Context.Reference<{ readonly bytes: (length: number) => Uint8Array }>(
  "@pandora-exchange/identity/Randomness",
  { defaultValue: () => ({ bytes: (length) => randomBytes(length) }) }
)

export const bytes = (length: number): Effect.Effect<Uint8Array> =>
  Effect.map(Randomness, (randomness) => randomness.bytes(length))

/** base64url of that many random bytes: 16 name something, 32 are a secret. */
export const text = (length: number): Effect.Effect<string> =>
  Effect.map(bytes(length), (random) => Buffer.from(random).toString("base64url"))
