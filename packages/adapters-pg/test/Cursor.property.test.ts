import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Cursor from "../src/internal/Cursor.ts"

const numbers = { orders: 1, fills: 3, trades: 2, entries: 2 } as const
const lists = Object.keys(numbers) as ReadonlyArray<Cursor.List>
const list = fc.constantFrom(...lists)
const count = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER)
)
const place = list.chain((name) =>
  fc.tuple(
    fc.constant(name),
    fc.array(count, { minLength: numbers[name], maxLength: numbers[name] })
  )
)

const check = (property: fc.IProperty<any>) => fc.assert(property, { numRuns: 2_000 })

describe("Cursor", () => {
  it("names the place it was made of", () =>
    check(
      fc.property(place, ([name, numbers]) =>
        assert.deepStrictEqual(Cursor.decode(name, Cursor.encode(name, numbers)), numbers)
      )
    ))

  it("error: is refused by every other list", () =>
    check(
      fc.property(place, list, (given, other) => {
        fc.pre(given[0] !== other)
        assert.instanceOf(Cursor.decode(other, Cursor.encode(...given)), Cursor.CursorRefused)
      })
    ))

  it("error: is refused with any letter changed, added, left out or written otherwise", () =>
    check(
      fc.property(
        place,
        fc.nat(),
        fc.string({ minLength: 0, maxLength: 3 }),
        fc.nat(2),
        ([name, numbers], at, text, cut) => {
          const cursor = Cursor.encode(name, numbers)
          const from = at % (cursor.length + 1)
          const changed = cursor.slice(0, from) + text + cursor.slice(from + cut)
          fc.pre(changed !== cursor)
          assert.instanceOf(Cursor.decode(name, changed), Cursor.CursorRefused)
        }
      )
    ))

  it("error: garbage is refused, whatever it is", () =>
    check(
      fc.property(
        list,
        fc.oneof(fc.anything(), fc.string(), fc.base64String()),
        (name, garbage) => {
          assert.instanceOf(Cursor.decode(name, garbage), Cursor.CursorRefused)
        }
      )
    ))
})
