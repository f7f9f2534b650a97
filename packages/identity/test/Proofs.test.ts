import { assert, describe, it, vi } from "@effect/vitest"
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Proofs from "../src/Proofs.ts"
import { Secrets } from "../src/Secrets.ts"
import { Settings } from "../src/Settings.ts"
import { attested, challenge } from "./support/attested.ts"
import { refusal, settings } from "./support/exchange.ts"
import { SoftwareAuthenticator } from "./support/SoftwareAuthenticator.ts"

const services = Layer.provideMerge(Secrets.layer, Settings.layer(settings))

/** The seed of the RFC's vectors, in base32. */
const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

const userWith = Effect.map(
  Effect.flatMap(Secrets, ({ seal }) => seal("totp usr_ann", seed)),
  (secret) =>
    ({ userId: "usr_ann", totp: { secret, confirmed: true, lastStep: 0 } }) as unknown as User
)

const prove = (user: User, code: string) =>
  Proofs.prove(user, { _tag: "Totp", code: Redacted.make(code) })

/** Someone who was asked for a passkey. */
const adding = {
  userId: "usr_ann",
  passkeys: [],
  challenge: { purpose: "addPasskey", value: challenge, expiresAt: 1 }
} as unknown as User

describe("Proofs", () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits.
  it.effect.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"]
  ] as const)("at %i s the code is %s, and counts once", ([seconds, code]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(seconds * 1000)
      const user = yield* userWith
      const used = yield* prove(user, code)
      assert.strictEqual(used.totp?.lastStep, Math.floor(seconds / 30))
      assert.strictEqual(yield* refusal(prove(used, code)), "FactorRefused")
    }).pipe(Effect.provide(services))
  )

  it.effect(
    "a code is good one step early and one step late, and then the ones before it are void",
    () =>
      Effect.gen(function* () {
        const user = yield* userWith
        const code = "081804"
        const step = Math.floor(1_111_111_109 / 30)
        const at = (steps: number) =>
          Effect.andThen(
            TestClock.setTime((step + steps) * 30_000),
            Effect.result(prove(user, code))
          )
        const results = yield* Effect.forEach([-2, -1, 0, 1, 2], at)
        assert.deepStrictEqual(
          results.map(({ _tag }) => _tag),
          ["Failure", "Success", "Success", "Success", "Failure"]
        )
        yield* TestClock.setTime(step * 30_000)
        const later = { ...user, totp: { ...user.totp!, lastStep: step + 1 } }
        assert.strictEqual(yield* refusal(prove(later, code)), "FactorRefused")
        const far = { ...user, totp: { ...user.totp!, lastStep: step + 1_000 } }
        assert.strictEqual(yield* refusal(prove(far, code)), "FactorRefused")
      }).pipe(Effect.provide(services))
  )

  it.effect("error: another user's sealed secret does not open", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(59_000)
      const user = { ...(yield* userWith), userId: "usr_bob" } as User
      assert.strictEqual(yield* refusal(prove(user, "287082")), "FactorRefused")
    }).pipe(Effect.provide(services))
  )

  it.effect.each(attested)(
    "error: a passkey with a certificate (%s) is refused, and no address in it called",
    ([, response]) =>
      Effect.gen(function* () {
        const fetched = yield* Effect.acquireRelease(
          Effect.sync(() =>
            vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("nobody is called"))
          ),
          (spy) => Effect.sync(() => spy.mockRestore())
        )
        const error = yield* Effect.flip(Proofs.withPasskeyAdded(adding, response, "Key"))
        assert.deepInclude(error, { _tag: "Refused", code: "PasskeyRefused" })
        assert.deepStrictEqual(fetched.mock.calls, [])
      }).pipe(Effect.provide(services), Effect.scoped)
  )

  it.effect("a passkey that signs itself is added", () =>
    Effect.gen(function* () {
      const authenticator = new SoftwareAuthenticator()
      const response = authenticator.create(
        { challenge, rp: { id: "pandora.example" } },
        { selfAttested: true }
      )
      const { passkeys } = yield* Proofs.withPasskeyAdded(adding, response, "Key")
      assert.deepStrictEqual(
        passkeys.map(({ credentialId }) => credentialId),
        [response.id]
      )
    }).pipe(Effect.provide(services))
  )
})
