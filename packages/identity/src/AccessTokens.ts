/**
 * Access tokens: JWTs (RFC 9068) that live for minutes, signed with a key of a set that rotates.
 *
 * A token is verified with the algorithm that its key was made for, and its header says nothing but
 * `alg`, `kid` and `typ`: no algorithm of its own, no key, no address of one, nothing critical.
 * Each part has one spelling only.
 */
import { SessionId, UserId } from "@pandora-exchange/core/Identity"
import type { IdentityStore, IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer, Redacted } from "effect"
import { type JWK, jwtVerify, SignJWT } from "jose"
import { TokenRefused } from "./Errors.ts"
import { methodsOf } from "./internal/methodsOf.ts"
import {
  clockDifferenceMs,
  type Key,
  keyLeadMs,
  keyLifeMs,
  type SigningKeys,
  signingKeys
} from "./internal/signingKeys.ts"
import { hashOf, type Secrets } from "./Secrets.ts"
import { Settings } from "./Settings.ts"

export { keyLeadMs, keyLifeMs }

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
    readonly issue: (
      claims: Claims,
      until?: number
    ) => Effect.Effect<AccessToken, IdentityUnavailable>
    readonly verify: (
      token: Redacted.Redacted
    ) => Effect.Effect<Claims, TokenRefused | IdentityUnavailable>
    readonly keySet: Effect.Effect<KeySet, IdentityUnavailable>
  }
>()("@pandora-exchange/identity/AccessTokens") {
  static readonly layer: Layer.Layer<AccessTokens, never, IdentityStore | Secrets | Settings> =
    Layer.effect(
      AccessTokens,
      Effect.suspend(() => make())
    )
}

const tokenType = "at+jwt"
const tokenLengthMax = 2_048

const make = Effect.fnUntraced(function* () {
  const context: TokenContext = {
    keys: yield* signingKeys(),
    settings: yield* Settings,
    verified: new Map()
  }
  return AccessTokens.of({
    ...methodsOf(context, { issue, verify }),
    keySet: Effect.map(context.keys.all, (keys) => ({ keys: keys.map(({ jwk }) => jwk) }))
  })
})

interface TokenContext {
  readonly keys: SigningKeys
  readonly settings: Settings["Service"]
  /** By hash, oldest first. */
  readonly verified: Map<string, Verified>
}

const issue = Effect.fnUntraced(function* (
  { keys, settings: { accessTokenLifeMs, issuer } }: TokenContext,
  { sessionId, userId }: Claims,
  until = Number.POSITIVE_INFINITY
) {
  const { at, key } = yield* keys.signing
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
  const issued: AccessToken = {
    token: Redacted.make(token),
    expiresAt: secondsOf(expiresAt) * 1000
  }
  return issued
})

const verify = Effect.fnUntraced(function* (context: TokenContext, redacted: Redacted.Redacted) {
  const { keys, settings, verified } = context
  const token = Redacted.value(redacted)
  if (token.length > tokenLengthMax) return yield* new TokenRefused()
  const hash = hashOf(redacted)
  // A signature stays what it was. Whether its key counts and the token lives, is asked each time.
  const seen = verified.get(hash)
  const header = seen ?? headerOf(token)
  if (header === undefined) return yield* new TokenRefused()
  const key = yield* keys.named(header.kid)
  const at = yield* keys.now
  if (key === undefined || key.algorithm !== header.alg || key.publishedUntil <= at)
    return yield* new TokenRefused()
  if (seen !== undefined && seen.expiresSeconds > secondsOf(at)) return seen.claims
  const { claims, expiresSeconds } = yield* signedClaims(token, key, settings.issuer, at)
  remember(verified, hash, { ...header, claims, expiresSeconds }, secondsOf(at))
  return claims
})

/** Checks signature, issuer, audience and times of the token. */
const signedClaims = Effect.fnUntraced(function* (
  token: string,
  key: Key,
  issuer: string,
  at: number
) {
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
  return { claims, expiresSeconds: exp! }
})

const remember = (
  verified: TokenContext["verified"],
  hash: string,
  token: Verified,
  atSeconds: number
): void => {
  verified.set(hash, token)
  for (const [oldest, { expiresSeconds }] of verified) {
    if (expiresSeconds > atSeconds && verified.size <= verifiedMax) return
    verified.delete(oldest)
  }
}

const secondsOf = (time: number): number => Math.floor(time / 1000)

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
    const header = JSON.parse(Buffer.from(parts[0]!, "base64url").toString("utf8")) as Record<
      string,
      unknown
    >
    const { alg, kid, typ } = header
    const names = Object.keys(header)
    return names.length === 3 &&
      typeof alg === "string" &&
      typeof kid === "string" &&
      typ === tokenType
      ? { alg, kid }
      : undefined
  } catch {
    return undefined
  }
}

/** base64url without padding, blanks or stray bits: no second spelling of the same bytes. */
const isCanonical = (part: string): boolean =>
  part !== "" && Buffer.from(part, "base64url").toString("base64url") === part
