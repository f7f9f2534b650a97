import { expect, it } from "@effect/vitest"
import fc from "fast-check"
import { duplicateKey } from "../src/http/duplicateKey.ts"

it.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a":{"b":1},"b":{"c":1,"d":[{"e":1, "e" :2}]}}', "e"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"":1,"":2}', ""],
  ['{"a\\"":1,\n"a\\""\t:2}', 'a"'],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"a":{"a":1},"b":{"a":1}}', undefined],
  ['{"a":"a\\\\","b":"a:{}[]"}', undefined],
  ['[{"a":1},{"a":1},"a","a"]', undefined],
  ["{}", undefined]
])("error: %s has %j twice", (json, key) => {
  expect(duplicateKey(json)).toBe(key)
})

it("finds none in what was made from a value", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(duplicateKey(json)).toBe(undefined)
    })
  )
})

it("finds a key that was put into an object once more, wherever it is", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
  fc.assert(
    fc.property(object, fc.jsonValue(), fc.nat(), (value, again, nth) => {
      const key = Object.keys(value)[nth % Object.keys(value).length]!
      const inner = `${JSON.stringify(value).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(again)}}`
      expect(duplicateKey(`[{"x":${inner}}]`)).toBe(key)
    })
  )
})
