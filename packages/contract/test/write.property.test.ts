/** The generated writers agree with Effect's encoder. */
import { expect, it } from "@effect/vitest"
import { Schema } from "effect"
import * as fc from "fast-check"
import { operations } from "../src/api.ts"
import { type Shape, shapeOf } from "../src/shape.ts"
import { writerOf } from "../src/write.ts"

/** A value of a shape, as programs see it. */
const insideOf = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.kind) {
    case "text":
      if (shape.pattern?.flags === "") return fc.stringMatching(shape.pattern)
      // A grapheme can be many code units, and the limit counts those.
      return fc
        .string({ minLength: shape.min, maxLength: Math.min(shape.max, 20), unit: "grapheme" })
        .filter((text) => text.length <= shape.max)
    case "decimal":
    case "signedDecimal":
      return fc.constantFrom("0", "1.5", "60000")
    case "id":
      return fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    case "whole":
      return fc.integer({ min: Math.max(shape.min, 1), max: Math.min(shape.max, 2 ** 40) })
    case "time":
      return fc.integer({ min: 1, max: 2 ** 40 })
    case "boolean":
      return fc.boolean()
    case "null":
      return fc.constant(null)
    case "undefined":
      return fc.constant(undefined)
    case "literals":
      return fc.constantFrom<unknown>(...shape.values)
    case "list":
      return fc.array(insideOf(shape.item), {
        minLength: shape.min,
        maxLength: Math.min(shape.max, shape.min + 3)
      })
    case "record":
      return fc.dictionary(fc.stringMatching(/^[a-z"]{1,4}$/), insideOf(shape.value))
    case "unknown":
      return fc.jsonValue()
    case "tuple":
      return fc.tuple(...shape.items.map((item) => insideOf(item.shape)))
    case "union":
      return fc.oneof(...shape.members.map(insideOf))
    case "struct":
      return fc
        .record(
          Object.fromEntries(
            shape.fields.map(({ absent, name, optional, shape }) => [
              name,
              absent || optional ? fc.option(insideOf(shape), { nil: undefined }) : insideOf(shape)
            ])
          )
        )
        .map((given) =>
          Object.fromEntries(
            Object.entries(given).filter(
              ([name, value]) =>
                value !== undefined ||
                shape.fields.some((field) => field.name === name && field.absent)
            )
          )
        )
    default:
      return fc.constant(undefined)
  }
}

it.each(
  [...operations.values()]
    .filter(({ answer, rest }) => answer !== undefined && rest !== undefined)
    .map((op) => [op.name, op.answer!] as const)
)("writes the answer of %s like Effect's encoder", (_, answer) => {
  const encode = Schema.encodeUnknownSync(answer as Schema.Codec<unknown>)
  const write = writerOf(answer)
  fc.assert(
    fc.property(insideOf(shapeOf(answer)), (value) => {
      expect(JSON.parse(write(value))).toEqual(JSON.parse(JSON.stringify(encode(value))))
    }),
    { numRuns: 200 }
  )
})
