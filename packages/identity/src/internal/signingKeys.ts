/** The keys that sign access tokens: a rotating set shared by all nodes. */
import type { SigningKey } from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Effect, Semaphore } from "effect"
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose"
import * as Randomness from "../Randomness.ts"
import { Secrets } from "../Secrets.ts"
import { accessTokenLifeMsMax, Settings } from "../Settings.ts"
import { takingNothing } from "./changing.ts"

/** How long a key signs. */
export const keyLifeMs = 30 * 86_400_000
/** A key is published before it signs, so that verifiers have it in time. */
export const keyLeadMs = 15 * 60_000
/** How long another node may take to learn of a key. */
const keysKnownMs = 60_000
/** How much the nodes' clocks may differ. */
export const clockDifferenceMs = 10_000
/** The shortest time between reloads triggered by unknown key ids. */
const lookAgainMs = 1_000
export interface Key extends Omit<SigningKey, "publicKey" | "privateKey"> {
  readonly jwk: JWK
  readonly verifying: CryptoKey
  /** Absent if the secret key that sealed it is not known here. */
  readonly signing: CryptoKey | undefined
}

interface Known {
  readonly keys: ReadonlyArray<Key>
  readonly at: number
}

export const signingKeys = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const secrets = yield* Secrets
  const { algorithm } = yield* Settings
  const oneAtATime = yield* Semaphore.make(1)
  let known: Known | undefined
  let latest = 0

  /** Never goes back: a clock that does must not revive expired tokens. */
  const now = Effect.map(Clock.currentTimeMillis, (time) => (latest = Math.max(latest, time)))

  const load = Effect.fnUntraced(function* (at: number) {
    const stored = yield* store.signingKeys
    const keys = yield* Effect.forEach(
      stored.filter(({ publishedUntil }) => publishedUntil > at),
      (key) => imported(key, secrets.open(keyPurpose(key.keyId), key.privateKey))
    )
    const loaded: Known = { keys, at }
    return loaded
  })

  const rotate = Effect.fnUntraced(function* (signsFrom: number) {
    const key = yield* newKey(algorithm, signsFrom)
    const privateKey = yield* secrets.seal(keyPurpose(key.keyId), key.privateKey)
    // If two nodes do this at once they make two keys, and either one works.
    yield* store
      .write({ changes: [{ _tag: "InsertSigningKey", key: { ...key, privateKey } }], audit: [] })
      .pipe(
        takingNothing,
        Effect.catchTag("Conflict", (error) => Effect.die(error))
      )
  })

  /** Keys of our algorithm whose secret is available here. */
  const usable = (keys: ReadonlyArray<Key>) =>
    keys.filter((key) => key.algorithm === algorithm && key.signing !== undefined)

  /** Ensures there is a key that signs now and, when that one grows old, its successor. */
  const complete = Effect.fnUntraced(function* (at: number) {
    const loaded = yield* load(at)
    const own = usable(loaded.keys)
    if (signerOf(own, at) === undefined) yield* rotate(at)
    else if (own.at(-1)!.signsFrom + keyLifeMs - keyLeadMs <= at) yield* rotate(at + keyLeadMs)
    else return loaded
    return yield* load(at)
  })

  /** The keys, no older than allowed. Nobody sees them before one of them can sign. */
  const keysFor = (maxAgeMs: number) =>
    Effect.flatMap(now, (at) =>
      known !== undefined && at - known.at < maxAgeMs
        ? Effect.succeed(known)
        : oneAtATime.withPermit(
            Effect.suspend(() =>
              known !== undefined && at - known.at < maxAgeMs
                ? Effect.succeed(known)
                : Effect.tap(complete(at), (loaded) => Effect.sync(() => (known = loaded)))
            )
          )
    )

  return {
    /** The current time, which never goes back. */
    now,
    /** The published keys. */
    all: Effect.map(keysFor(keysKnownMs), ({ keys }) => keys),
    /** The key that signs at this time. */
    signing: Effect.gen(function* () {
      const { keys } = yield* keysFor(keysKnownMs)
      const at = yield* now
      return { at, key: signerOf(usable(keys), at)! }
    }),
    named: Effect.fnUntraced(function* (keyId: string) {
      const found = (yield* keysFor(keysKnownMs)).keys.find((key) => key.keyId === keyId)
      return found ?? (yield* keysFor(lookAgainMs)).keys.find((key) => key.keyId === keyId)
    })
  }
})

const keyPurpose = (keyId: string) => `signing ${keyId}`

/** The newest key that has become active. */
const signerOf = (keys: ReadonlyArray<Key>, at: number): Key | undefined =>
  keys.findLast(({ signsFrom }) => signsFrom <= at && signsFrom + keyLifeMs > at)

const newKey = Effect.fnUntraced(function* (algorithm: SigningKey["algorithm"], signsFrom: number) {
  const pair = yield* Effect.promise(() => generateKeyPair(algorithm, { extractable: true }))
  const [publicJwk, privateJwk] = yield* Effect.promise(() =>
    Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)])
  )
  const key: SigningKey = {
    keyId: yield* Randomness.text(9),
    algorithm,
    publicKey: JSON.stringify(publicJwk),
    privateKey: JSON.stringify(privateJwk),
    signsFrom,
    // Kept as long as any token may live, because another node, or this one after a restart, may
    // issue longer-lived tokens.
    publishedUntil: signsFrom + keyLifeMs + accessTokenLifeMsMax + clockDifferenceMs
  }
  return key
})

const imported = (
  { privateKey: _, publicKey, ...key }: SigningKey,
  privateKey: string | undefined
) =>
  Effect.promise(async (): Promise<Key> => {
    const jwk = JSON.parse(publicKey) as JWK
    const read = async (jwk: JWK) => (await importJWK(jwk, key.algorithm)) as CryptoKey
    return {
      ...key,
      jwk: { ...jwk, kid: key.keyId, alg: key.algorithm, use: "sig" },
      verifying: await read(jwk),
      signing: privateKey === undefined ? undefined : await read(JSON.parse(privateKey) as JWK)
    }
  })

export type SigningKeys = Effect.Success<ReturnType<typeof signingKeys>>
