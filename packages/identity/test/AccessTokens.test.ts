import { assert, describe, it } from "@effect/vitest"
import { SessionId, UserId } from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import {
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
  UnsecuredJWT
} from "jose"
import { createHmac, createPublicKey, verify } from "node:crypto"
import { AccessTokens, keyLeadMs, keyLifeMs } from "../src/AccessTokens.ts"
import { Secrets } from "../src/Secrets.ts"
import { accessTokenLifeMsDefault, accessTokenLifeMsMax, Settings } from "../src/Settings.ts"
import { refusal, settings, startTime, world, type World } from "./support/exchange.ts"
import * as vectors from "./support/vectors.ts"

const claims = { userId: UserId("usr_ann"), sessionId: SessionId("ses_one") }
const now = startTime / 1000
const body = {
  iss: settings.issuer,
  aud: settings.issuer,
  sub: "usr_ann",
  sid: "ses_one",
  iat: now,
  nbf: now,
  exp: now + 60
}

const refused = (here: World, token: string) =>
  Effect.map(refusal(here.accessTokens.verify(Redacted.make(token))), (tag) =>
    assert.strictEqual(tag, "TokenRefused")
  )

/** The tokens of another node on the same store. */
const tokensOver = (store: IdentityStore["Service"]) =>
  Effect.map(
    Layer.build(
      AccessTokens.layer.pipe(
        Layer.provideMerge(Secrets.layer),
        Layer.provide(Settings.layer(settings)),
        Layer.provide(Layer.succeed(IdentityStore, store)),
        Layer.fresh
      )
    ),
    (context) => Context.get(context, AccessTokens)
  )

/** A published key set that contains a key whose private half is known here. */
const withKnownKey = Effect.fnUntraced(function* (
  here: World,
  algorithm: "EdDSA" | "ES256" = "EdDSA"
) {
  const pair = yield* Effect.promise(() => generateKeyPair(algorithm, { extractable: true }))
  const publicJwk = yield* Effect.promise(() => exportJWK(pair.publicKey))
  yield* insertKey(here, `known-${algorithm}`, algorithm, publicJwk)
  const sign = (payload: Record<string, unknown>, header: Partial<JWTHeaderParameters> = {}) =>
    Effect.promise(() =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: algorithm, kid: `known-${algorithm}`, typ: "at+jwt", ...header })
        .sign(pair.privateKey, { crit: { b64: true, exp: true } })
    )
  return { sign, publicJwk }
})

const insertKey = (here: World, keyId: string, algorithm: "EdDSA" | "ES256", publicJwk: JWK) =>
  here.store.write({
    changes: [
      {
        _tag: "InsertSigningKey",
        key: {
          keyId,
          algorithm,
          publicKey: JSON.stringify(publicJwk),
          privateKey: "unknown",
          signsFrom: 0,
          publishedUntil: startTime + 1e9
        }
      }
    ],
    audit: []
  })

describe("AccessTokens", () => {
  it.effect.each(["EdDSA", "ES256"] as const)(
    "a token is verified until it expires, and its key is published (%s)",
    (algorithm) =>
      Effect.gen(function* () {
        const here = yield* world({ identity: { algorithm } })
        const { expiresAt, token } = yield* here.accessTokens.issue(claims)
        assert.strictEqual(expiresAt, startTime + accessTokenLifeMsDefault)
        assert.deepStrictEqual(yield* here.accessTokens.verify(token), claims)
        const { keys } = yield* here.accessTokens.keySet
        assert.deepStrictEqual(
          keys.map(({ alg, d, use }) => [alg, d, use]),
          [[algorithm, undefined, "sig"]]
        )
        // Verifies with none of our code: the published key and Node's own crypto.
        const [header, payload, signature] = Redacted.value(token).split(".") as [
          string,
          string,
          string
        ]
        const key = createPublicKey({ key: keys[0] as never, format: "jwk" })
        const signed = Buffer.from(`${header}.${payload}`)
        const parameters = algorithm === "EdDSA" ? key : { key, dsaEncoding: "ieee-p1363" as const }
        const hash = algorithm === "EdDSA" ? null : "sha256"
        assert.isTrue(verify(hash, signed, parameters, Buffer.from(signature, "base64url")))
        yield* TestClock.adjust(accessTokenLifeMsDefault)
        yield* refused(here, Redacted.value(token))
      }).pipe(Effect.scoped)
  )

  it.effect("the first tokens of an exchange, asked for at once, are signed with one key", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const tokens = yield* Effect.forEach([1, 2, 3], () => here.accessTokens.issue(claims), {
        concurrency: "unbounded"
      })
      assert.strictEqual(new Set(tokens.map(({ token }) => Redacted.value(token))).size, 1)
      assert.strictEqual((yield* here.accessTokens.keySet).keys.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("a token lives as long as the settings say, and not past the end of its session", () =>
    Effect.gen(function* () {
      const here = yield* world({ identity: { accessTokenLifeMs: 12 * 3_600_000 } })
      const { expiresAt } = yield* here.accessTokens.issue(claims)
      assert.strictEqual(expiresAt, startTime + 12 * 3_600_000)
      const { expiresAt: cut, token } = yield* here.accessTokens.issue(
        claims,
        startTime + 3_600_000
      )
      assert.strictEqual(cut, startTime + 3_600_000)
      yield* TestClock.adjust(3_600_000)
      yield* refused(here, Redacted.value(token))
    }).pipe(Effect.scoped)
  )

  it.effect("a clock that goes back lets no expired token live again", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { token } = yield* here.accessTokens.issue(claims)
      yield* TestClock.adjust(accessTokenLifeMsDefault)
      yield* refused(here, Redacted.value(token))
      yield* TestClock.setTime(startTime)
      yield* refused(here, Redacted.value(token))
    }).pipe(Effect.scoped)
  )

  it.effect(
    "keys rotate: the next is published before it signs, the last until its tokens are gone",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const keyIds = Effect.map(here.accessTokens.keySet, ({ keys }) =>
          keys.map(({ kid }) => kid)
        )
        const signer = Effect.map(here.accessTokens.issue(claims), ({ token }) => {
          const [header = ""] = Redacted.value(token).split(".")
          return (JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string }).kid
        })
        const first = yield* signer
        yield* TestClock.adjust(keyLifeMs - keyLeadMs)
        const published = yield* keyIds
        assert.strictEqual(published.length, 2)
        assert.strictEqual(yield* signer, first)
        yield* TestClock.adjust(keyLeadMs - 1)
        const { token: last } = yield* here.accessTokens.issue(claims)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* signer, published[1])
        assert.deepStrictEqual(yield* here.accessTokens.verify(last), claims)
        yield* TestClock.adjust(accessTokenLifeMsMax + 60_000)
        assert.deepStrictEqual(yield* keyIds, [published[1]])
      }).pipe(Effect.scoped)
  )

  it.effect("a key that another node made is known when its first token comes", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const there = yield* tokensOver(here.store)
      yield* there.keySet
      yield* TestClock.adjust(keyLifeMs)
      const { token } = yield* here.accessTokens.issue(claims)
      assert.deepStrictEqual(yield* there.verify(token), claims)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a token that was verified is refused when it expires, and when its key is published no longer",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const { token } = yield* here.accessTokens.issue(claims)
        const withKey = yield* tokensOver(here.store)
        const keys = yield* here.store.signingKeys
        let published = keys
        const losing = yield* tokensOver({
          ...here.store,
          signingKeys: Effect.sync(() => published)
        })
        for (const tokens of [withKey, losing]) {
          yield* Effect.replicateEffect(
            Effect.map(tokens.verify(token), (verified) =>
              assert.deepStrictEqual(verified, claims)
            ),
            3
          )
        }
        published = []
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* refusal(losing.verify(token)), "TokenRefused")
        assert.deepStrictEqual(yield* withKey.verify(token), claims)
        yield* TestClock.adjust(accessTokenLifeMsDefault - 60_000)
        assert.strictEqual(yield* refusal(withKey.verify(token)), "TokenRefused")
      }).pipe(Effect.scoped)
  )

  it.effect("error: another signature under what was verified is refused", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const one = Redacted.value((yield* here.accessTokens.issue(claims)).token).split(".")
      const two = Redacted.value(
        (yield* here.accessTokens.issue({ ...claims, sessionId: SessionId("ses_two") })).token
      ).split(".")
      yield* here.accessTokens.verify(Redacted.make(one.join(".")))
      yield* here.accessTokens.verify(Redacted.make(two.join(".")))
      yield* refused(here, [one[0], one[1], two[2]].join("."))
      yield* refused(here, [one[0], two[1], one[2]].join("."))
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a header that says more or other than ours is refused, though the signature is right",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const { publicJwk, sign } = yield* withKnownKey(here)
        const good = yield* sign(body)
        assert.deepStrictEqual(yield* here.accessTokens.verify(Redacted.make(good)), claims)
        const headers: ReadonlyArray<Record<string, unknown>> = [
          { kid: "unknown" },
          { kid: undefined },
          { typ: "JWT" },
          { typ: undefined },
          { jwk: publicJwk },
          { jku: "https://pandora.example/keys" },
          { x5u: "https://pandora.example/keys" },
          { x5c: ["AAAA"] },
          { cty: "JWT" },
          { crit: ["exp"], exp: 1 },
          { alg: "Ed25519" }
        ]
        for (const header of headers) yield* refused(here, yield* sign(body, header as never))
      }).pipe(Effect.scoped)
  )

  it.effect("error: algorithms that the key was not made for are refused", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { publicJwk } = yield* withKnownKey(here)
      const es256 = yield* withKnownKey(here, "ES256")
      yield* refused(here, yield* es256.sign(body, { kid: "known-EdDSA" }))
      yield* refused(here, new UnsecuredJWT(body).encode())
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
      for (const alg of ["HS256", "EdDSA", "none"]) {
        const signed = `${part({ alg, kid: "known-EdDSA", typ: "at+jwt" })}.${part(body)}`
        const secrets = [JSON.stringify(publicJwk), Buffer.from(publicJwk.x!, "base64url")]
        for (const secret of secrets) {
          yield* refused(
            here,
            `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`
          )
        }
        yield* refused(here, `${signed}.`)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("error: every claim is required and checked", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { sign } = yield* withKnownKey(here)
      for (const name of Object.keys(body))
        yield* refused(here, yield* sign({ ...body, [name]: undefined }))
      const wrong = [
        { iss: "https://evil.example" },
        { aud: "https://evil.example" },
        { exp: now },
        { nbf: now + 1 },
        { sub: 7 },
        { sid: ["ses_one"] }
      ]
      for (const claim of wrong) yield* refused(here, yield* sign({ ...body, ...claim }))
    }).pipe(Effect.scoped)
  )

  it.effect("error: another spelling of a good token is refused", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { sign } = yield* withKnownKey(here)
      const good = yield* sign(body)
      const [header, payload, signature] = good.split(".") as [string, string, string]
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
      // 64 bytes leave four unused bits in the last character.
      const last = alphabet.indexOf(signature.at(-1)!)
      const others = [
        `${good}=`,
        `${good}.`,
        ` ${good}`,
        `${good}\n`,
        `${header}.${payload}`,
        `${header}..${signature}`,
        `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last ^ 1]}`,
        `${header}.${payload}.${signature.slice(0, -2)}`,
        `${header}.${payload}.${Buffer.from(signature, "base64url").toString("base64")}`,
        `${good.slice(0, 50)} ${good.slice(50)}`,
        "x".repeat(100_000)
      ]
      for (const other of others) yield* refused(here, other)
    }).pipe(Effect.scoped)
  )
})

interface Group {
  readonly private?: JWK
  readonly public?: JWK
  readonly tests: ReadonlyArray<{
    readonly tcId: number
    readonly jws: unknown
    readonly result: string
  }>
}

describe.skipIf(!vectors.available)("AccessTokens on published signatures", () => {
  it.effect(
    "error: no signature of the published ones is an access token, though its key is in our set",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        let count = 0
        for (const file of ["json_web_signature_test.json", "json_web_key_test.json"]) {
          const { testGroups } = vectors.read<{ readonly testGroups: ReadonlyArray<Group> }>(
            `wycheproof/${file}`
          )
          for (const group of testGroups) {
            const { kid, kty } = group.public ?? {}
            const known = (yield* here.store.signingKeys).some(({ keyId }) => keyId === kid)
            const usable =
              kty === "EC" && group.public?.crv === "P-256" && kid !== undefined && !known
            if (usable) yield* insertKey(here, kid, "ES256", group.public!)
            for (const { jws } of group.tests) {
              yield* refused(here, typeof jws === "string" ? jws : JSON.stringify(jws))
              count++
            }
          }
        }
        assert.isAbove(count, 400)
      }).pipe(Effect.scoped)
  )

  it.effect("signatures of ES256 keys verify or not, as was published", () =>
    Effect.gen(function* () {
      const { compactVerify } = yield* Effect.promise(() => import("jose"))
      const { testGroups } = vectors.read<{ readonly testGroups: ReadonlyArray<Group> }>(
        "wycheproof/json_web_signature_test.json"
      )
      const results: Array<readonly [number, string]> = []
      const published: Array<readonly [number, string]> = []
      for (const { public: jwk, tests } of testGroups.filter(
        (group) => group.public?.alg === "ES256"
      )) {
        const key = yield* Effect.promise(() => importJWK(jwk!, "ES256"))
        for (const { jws, result, tcId } of tests) {
          const verified = yield* Effect.promise(() =>
            compactVerify(jws as string, key, { algorithms: ["ES256"] }).then(
              () => "valid",
              () => "invalid"
            )
          )
          results.push([tcId, verified])
          published.push([tcId, result])
        }
      }
      assert.deepStrictEqual(results, published)
    })
  )
})
