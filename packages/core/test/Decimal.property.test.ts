import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Decimal from "../src/Decimal.ts"

const problems = [
  "DecimalNotText",
  "DecimalBlank",
  "DecimalTooLong",
  "DecimalSigned",
  "DecimalExponent",
  "DecimalMalformed",
  "DecimalTooPrecise",
  "DecimalTooLarge"
]

const scales = fc.integer({ min: 0, max: 18 })
const units = fc.oneof(
  fc.bigInt({ min: 0n, max: Decimal.unitsMax }),
  fc.bigInt({ min: 2n ** 53n - 5n, max: 2n ** 53n + 5n }),
  fc.bigInt({ min: Decimal.unitsMax - 5n, max: Decimal.unitsMax })
)
const digits = (max: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: max })

/** Plain decimals of any size, with their values. */
const decimals = fc.tuple(digits(24), digits(24)).map(([left, fraction]) => {
  const whole = left.replace(/^0+/, "") || "0"
  return {
    text: fraction === "" ? whole : `${whole}.${fraction}`,
    whole,
    fraction: fraction.replace(/0+$/, "")
  }
})

/** Text made of characters that cause trouble. */
const hostile = fc.string({
  unit: fc.constantFrom(
    ..."0123456789..eE+-_ ,xnN\0\t\n",
    "\u0663",
    "\uff11",
    "\uff0e",
    "\u2212",
    "\u00a0",
    "\ud835"
  ),
  maxLength: 80
})

describe("Decimal", () => {
  it("parses what it has formatted to the same amount", () => {
    fc.assert(
      fc.property(units, scales, (amount, scale) => {
        assert.strictEqual(Decimal.parse(Decimal.format(amount, scale), scale), amount)
      }),
      { numRuns: 5_000 }
    )
  })

  it("formats to the shortest text", () => {
    fc.assert(
      fc.property(units, scales, (amount, scale) => {
        assert.match(Decimal.format(amount, scale), /^(0|[1-9]\d*)(\.\d*[1-9])?$/)
      })
    )
  })

  it("parses a plain decimal to exactly what it means, or says why not", () => {
    fc.assert(
      fc.property(decimals, scales, ({ fraction, text, whole }, scale) => {
        const exact = BigInt(whole + fraction.padEnd(scale, "0"))
        const expected =
          fraction.length > scale
            ? "DecimalTooPrecise"
            : exact > Decimal.unitsMax
              ? "DecimalTooLarge"
              : exact
        assert.strictEqual(Decimal.parse(text, scale), expected)
      }),
      { numRuns: 5_000 }
    )
  })

  it("never throws, and takes nothing but plain decimals", () => {
    const anything = fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 80 }), fc.anything())
    fc.assert(
      fc.property(anything, scales, (value, scale) => {
        const result = Decimal.parse(value, scale)
        if (typeof result === "string") assert.include(problems, result)
        else {
          assert.ok(
            typeof value === "string" &&
              value.length <= 64 &&
              /^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(value)
          )
          assert.ok(result >= 0n && result <= Decimal.unitsMax)
        }
      }),
      { numRuns: 20_000 }
    )
  })
})
