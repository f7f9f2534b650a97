/** Fees of many fills compared with a single bigint fee for the whole order. */
import { assert, describe, it } from "@effect/vitest"
import { Market } from "@pandora-exchange/core"
import { feeOf, remainderAfter } from "../src/Fees.ts"
import { Random } from "./reference/randomCommands.ts"

const amountMax = 2n ** 53n - 1n
const scale = BigInt(Market.feeRateScale)

describe("Fees", () => {
  it.each([1, 2, 3])("add up to the fee of one fill, rounded up once, seed %i", (seed) => {
    const random = new Random(seed)
    for (let order = 0; order < 500; order++) {
      const rate = random.pick([0, 1, 77, Market.feeRateMax - 1, Market.feeRateMax])
      const fillMax = random.pick([3n, 100_000n, 2n ** 33n, amountMax / 20n])
      let received = 0n
      let fees = 0n
      let remainder = 0
      for (let fill = 0; fill < 20; fill++) {
        const units = random.bigint(1n, fillMax)
        const fee = feeOf(Number(units), rate, remainder)
        remainder = remainderAfter(Number(units), rate, remainder, fee)
        received += units
        fees += BigInt(fee)
        const exact = received * BigInt(rate)
        assert.strictEqual(fees, (exact + scale - 1n) / scale, `${units} at ${rate}`)
        assert.strictEqual(BigInt(remainder), fees * scale - exact, `${units} at ${rate}`)
      }
    }
  })

  it("of the largest fill are exact", () => {
    const fee = feeOf(Number(amountMax), Market.feeRateMax, 0)
    assert.strictEqual(BigInt(fee), (amountMax * BigInt(Market.feeRateMax) + scale - 1n) / scale)
    assert.strictEqual(
      BigInt(remainderAfter(Number(amountMax), Market.feeRateMax, 0, fee)),
      BigInt(fee) * scale - amountMax * BigInt(Market.feeRateMax)
    )
  })
})
