/**
 * Fees of an order that fills in parts. Each fill pays the ceiling of the order's exact total fee
 * after it minus the ceiling before it, so that an order pays what it would have paid in a single
 * fill.
 *
 * A *remainder* is how far that ceiling is above the exact fee, in 1/100,000 of a ledger unit. It
 * is below 100,000.
 */
import { Market } from "@pandora-exchange/core"

const { feeRateScale } = Market

/**
 * The fee of one more fill that receives `received` (below 2^53), given the remainder `before` it.
 */
export const feeOf = (received: number, rate: number, before: number): number => {
  // Exact, because a quotient of whole numbers below 2^53 that is not whole never rounds up to a
  // whole number.
  const whole = Math.floor(received / feeRateScale)
  return (
    whole * rate + Math.ceil(((received - whole * feeRateScale) * rate - before) / feeRateScale)
  )
}

/**
 * The remainder after a fill that paid `fee`. It fits in its lowest 32 bits, so the low bits of the
 * products are enough.
 */
export const remainderAfter = (
  received: number,
  rate: number,
  before: number,
  fee: number
): number => (Math.imul(fee, feeRateScale) - Math.imul(received, rate) + before) | 0

/** The fee of an order whose fills at one rate receive `received` in total. */
export const feeOfAll = (received: bigint, rate: number): bigint => {
  const scale = BigInt(feeRateScale)
  return (received * BigInt(rate) + scale - 1n) / scale
}
