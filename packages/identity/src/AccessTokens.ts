/**
 * Access tokens: JWTs (RFC 9068) that live for minutes, signed with a key of a set that rotates.
 *
 * A token is verified with the algorithm that its key was made for, and its header says nothing but `alg`, `kid` and `typ`: no
 * algorithm of its own, no key, no address of one, nothing critical. Each part has one spelling only.
 */
import { SessionId, type SigningKey, UserId } from "@pandora-exchange/core/Identity"
import {
  type Conflict,
  type EmailTaken,
  IdentityStore,
  type IdentityUnavailable
} from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Context, Effect, Layer, Redacted, Semaphore } from "effect"
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify, SignJWT } from "jose"
import { TokenRefused } from "./Errors.ts"
import * as Randomness from "./Randomness.ts"
import { hashOf, Secrets } from "./Secrets.ts"
import { accessTokenLifeMsMax, Settings } from "./Settings.ts"

/** A key signs for so long. */
export const keyLifeMs = 30 * 86_400_000
/** A key is published before it signs, so that whoever verifies has it when it does. */
export const keyLeadMs = 15 * 60_000
/** How long another node may take to learn of a key. */
const keysKnownMs = 60_000
/** Clocks of nodes may differ by so much. */
const clockDifferenceMs = 10_000
/** An unknown key id makes a node look again, and no more often than this, whoever sends it. */
const lookAgainMs = 1_000
/** Tokens whose signature a node remembers to have verified. */
const verifiedMax = 100_000

/** Whose session a token belongs to. Whether it goes on, `Sessions` knows. */
export interface Claims {
  readonly userId: UserId
  readonly sessionId: SessionId
}

export interface AccessToken {
  readonly token: Redacted.Redacted
  readonly expiresAt: number
}

/** Public keys, as verifiers fetch them. */
export interface KeySet {
  readonly keys: ReadonlyArray<JWK>
}

export class AccessTokens extends Context.Service<
  AccessTokens,
  {
    /** It ends with the session, at `until`, if not before. */
    readonly issue: (claims: Claims, until?: number) => Effect.Effect<AccessToken, IdentityUnavailable>
    readonly verify: (token: Redacted.Redacted) => Effect.Effect<Claims, TokenRefused | IdentityUnavailable>
    readonly keySet: Effect.Effect<KeySet, IdentityUnavailable>
  }
>()("@pandora-exchange/identity/AccessTokens") {
  static readonly layer: Layer.Layer<AccessTokens, never, IdentityStore | Secrets | Settings> = Layer.effect(
    AccessTokens,
    Effect.suspend(() => make())
  )
}

const tokenType = "at+jwt"
const tokenLengthMax = 2_048

interface Key extends Omit<SigningKey, "publicKey" | "privateKey"> {
  readonly jwk: JWK
  readonly verifying: CryptoKey
  /** Missing where the secret key that sealed it is not known here. */
  readonly signing: CryptoKey | undefined
}

interface Known {
  readonly keys: ReadonlyArray<Key>
  readonly at: number
}

const make = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const secrets = yield* Secrets
  const { accessTokenLifeMs, algorithm, issuer } = yield* Settings
  const oneAtATime = yield* Semaphore.make(1)
  /** By hash, oldest first. */
  const verified = new Map<string, Verified>()
  let known: Known | undefined
  let latest = 0

  /** Never goes back: a clock that does must not let tokens live again. */
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
    // Two nodes that do this at once make two keys, and either serves.
    yield* store
      .write({ changes: [{ _tag: "InsertSigningKey", key: { ...key, privateKey } }], audit: [] })
      .pipe(Effect.catchTag(["Conflict", "EmailTaken"], (error: Conflict | EmailTaken) => Effect.die(error)))
  })

  /** With one that signs now and, when that one grows old, the next. */
  const complete = Effect.fnUntraced(function* (at: number) {
    const loaded = yield* load(at)
    const usable = loaded.keys.filter((key) => key.algorithm === algorithm && key.signing !== undefined)
    if (signerOf(usable, at) === undefined) yield* rotate(at)
    else if (usable.at(-1)!.signsFrom + keyLifeMs - keyLeadMs <= at) yield* rotate(at + keyLeadMs)
    else return loaded
    return yield* load(at)
  })

  /** The keys, not older than is allowed. Nobody sees them before there is one that signs. */
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

  const issue = Effect.fnUntraced(function* ({ sessionId, userId }: Claims, until = Number.POSITIVE_INFINITY) {
    const { keys } = yield* keysFor(keysKnownMs)
    const at = yield* now
    const key = signerOf(
      keys.filter((key) => key.algorithm === algorithm && key.signing !== undefined),
      at
    )!
    const expiresAt = Math.min(at + accessTokenLifeMs, until)
    const token = yield* Effect.promise(() =>
      new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: key.algorithm, kid: key.keyId, typ: tokenType })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(userId)
        .setIssuedAt(secondsOf(at))
        // Another node's clock may be a little behind.
        .setNotBefore(secondsOf(at - clockDifferenceMs))
        .setExpirationTime(secondsOf(expiresAt))
        .sign(key.signing!)
    )
    const issued: AccessToken = { token: Redacted.make(token), expiresAt: secondsOf(expiresAt) * 1000 }
    return issued
  })

  const keyNamed = Effect.fnUntraced(function* (keyId: string) {
    const found = (yield* keysFor(keysKnownMs)).keys.find((key) => key.keyId === keyId)
    return found ?? (yield* keysFor(lookAgainMs)).keys.find((key) => key.keyId === keyId)
  })

  const remember = (hash: string, token: Verified, atSeconds: number): void => {
    verified.set(hash, token)
    for (const [oldest, { expiresSeconds }] of verified) {
      if (expiresSeconds > atSeconds && verified.size <= verifiedMax) return
      verified.delete(oldest)
    }
  }

  const verify = Effect.fnUntraced(function* (redacted: Redacted.Redacted) {
    const token = Redacted.value(redacted)
    if (token.length > tokenLengthMax) return yield* new TokenRefused()
    const hash = hashOf(redacted)
    // A signature stays what it was. Whether its key counts and the token lives, is asked each time.
    const seen = verified.get(hash)
    const header = seen ?? headerOf(token)
    if (header === undefined) return yield* new TokenRefused()
    const key = yield* keyNamed(header.kid)
    const at = yield* now
    if (key === undefined || key.algorithm !== header.alg || key.publishedUntil <= at) return yield* new TokenRefused()
    if (seen !== undefined && seen.expiresSeconds > secondsOf(at)) return seen.claims
    const { payload } = yield* Effect.tryPromise({
      try: () =>
        jwtVerify(token, key.verifying, {
          algorithms: [key.algorithm],
          issuer,
          audience: issuer,
          typ: tokenType,
          requiredClaims: ["iss", "aud", "sub", "sid", "iat", "nbf", "exp"],
          currentDate: new Date(at)
        }),
      catch: () => new TokenRefused()
    })
    const { exp, sid, sub } = payload
    if (typeof sid !== "string" || typeof sub !== "string") return yield* new TokenRefused()
    const claims: Claims = { userId: UserId(sub), sessionId: SessionId(sid) }
    remember(hash, { ...header, claims, expiresSeconds: exp! }, secondsOf(at))
    return claims
  })

  return AccessTokens.of({
    issue,
    verify,
    keySet: Effect.map(keysFor(keysKnownMs), ({ keys }) => ({ keys: keys.map(({ jwk }) => jwk) }))
  })
})

const keyPurpose = (keyId: string) => `signing ${keyId}`

const secondsOf = (time: number): number => Math.floor(time / 1000)

/** The newest key whose time has come. */
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
    // For as long as any token may live: another node, or this one later, may give them longer lives.
    publishedUntil: signsFrom + keyLifeMs + accessTokenLifeMsMax + clockDifferenceMs
  }
  return key
})

const imported = ({ privateKey: _, publicKey, ...key }: SigningKey, privateKey: string | undefined) =>
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

interface Header {
  readonly alg: string
  readonly kid: string
}

interface Verified extends Header {
  readonly claims: Claims
  readonly expiresSeconds: number
}

/** `undefined` for everything that no token of ours looks like. */
const headerOf = (token: string): Header | undefined => {
  const parts = token.split(".")
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined
  try {
    const header = JSON.parse(Buffer.from(parts[0]!, "base64url").toString("utf8")) as Record<string, unknown>
    const { alg, kid, typ } = header
    const names = Object.keys(header)
    return names.length === 3 && typeof alg === "string" && typeof kid === "string" && typ === tokenType
      ? { alg, kid }
      : undefined
  } catch {
    return undefined
  }
}

/** base64url without padding, blanks or stray bits: no second spelling of the same bytes. */
const isCanonical = (part: string): boolean =>
  part !== "" && Buffer.from(part, "base64url").toString("base64url") === part
