/**
 * Access tokens: JWTs (RFC 9068) that live for minutes, signed with a key from a rotating set.
 *
 * A token is verified with the algorithm its key was made for. Its header may contain only `alg`,
 * `kid` and `typ`: it cannot choose an algorithm, embed a key or a key URL, or mark anything
 * critical. Each part has exactly one valid encoding.
 */
import { SessionId, UserId } from "@pandora-exchange/core/IdentityRecords"
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

/** How many tokens with a verified signature a node remembers. */
const verifiedMax = 100_000

/** Whose session a token belongs to. `Sessions` decides whether that session is still alive. */
export interface Claims {
  readonly userId: UserId
  readonly sessionId: SessionId
}

export interface AccessToken {
  readonly token: Redacted.Redacted
  readonly expiresAt: number
}

/** The public keys, as verifiers fetch them (JWKS). */
export interface KeySet {
  readonly keys: ReadonlyArray<JWK>
}

export class AccessTokens extends Context.Service<
  AccessTokens,
  {
    /** Issues a token. It expires with the session, at `until`, or earlier. */
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
  /** Keyed by hash, oldest first. */
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
      // Tolerates a clock of another node that is slightly behind.
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
  // A valid signature stays valid. Whether its key is still accepted and the token unexpired is
  // checked on every call.
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

/** Checks the signature, issuer, audience and times of the token. */
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

/** Returns `undefined` for anything that does not look like one of our tokens. */
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

/**
 * base64url without padding, blanks or stray bits, so that the same bytes have one encoding only.
 */
const isCanonical = (part: string): boolean =>
  part !== "" && Buffer.from(part, "base64url").toString("base64url") === part
