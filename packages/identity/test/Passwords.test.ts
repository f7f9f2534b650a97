import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Result } from "effect"
import { argon2Sync } from "node:crypto"
import { type Candidate, problemOf } from "../src/PasswordPolicy.ts"
import { Passwords, parametersMin } from "../src/Passwords.ts"

const candidate = (password: string, more: Partial<Candidate> = {}): Candidate => ({
  password,
  hasFactor: false,
  about: ["ann", "smith", "example", "com", "pandora"],
  ...more
})

describe("PasswordPolicy", () => {
  it.each([
    ["umbrella stapler 42 kiwi", undefined],
    ["nach dem regen grünt der wald", undefined],
    ["我喜欢在下雨天的时候喝一杯热茶", undefined],
    ["x9$Kq2#vLm8!pWz", undefined],
    [`the quick cat ${"jumps over ".repeat(4)}`, undefined],
    ["correct horse", "PasswordTooShort"],
    ["", "PasswordTooShort"],
    ["💶".repeat(14), "PasswordTooShort"],
    ["x".repeat(257), "PasswordTooLong"],
    ["💶".repeat(300), "PasswordTooLong"],
    ["aaaaaaaaaaaaaaaa", "PasswordTooCommon"],
    ["abcabcabcabcabcabc", "PasswordTooCommon"],
    ["123456789012345678", "PasswordTooCommon"],
    ["qwertyuiopasdfghjkl", "PasswordTooCommon"],
    ["abcdefghijklmnopqrst", "PasswordTooCommon"],
    ["password123456789", "PasswordTooCommon"],
    ["P@ssw0rd! P@ssw0rd!", "PasswordTooCommon"],
    ["correct horse battery staple", "PasswordTooCommon"],
    ["iloveyouiloveyou2024", "PasswordTooCommon"],
    ["ann.smith@example.com", "PasswordAboutYou"],
    ["Pandora-Ann-Smith!", "PasswordAboutYou"]
  ])("%s: %s", (password, problem) => {
    assert.strictEqual(problemOf(candidate(password)), problem as never)
  })

  it("8 characters are enough beside a second factor", () => {
    assert.strictEqual(problemOf(candidate("kiwi9 hat", { hasFactor: true })), undefined)
    assert.strictEqual(problemOf(candidate("kiwi9 h", { hasFactor: true })), "PasswordTooShort")
    assert.strictEqual(problemOf(candidate("password", { hasFactor: true })), "PasswordTooCommon")
  })

  it("256 characters are accepted, whatever they are made of", () => {
    const text = Array.from({ length: 256 }, (_, i) =>
      String.fromCodePoint(0x1f300 + ((i * 37) % 200))
    ).join("")
    assert.strictEqual(problemOf(candidate(text)), undefined)
  })

  it("hostile text takes no time", () => {
    const before = performance.now()
    for (const text of [
      "a".repeat(255),
      "ab".repeat(127),
      `${"abc".repeat(80)}x`,
      "\u0301".repeat(256)
    ]) {
      problemOf(candidate(text))
    }
    assert.isBelow(performance.now() - before, 200)
  })
})

const password = Redacted.make("umbrella stapler 42 kiwi")

describe("Passwords", () => {
  it.effect("a password verifies against its hash, whose text names its parameters", () =>
    Effect.gen(function* () {
      const { hash, isOutdated, verify } = yield* Passwords
      const stored = yield* hash(password)
      assert.match(
        stored,
        /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/
      )
      assert.notStrictEqual(yield* hash(password), stored)
      assert.isTrue(yield* verify(stored, password))
      assert.isFalse(yield* verify(stored, Redacted.make("umbrella stapler 42 kiwis")))
      assert.isFalse(yield* verify(undefined, password))
      assert.isFalse(isOutdated(stored))
      assert.isTrue(isOutdated(stored.replace("m=19456", "m=9728")))
    }).pipe(Effect.provide(Passwords.layer()))
  )

  it.effect("the same characters typed otherwise are the same password", () =>
    Effect.gen(function* () {
      const { hash, verify } = yield* Passwords
      const stored = yield* hash(Redacted.make("gr\u00fcn wie der wald"))
      assert.isTrue(yield* verify(stored, Redacted.make("gru\u0308n wie der wald")))
      assert.isFalse(yield* verify(stored, Redacted.make("grun wie der wald")))
    }).pipe(Effect.provide(Passwords.layer()))
  )

  it.effect("nothing is cut: passwords that differ in the last character differ", () =>
    Effect.gen(function* () {
      const { hash, verify } = yield* Passwords
      const long = "k".repeat(255)
      const stored = yield* hash(Redacted.make(`${long}a`))
      assert.isTrue(yield* verify(stored, Redacted.make(`${long}a`)))
      assert.isFalse(yield* verify(stored, Redacted.make(`${long}b`)))
    }).pipe(Effect.provide(Passwords.layer()))
  )

  it.effect("error: more than may wait are refused, and those that wait are hashed", () =>
    Effect.gen(function* () {
      const { hash } = yield* Passwords
      const results = yield* Effect.all(
        Array.from({ length: 10 }, () => Effect.result(hash(password))),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        results.map((result) => (Result.isSuccess(result) ? "hashed" : result.failure._tag)),
        [...Array<string>(4).fill("hashed"), ...Array<string>(6).fill("Busy")]
      )
      yield* hash(password)
    }).pipe(Effect.provide(Passwords.layer({ hashesAtOnce: 1, waitingMax: 3 })))
  )

  it.effect("who stops waiting makes room", () =>
    Effect.gen(function* () {
      const { hash } = yield* Passwords
      const fibers = yield* Effect.replicateEffect(
        Effect.forkChild(hash(password), { startImmediately: true }),
        2
      )
      assert.strictEqual((yield* Effect.flip(hash(password)))._tag, "Busy")
      yield* Fiber.interruptAll(fibers)
      yield* hash(password)
    }).pipe(Effect.provide(Passwords.layer({ hashesAtOnce: 1, waitingMax: 1 })))
  )

  it.effect("error: weaker parameters than the least are refused at the start", () =>
    Effect.gen(function* () {
      const parameters = { ...parametersMin, memoryCost: 19_455 }
      const exit = yield* Effect.exit(Effect.provide(Passwords, Passwords.layer({ parameters })))
      assert.include(String(exit), "memoryCost is 19455: give 19456 or more")
    })
  )

  it.effect("hashes are those of RFC 9106, as Node computes them", () =>
    Effect.gen(function* () {
      // RFC 9106, 5.3: Node's own Argon2id gives the published tag, so it can stand in for the
      // standard below.
      const published = argon2Sync("argon2id", {
        message: Buffer.alloc(32, 1),
        nonce: Buffer.alloc(16, 2),
        secret: Buffer.alloc(8, 3),
        associatedData: Buffer.alloc(12, 4),
        memory: 32,
        passes: 3,
        parallelism: 4,
        tagLength: 32
      })
      assert.strictEqual(
        published.toString("hex"),
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
      )
      const { hash } = yield* Passwords
      const [, , , , salt = "", tag] = (yield* hash(password)).split("$")
      const ours = argon2Sync("argon2id", {
        message: Redacted.value(password),
        nonce: Buffer.from(salt, "base64"),
        memory: 19_456,
        passes: 2,
        parallelism: 1,
        tagLength: 32
      })
      assert.strictEqual(ours.toString("base64").replace(/=+$/, ""), tag)
    }).pipe(Effect.provide(Passwords.layer()))
  )
})
