/** The generated readers agree with Effect's decoder, in verdict and value, on mutated requests. */
import { expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { operations } from "../src/api.ts"
import { httpReaderOf, messageReaderOf } from "../src/check.ts"
import { decodeHttp, decodeMessage } from "../src/decode.ts"
import { Fault } from "../src/Fault.ts"
import { placementOf, requestShapeOf } from "../src/operation.ts"
import type { Field, Shape, Struct } from "../src/shape.ts"

type Fields = Record<string, unknown>

const junk = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  0,
  1.5,
  17,
  2 ** 60,
  "",
  "x",
  "ord_17",
  "client:x",
  "client:a b",
  "a\ud800",
  "\u202ea",
  "\u200b",
  "\u0000",
  "0",
  "1.5",
  [],
  {}
)

/** What the wire may contain for a shape, most of it valid. */
const wireOf = (shape: Shape): fc.Arbitrary<unknown> => {
  switch (shape.kind) {
    case "text":
      if (shape.pattern?.flags === "") return fc.stringMatching(shape.pattern)
      return fc.stringMatching(/^[a-zA-Z0-9._-]{1,40}$/)
    case "decimal":
    case "signedDecimal":
      return fc.constantFrom("1", "0.5", "60000", "9".repeat(64), "9".repeat(65))
    case "id":
      return fc.constantFrom(
        `${shape.prefix}_17`,
        `${shape.prefix}_9007199254740992`,
        `${shape.prefix}_0`
      )
    case "whole":
      return fc.constantFrom(shape.min, shape.min + 1, shape.min - 1, shape.max)
    case "time":
      return fc.constantFrom(0, 1_700_000_000_000, -1)
    case "boolean":
      return fc.boolean()
    case "literals":
      return fc.constantFrom<unknown>(...shape.values)
    case "list":
      return fc.array(wireOf(shape.item), {
        minLength: shape.min,
        maxLength: Math.min(shape.max, shape.min + 2)
      })
    case "struct":
      return objectOf(shape, shape.fields)
    case "union":
      return fc.oneof(...shape.members.map(wireOf))
    default:
      return junk
  }
}

/** Now and then a field is missing, strange, or superfluous. */
const objectOf = (shape: Struct, fields: ReadonlyArray<Field>): fc.Arbitrary<Fields> =>
  fc
    .record(
      Object.fromEntries(
        fields
          .filter(({ inside }) => inside === undefined)
          .map((field) => [
            field.wire,
            fc.oneof(
              { weight: 12, arbitrary: wireOf(field.shape) },
              { weight: 1, arbitrary: junk },
              {
                weight: field.optional || field.account === true ? 6 : 1,
                arbitrary: fc.constant(undefined)
              }
            )
          ])
      )
    )
    .chain((given) =>
      fc.oneof(
        { weight: 12, arbitrary: fc.constant(given) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom("price", "budget", "acount", shape.name ?? "x")
            .map((name) => ({ ...given, [name]: "1" }))
        }
      )
    )
    .map((given) =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    )

const givenTo = (shape: Shape): fc.Arbitrary<Fields> =>
  shape.kind === "union"
    ? fc.oneof(...shape.members.map(givenTo))
    : objectOf(shape as Struct, (shape as Struct).fields)

const outcome = (read: object) => (read instanceof Fault ? "refused" : read)

const parted = (given: Fields, places: ReadonlyArray<Field>): Fields =>
  Object.fromEntries(
    Object.entries(given).filter(([name]) => places.some(({ wire }) => wire === name))
  )

/** URLs contain only text. */
const inUrl = (given: Fields): Fields =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))

const rows = [...operations.values()].map((operation) => [operation.name, operation] as const)

it.each(rows.filter(([, { rest }]) => rest !== undefined))(
  "reads %s over HTTP like Effect's decoder",
  (_, operation) => {
    const { body, path, query } = placementOf(operation)
    const read = httpReaderOf(operation)
    fc.assert(
      fc.property(givenTo(requestShapeOf(operation)), (given) => {
        const outside = parted(given, [...path, ...query])
        const inBody = Object.fromEntries(
          Object.entries(given).filter(([name]) => !(name in outside))
        )
        const parts = [inUrl(parted(given, path)), inUrl(parted(given, query)), inBody] as const
        if (body.length === 0 && Object.keys(inBody).length > 0)
          expect(outcome(read(...parts))).toBe("refused")
        expect(outcome(read(...parts))).toEqual(outcome(decodeHttp(operation, ...parts)))
      }),
      { numRuns: 500 }
    )
  }
)

it.each(rows.filter(([, { stream }]) => stream !== undefined))(
  "reads %s from the stream like Effect's decoder",
  (_, operation) => {
    const { body } = placementOf(operation)
    const under = operation.stream!.body
    const read = messageReaderOf(operation)
    fc.assert(
      fc.property(givenTo(requestShapeOf(operation)), (given) => {
        const inner = parted(given, body)
        const outer = Object.fromEntries(Object.entries(given).filter(([name]) => !(name in inner)))
        const fields = under === undefined ? given : { ...outer, [under]: inner }
        const message = { op: operation.name, id: "1", ...fields }
        expect(outcome(read(message))).toEqual(outcome(decodeMessage(operation, message)))
      }),
      { numRuns: 500 }
    )
  }
)
