/** Settings of identity for tests, and someone with an account. */
import { Notifier } from "@pandora-exchange/identity"
import { Effect, Layer } from "effect"
import { type IdentityOptions, secret, type WithIdentity } from "../../src/index.ts"

export const caller = { address: "192.0.2.1", agent: "a test" }
export const password = secret("umbrella stapler 42 kiwi")

export const settings: IdentityOptions = {
  name: "Example",
  issuer: "https://api.example.com",
  site: "https://example.com",
  secretKeys: [{ id: "k1", key: secret(Uint8Array.from({ length: 32 }, (_, i) => i * 7)) }],
  notifier: Layer.succeed(Notifier.Notifier, { send: () => Effect.void })
}

/** Their tokens. */
export const joined = async ({ identity }: WithIdentity, name: string) => {
  const email = `${name}@example.com`
  await identity.users.create({ email, name, password, roles: ["user"] })
  return identity.sessions.signIn({ email, password, caller })
}
