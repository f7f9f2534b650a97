import { assert, describe, it } from "@effect/vitest"
import * as Decimal from "../src/Decimal.ts"

const parsed = (text: unknown, scale: number, value: bigint | Decimal.DecimalProblem): void => {
  it(`${typeof value === "string" ? "error: " : ""}${shown(text)} at scale ${scale} is ${value}`, () => {
    assert.strictEqual(Decimal.parse(text, scale), value)
  })
}

const shown = (text: unknown): string => {
  const json = typeof text === "string" ? JSON.stringify(text) : `${typeof text} ${String(text)}`
  return json.length > 40 ? `${json.slice(0, 20)}… of ${json.length} characters` : json
}

describe("Decimal.parse", () => {
  parsed("0", 0, 0n)
  parsed("0", 18, 0n)
  parsed("0.0", 2, 0n)
  parsed("1", 0, 1n)
  parsed("1", 8, 100_000_000n)
  parsed("0.015", 8, 1_500_000n)
  parsed("1.50", 1, 15n)
  parsed("1.000000000000000000000000", 0, 1n)
  parsed("0.000000000000000001", 18, 1n)
  parsed("10", 0, 10n)
  parsed("123456789012345", 0, 123_456_789_012_345n)
  parsed("1234567890123456", 0, 1_234_567_890_123_456n)
  parsed("999999999999999", 0, 999_999_999_999_999n)
  parsed("9.99999999999999", 14, 999_999_999_999_999n)
  parsed("9.007199254740993", 15, 9_007_199_254_740_993n)

  describe("at and past powers of two", () => {
    parsed("9007199254740991", 0, 2n ** 53n - 1n)
    parsed("9007199254740992", 0, 2n ** 53n)
    parsed("9007199254740993", 0, 2n ** 53n + 1n)
    parsed("90071992.54740993", 8, 2n ** 53n + 1n)
    parsed("0.009007199254740993", 18, 2n ** 53n + 1n)
    parsed("9223372036854775807", 0, 2n ** 63n - 1n)
    parsed("92233720368.54775807", 8, 2n ** 63n - 1n)
    parsed("9.223372036854775807", 18, 2n ** 63n - 1n)
    parsed("9223372036854775808", 0, "DecimalTooLarge")
    parsed("92233720368.54775808", 8, "DecimalTooLarge")
    parsed("9.223372036854775808", 18, "DecimalTooLarge")
    parsed("18446744073709551616", 0, "DecimalTooLarge")
    parsed("18446744073709551617", 8, "DecimalTooLarge")
    parsed("184467440737.09551616", 8, "DecimalTooLarge")
    parsed("10", 18, "DecimalTooLarge")
    parsed("9".repeat(64), 18, "DecimalTooLarge")
    parsed(`1${"0".repeat(63)}`, 0, "DecimalTooLarge")
  })

  describe("what is no text", () => {
    for (const value of [
      null,
      undefined,
      1,
      1n,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      true,
      {},
      [],
      ["1"],
      Symbol("1")
    ]) {
      parsed(value, 8, "DecimalNotText")
    }
    parsed(new String("1"), 8, "DecimalNotText")
    parsed({ toString: () => "1", length: 1 }, 8, "DecimalNotText")
  })

  describe("what is blank or long", () => {
    parsed("", 8, "DecimalBlank")
    parsed(" ", 8, "DecimalBlank")
    parsed("  ", 8, "DecimalBlank")
    parsed("\t\n\u00a0\ufeff", 8, "DecimalBlank")
    parsed(" ".repeat(1 << 20), 8, "DecimalBlank")
    parsed("0".repeat(65), 8, "DecimalTooLong")
    parsed(`1.${"0".repeat(63)}`, 8, "DecimalTooLong")
    parsed(`1.${"0".repeat(62)}`, 8, 100_000_000n)
    parsed("9".repeat(1 << 20), 8, "DecimalTooLong")
    parsed("x".repeat(1 << 20), 8, "DecimalTooLong")
  })

  describe("signs and exponents", () => {
    for (const text of ["+1", "-1", "-0", "+", "-", "+1e5", "--1", "+NaN", "-Infinity"])
      parsed(text, 8, "DecimalSigned")
    for (const text of ["1e5", "1E5", "1e+5", "1e-5", "1.5e3", ".5e3", "1.e5", "0e0"])
      parsed(text, 8, "DecimalExponent")
  })

  describe("what is malformed", () => {
    for (const text of [
      "1.",
      ".5",
      ".",
      "..",
      "1..2",
      "1.2.3",
      "1.2.",
      "01",
      "00",
      "00.1",
      "01.5",
      "1e",
      "e5",
      "1e5.5"
    ]) {
      parsed(text, 8, "DecimalMalformed")
    }
    for (const text of [
      "0x10",
      "0b1",
      "0o7",
      "1n",
      "1_000",
      "1,000",
      "1'000",
      "1 000",
      " 1",
      "1 ",
      "\t1",
      "1\n",
      "1\0"
    ]) {
      parsed(text, 8, "DecimalMalformed")
    }
    for (const text of [
      "NaN",
      "Infinity",
      "null",
      "undefined",
      "true",
      "[object Object]",
      "$1",
      "1%",
      "1BTC",
      "½",
      "²"
    ]) {
      parsed(text, 8, "DecimalMalformed")
    }
    // Arabic-Indic, Devanagari, fullwidth and mathematical digits; a fullwidth and an Arabic point;
    // a minus that is no hyphen.
    for (const text of [
      "٣",
      "३",
      "１",
      "1２",
      "𝟏",
      "1．5",
      "1٫5",
      "−1",
      "1\u200b",
      "\u202e1",
      "1\u0301"
    ]) {
      parsed(text, 8, "DecimalMalformed")
    }
  })

  describe("what does not fit the scale", () => {
    parsed("0.1", 0, "DecimalTooPrecise")
    parsed("1.234", 2, "DecimalTooPrecise")
    parsed("1.0000000000000000001", 18, "DecimalTooPrecise")
    parsed("1.2340", 2, "DecimalTooPrecise")
    parsed("99999999999999999999.123", 2, "DecimalTooPrecise")
  })

  it("error: past a maximum of one's own is DecimalTooLarge", () => {
    assert.strictEqual(Decimal.parse("10.01", 2, 1_000n), "DecimalTooLarge")
    assert.strictEqual(Decimal.parse("10.00", 2, 1_000n), 1_000n)
  })
})

describe("Decimal.format", () => {
  const formatted: ReadonlyArray<readonly [bigint, number, string]> = [
    [0n, 0, "0"],
    [0n, 8, "0"],
    [1_500_000n, 8, "0.015"],
    [100_000_000n, 8, "1"],
    [120n, 0, "120"],
    [120n, 1, "12"],
    [120n, 2, "1.2"],
    [120n, 3, "0.12"],
    [-1n, 2, "-0.01"],
    [-100n, 2, "-1"],
    [2n ** 63n - 1n, 18, "9.223372036854775807"],
    [2n ** 64n, 0, "18446744073709551616"]
  ]
  it.each(formatted)("writes %s at scale %i as %s", (units, scale, text) => {
    assert.strictEqual(Decimal.format(units, scale), text)
  })
})
