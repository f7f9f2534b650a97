import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as IdempotencyKey from "../src/IdempotencyKey.ts"
import { MalformedRecord } from "../src/Layout.ts"
import { buffer, keys } from "./records.ts"

const example = "018f2d5e-0c3b-7a1e-9c5d-0123456789ab" as IdempotencyKey.IdempotencyKey

describe("IdempotencyKey", () => {
  it("tells when it was made", () => {
    const times = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 48 - 1)
    )
    fc.assert(
      fc.property(times, fc.nat(40), (timeMs, at) => {
        const { view } = buffer(64)
        const key = IdempotencyKey.make(timeMs)
        assert.ok(IdempotencyKey.isKey(key))
        IdempotencyKey.write(view, at, key)
        assert.strictEqual(IdempotencyKey.timeAt(view, at), timeMs)
      })
    )
  })

  it("is another each time, also in one millisecond", () => {
    const made = Array.from({ length: 1_000 }, () => IdempotencyKey.make(1_800_000_000_000))
    assert.strictEqual(new Set(made).size, 1_000)
  })

  it("is made now when no time is told", () => {
    const { view } = buffer(64)
    const before = Date.now()
    IdempotencyKey.write(view, 0, IdempotencyKey.make())
    const madeAt = IdempotencyKey.timeAt(view, 0)
    assert.ok(before <= madeAt && madeAt <= Date.now())
  })

  it("is read as it was written", () => {
    fc.assert(
      fc.property(keys, fc.nat(40), (key, at) => {
        const { view } = buffer(64)
        IdempotencyKey.write(view, at, key)
        assert.strictEqual(IdempotencyKey.read(view, at), key)
      })
    )
  })

  it("has its bytes in the order of its text", () => {
    const { bytes, view } = buffer(16)
    IdempotencyKey.write(view, 0, example)
    assert.strictEqual(Buffer.from(bytes).toString("hex"), example.replaceAll("-", ""))
  })

  it.each([
    "",
    "018F2D5E-0C3B-7A1E-9C5D-0123456789AB",
    "018f2d5e-0c3b-4a1e-9c5d-0123456789ab",
    "018f2d5e-0c3b-7a1e-0c5d-0123456789ab",
    "018f2d5e-0c3b-7a1e-cc5d-0123456789ab",
    "018f2d5e0c3b7a1e9c5d0123456789ab",
    "{018f2d5e-0c3b-7a1e-9c5d-0123456789ab}",
    "018f2d5e-0c3b-7a1e-9c5d-0123456789a",
    "018f2d5e-0c3b-7a1e-9c5d-0123456789abc",
    "018f2d5e-0c3b-7a1e-9c5d-0123456789ag",
    "018f2d5e-0c3b-7a1e-9c5d-0123456789ab\n",
    "018f2d5e-0c3b-7a1e-9c5d-０123456789ab",
    " 018f2d5e-0c3b-7a1e-9c5d-0123456789ab",
    "0".repeat(1 << 20)
  ])("error: %s is no key", (text) => {
    assert.strictEqual(IdempotencyKey.isKey(text), false)
    assert.throws(() => IdempotencyKey.write(buffer(64).view, 0, text as never), MalformedRecord)
  })

  it("error: what is no text is no key", () => {
    for (const value of [null, undefined, 7, 7n, {}, [example], { toString: () => example }]) {
      assert.strictEqual(IdempotencyKey.isKey(value), false)
    }
    assert.strictEqual(IdempotencyKey.isKey(example), true)
  })
})
