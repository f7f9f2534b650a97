/**
 * Fees of an order that fills in parts. Each fill pays the ceiling of the order's exact fee after
 * it minus that before it, so an order pays what it would have paid in one fill.
 *
 * A *remainder* says how far that ceiling is above the exact fee, in 1/100,000 of a ledger unit. It
 * is below 100,000.
 */
import { Market } from "@pandora-exchange/core"

const { feeRateScale } = Market

/**
 * The fee of one more fill that receives `received` (below 2^53), with the remainder `before` it.
 */
export const feeOf = (received: number, rate: number, before: number): number => {
  // Exact, since a quotient of whole numbers below 2^53 that is no whole number never rounds up to
  // one.
  const whole = Math.floor(received / feeRateScale)
  return (
    whole * rate + Math.ceil(((received - whole * feeRateScale) * rate - before) / feeRateScale)
  )
}

/**
 * The remainder after a fill that paid `fee`. Its lowest 32 bits are all of it, so those of the
 * products suffice.
 */
export const remainderAfter = (
  received: number,
  rate: number,
  before: number,
  fee: number
): number => (Math.imul(fee, feeRateScale) - Math.imul(received, rate) + before) | 0

/** The fee of an order whose fills at one rate receive `received` in all. */
export const feeOfAll = (received: bigint, rate: number): bigint => {
  const scale = BigInt(feeRateScale)
  return (received * BigInt(rate) + scale - 1n) / scale
}
