/**
 * Converts decimal text to and from whole numbers of a smallest unit. The only way in for amounts,
 * prices and rates.
 *
 * Plain decimals only: digits, at most one point between digits, no sign, exponent, blank,
 * separator or leading zero. Nothing is rounded: a digit that does not fit the scale is refused.
 * Trailing zeros beyond the scale carry no value and are accepted, since many clients pad.
 */

/** Longer text is refused without being parsed. */
export const decimalLengthMax = 64

/** The largest possible ledger amount: 2^63 - 1. */
export const unitsMax = 9_223_372_036_854_775_807n

export type DecimalProblem =
  | "DecimalNotText"
  | "DecimalBlank"
  | "DecimalTooLong"
  | "DecimalSigned"
  | "DecimalExponent"
  | "DecimalMalformed"
  | "DecimalTooPrecise"
  | "DecimalTooLarge"

const zero = 48
const nine = 57

/**
 * Returns the whole number of units that `text` means at `scale` (units per one = 10^scale), or
 * what is wrong with it.
 *
 * Units: `parse("0.015", 8)` is `1500000n`. Errors: the first that applies, in the order of
 * `DecimalProblem`.
 */
export const parse = (
  text: unknown,
  scale: number,
  max: bigint = unitsMax
): bigint | DecimalProblem => {
  if (typeof text !== "string") return "DecimalNotText"
  if (text.length === 0) return "DecimalBlank"
  if (text.length > decimalLengthMax) return text.trim() === "" ? "DecimalBlank" : "DecimalTooLong"

  let point = -1
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c >= zero && c <= nine) continue
    if (c === 46 && point === -1 && i > 0 && i < text.length - 1) point = i
    else return problemOf(text)
  }
  const wholeDigits = point === -1 ? text.length : point
  if (wholeDigits > 1 && text.charCodeAt(0) === zero) return "DecimalMalformed"

  let end = text.length
  if (point !== -1) {
    while (end > point + 1 && text.charCodeAt(end - 1) === zero) end--
    if (end - point - 1 > scale) return "DecimalTooPrecise"
  }
  const fraction = point === -1 ? "" : text.slice(point + 1, end)
  const digits = text.slice(0, wholeDigits) + fraction
  const units =
    digits.length + scale - fraction.length <= 15
      ? BigInt(Number(digits) * powersOfTen[scale - fraction.length]!)
      : BigInt(digits) * 10n ** BigInt(scale - fraction.length)
  return units > max ? "DecimalTooLarge" : units
}

const powersOfTen = Array.from({ length: 16 }, (_, i) => 10 ** i)

const problemOf = (text: string): DecimalProblem => {
  if (text.trim() === "") return "DecimalBlank"
  if (/^[+-]/.test(text)) return "DecimalSigned"
  if (/^[0-9.]+[eE][+-]?[0-9]+$/.test(text)) return "DecimalExponent"
  return "DecimalMalformed"
}

/**
 * The shortest decimal text for `units` at `scale`: `format(1500000n, 8)` is `"0.015"`. Negative
 * amounts get a sign.
 */
export const format = (units: bigint, scale: number): string => {
  if (units === 0n) return "0"
  if (units < 0n) return `-${format(-units, scale)}`
  const digits = units.toString()
  const wholeDigits = digits.length - scale
  let end = digits.length
  while (end > wholeDigits && end > 0 && digits.charCodeAt(end - 1) === zero) end--
  if (end <= wholeDigits) return digits.slice(0, wholeDigits)
  return wholeDigits > 0
    ? `${digits.slice(0, wholeDigits)}.${digits.slice(wholeDigits, end)}`
    : `0.${"0".repeat(-wholeDigits)}${digits.slice(0, end)}`
}
