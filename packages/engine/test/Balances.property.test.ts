/** Balances against plain bigints, near the limits of the two numbers an amount is stored in. */
import { assert, describe, it } from "@effect/vitest"
import { Balances } from "../src/Balances.ts"
import { InvariantBroken } from "../src/invariant.ts"
import { Random } from "./reference/randomCommands.ts"

const limb = 2n ** 53n
const unitsMax = 2n ** 63n - 1n
const asset = 3
/** The last of a block, the first of the next, and one far away. */
const accounts = [255, 256, 5_000]

describe("Balances", () => {
  it.each([1, 2, 3])("are what bigints say, whatever moves, seed %i", (seed) => {
    const random = new Random(seed)
    const balances = new Balances()
    const expected = new Map(accounts.map((account) => [account, { available: 0n, held: 0n }]))
    for (let i = 0; i < 5_000; i++) {
      const account = random.pick(accounts)
      const has = expected.get(account)!
      const border = random.pick([
        0n,
        limb - 1n,
        has.available,
        has.held,
        limb - (has.available % limb)
      ])
      const big = border + BigInt(random.int(-1, 1))
      const amount = big < 0n ? 0n : big < limb ? big : random.bigint(0n, limb - 1n)
      const place = `operation ${i}`
      switch (random.int(0, 5)) {
        case 0:
          if (has.available + has.held + amount > unitsMax) break
          balances.addAvailable(account, asset, Number(amount))
          has.available += amount
          break
        case 1: {
          const isCovered = has.available >= amount
          assert.strictEqual(balances.covers(account, asset, Number(amount)), isCovered, place)
          if (!isCovered) break
          balances.hold(account, asset, Number(amount))
          has.available -= amount
          has.held += amount
          break
        }
        case 2:
          if (has.held < amount) break
          balances.release(account, asset, Number(amount))
          has.held -= amount
          has.available += amount
          break
        case 3:
          if (has.held < amount) break
          balances.spendHeld(account, asset, Number(amount))
          has.held -= amount
          break
        case 4:
          has.available = random.pick([0n, limb - 1n, limb, limb + 1n, 3n * limb, unitsMax / 2n])
          balances.setAvailable(account, asset, has.available)
          break
        case 5:
          has.held = random.pick([0n, limb - 1n, limb, limb + 1n, 3n * limb, unitsMax / 2n])
          balances.setHeld(account, asset, has.held)
      }
      for (const [account, { available, held }] of expected) {
        assert.strictEqual(balances.available(account, asset), available, place)
        assert.strictEqual(balances.held(account, asset), held, place)
      }
    }
  })

  it("of what nobody had are nothing, and cover nothing", () => {
    const balances = new Balances()
    assert.strictEqual(balances.available(1, asset), 0n)
    assert.isFalse(balances.covers(1, asset, 1))
    assert.strictEqual(balances.available(300, asset), 0n)
  })

  it("are negative down to -2^63 + 1, and cover nothing then", () => {
    const balances = new Balances()
    for (const amount of [-1n, 1n - limb, -limb, -limb - 1n, -unitsMax]) {
      balances.setAvailable(2, asset, amount)
      assert.strictEqual(balances.available(2, asset), amount)
      assert.isFalse(balances.covers(2, asset, 1))
    }
  })

  it.each(["release", "spendHeld"] as const)("error: %s takes nothing that is not held", (move) => {
    const balances = new Balances()
    balances.setHeld(1, asset, 10n)
    assert.throws(() => balances[move](1, asset, 11), InvariantBroken)
    assert.deepStrictEqual([balances.available(1, asset), balances.held(1, asset)], [0n, 10n])
    balances.setHeld(1, asset, limb)
    balances[move](1, asset, 1)
    assert.strictEqual(balances.held(1, asset), limb - 1n)
  })

  it("error: nothing is held that is not there", () => {
    const balances = new Balances()
    balances.addAvailable(1, asset, 10)
    assert.throws(() => balances.hold(1, asset, 11), InvariantBroken)
    balances.hold(1, asset, 10)
    assert.throws(() => balances.hold(1, asset, 1), InvariantBroken)
    assert.deepStrictEqual([balances.available(1, asset), balances.held(1, asset)], [0n, 10n])
  })
})
