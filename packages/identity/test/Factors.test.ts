import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { freshMs } from "../src/Principal.ts"
import {
  addTotp,
  home,
  otherPassword,
  password,
  person,
  personWithTotp,
  refusal,
  signIn,
  tokenIn,
  world,
  type World,
  type Person
} from "./support/exchange.ts"
import { SoftwareAuthenticator } from "./support/SoftwareAuthenticator.ts"

const addPasskey = Effect.fnUntraced(function* (
  here: World,
  { principal }: Pick<Person, "principal">
) {
  const authenticator = new SoftwareAuthenticator()
  const response = authenticator.create(yield* here.factors.beginPasskey(principal))
  const codes = yield* here.factors.addPasskey(principal, { response, name: "Key" }, home)
  assert.strictEqual((yield* here.mail).kind, "factorsChanged")
  return { authenticator, codes, response }
})

/** What the browser is asked for at sign-in. */
const challengeFor = (here: World, email: string) =>
  Effect.map(Effect.flip(signIn(here, email)), (error) =>
    error._tag === "FactorRequired" ? (error.passkey as object) : assert.fail(error._tag)
  )

describe("Factors", () => {
  it.effect(
    "a TOTP secret counts when a code of it was confirmed, brings recovery codes, and ends other sessions",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const other = yield* signIn(here, ann.email)
        yield* here.factors.beginTotp(ann.principal)
        yield* signIn(here, ann.email)
        const { recoveryCodes } = yield* addTotp(here, ann)
        assert.strictEqual(new Set(recoveryCodes.map(Redacted.value)).size, 10)
        for (const code of recoveryCodes)
          assert.match(Redacted.value(code), /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
        assert.strictEqual(
          yield* refusal(here.sessions.authenticate(other.access.token)),
          "TokenRefused"
        )
        assert.strictEqual(yield* refusal(signIn(here, ann.email)), "FactorRequired")
      }).pipe(Effect.scoped)
  )

  it.effect("error: a wrong code confirms nothing", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      yield* here.factors.beginTotp(ann.principal)
      for (const code of ["000000", "12345", "1234567", "١٢٣٤٥٦", ""]) {
        const confirmed = here.factors.confirmTotp(ann.principal, Redacted.make(code), home)
        assert.strictEqual(yield* refusal(confirmed), "FactorRefused")
      }
      yield* signIn(here, ann.email)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: factors change only with a fresh proof, and where there is one, with the second factor",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        yield* TestClock.adjust(freshMs + 1)
        assert.strictEqual(yield* refusal(here.factors.beginTotp(ann.principal)), "StepUpRequired")
        const stepped = yield* here.sessions.stepUp(
          ann.principal,
          { _tag: "Password", password },
          home
        )
        const principal = yield* here.sessions.authenticate(stepped.access.token)
        yield* addTotp(here, { principal })
        // The session began before the factor existed.
        const now = yield* here.sessions.authenticate(stepped.access.token)
        assert.strictEqual(yield* refusal(here.factors.removeTotp(now, home)), "StepUpRequired")
      }).pipe(Effect.scoped)
  )

  it.effect("the last factor goes only when the password is long enough to stand alone", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      const next = Redacted.make("kiwi9 hat")
      const { principal } = ann
      yield* here.users.changePassword(principal, { current: password, next, caller: home })
      assert.strictEqual((yield* here.mail).kind, "passwordChanged")
      const error = yield* Effect.flip(here.factors.removeTotp(principal, home))
      assert.deepInclude(error, { _tag: "Refused", code: "PasswordTooShortAlone" })
      yield* here.users.changePassword(principal, {
        current: next,
        next: otherPassword,
        caller: home
      })
      yield* here.factors.removeTotp(principal, home)
      yield* here.sessions.signIn({ email: ann.email, password: otherPassword, caller: home })
      assert.deepStrictEqual((yield* here.store.user(ann.userId))?.recoveryCodes, [])
    }).pipe(Effect.scoped)
  )

  it.effect("a passkey is added, signs in, and its challenge counts once", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const { authenticator, codes } = yield* addPasskey(here, ann)
      assert.strictEqual(codes?.length, 10)
      const response = authenticator.get(yield* challengeFor(here, ann.email))
      yield* signIn(here, ann.email, { _tag: "Passkey", response })
      assert.strictEqual(
        yield* refusal(signIn(here, ann.email, { _tag: "Passkey", response })),
        "FactorRefused"
      )
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: another page's, an unverified, a copied and a stranger's passkey are refused",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const { authenticator } = yield* addPasskey(here, ann)
        const stranger = new SoftwareAuthenticator()
        const asAnn = {
          ...stranger.get(yield* challengeFor(here, ann.email)),
          id: authenticator.id.toString("base64url")
        }
        const proofs = [
          authenticator.get(yield* challengeFor(here, ann.email), {
            origin: "https://pandora.example.evil.example"
          }),
          authenticator.get(yield* challengeFor(here, ann.email), { userVerified: false }),
          { ...asAnn, rawId: asAnn.id },
          { id: 7 },
          null
        ]
        for (const response of proofs) {
          assert.strictEqual(
            yield* refusal(signIn(here, ann.email, { _tag: "Passkey", response })),
            "FactorRefused"
          )
        }
        const good = authenticator.get(yield* challengeFor(here, ann.email), { counter: 5 })
        yield* signIn(here, ann.email, { _tag: "Passkey", response: good })
        const copied = authenticator.get(yield* challengeFor(here, ann.email), { counter: 5 })
        assert.strictEqual(
          yield* refusal(signIn(here, ann.email, { _tag: "Passkey", response: copied })),
          "FactorRefused"
        )
      }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a passkey is not added to somebody else, nor with an old challenge, nor twice",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const [ann, bob] = [yield* person(here, "ann"), yield* person(here, "bob")] as const
        const authenticator = new SoftwareAuthenticator()
        const response = authenticator.create(yield* here.factors.beginPasskey(ann.principal))
        const add = (who: Person) =>
          Effect.flip(here.factors.addPasskey(who.principal, { response, name: "Key" }, home))
        const refused = { _tag: "Refused", code: "PasskeyRefused" } as const
        assert.deepInclude(yield* add(bob), refused)
        yield* here.factors.beginPasskey(bob.principal)
        assert.deepInclude(yield* add(bob), refused)
        yield* TestClock.adjust("6 minutes")
        assert.deepInclude(yield* add(ann), refused)
      }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a passkey of one user is not added to another, until the first removes it",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const [ann, bob] = [yield* person(here, "ann"), yield* person(here, "bob")] as const
        const { authenticator } = yield* addPasskey(here, ann)
        const add = Effect.gen(function* () {
          const response = authenticator.create(yield* here.factors.beginPasskey(bob.principal))
          return yield* here.factors.addPasskey(bob.principal, { response, name: "Key" }, home)
        })
        const before = yield* here.store.user(bob.userId)
        assert.deepInclude(yield* Effect.flip(add), { _tag: "Refused", code: "PasskeyRefused" })
        assert.deepStrictEqual(
          { ...(yield* here.store.user(bob.userId)), challenge: null, version: 0 },
          { ...before, challenge: null, version: 0 }
        )
        const credentialId = authenticator.id.toString("base64url")
        yield* here.factors.removePasskey(ann.principal, credentialId, home)
        yield* add
        assert.deepStrictEqual(
          (yield* here.store.user(bob.userId))?.passkeys.map((passkey) => passkey.credentialId),
          [credentialId]
        )
      }).pipe(Effect.scoped)
  )

  it.effect("error: a reset by mail does not get past the second factor", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      yield* here.users.requestPasswordReset(ann.email, home)
      const token = tokenIn(yield* here.mail)
      const reset = (proof?: Parameters<typeof signIn>[2]) =>
        here.users.resetPassword({ token, password: otherPassword, proof, caller: home })
      assert.strictEqual(yield* refusal(reset()), "FactorRequired")
      assert.strictEqual(
        yield* refusal(reset({ _tag: "Totp", code: Redacted.make("000000") })),
        "FactorRefused"
      )
      yield* reset(yield* ann.authenticator.proof)
      assert.strictEqual(
        yield* refusal(here.sessions.authenticate(ann.tokens.access.token)),
        "TokenRefused"
      )
    }).pipe(Effect.scoped)
  )
})
