/**
 * The balances of all accounts: an available and a held amount per asset and account, exact up to
 * 2^63.
 *
 * The inner loop adds amounts below 2^53 as plain numbers. Amounts are stored as in `limb.ts`, so
 * that such an addition is exact and costs 6 ns where bigints cost 24 to 44. Larger amounts are
 * bigints, used by commands that do not trade.
 */
import { GrowingMemory } from "./GrowingMemory.ts"
import { invariant } from "./invariant.ts"
import { carries, joined, limb, limbBig, sumBelowLimb } from "./limb.ts"

const accountShift = 8
const accountMask = (1 << accountShift) - 1
/** Four numbers per account: available high and low, held high and low. */
const fields = 4
const held = 2
const blockNumbers = fields << accountShift

export class Balances {
  private readonly memory = new GrowingMemory()
  private numbers = new Float64Array(this.memory.buffer)
  /**
   * By asset, then by the account's block: the offset of its numbers. A block is created when first
   * written; none has offset 0, where there are zeros.
   */
  private readonly blocks: Array<Int32Array> = []
  private used = blockNumbers

  /** The offset of the account's numbers, or 0. */
  private find(account: number, assetId: number): number {
    const blocks = this.blocks[assetId]
    const block = account >>> accountShift
    if (blocks === undefined || block >= blocks.length) return 0
    const begin = blocks[block]!
    return begin === 0 ? 0 : begin + (account & accountMask) * fields
  }

  private at(account: number, assetId: number): number {
    return this.find(account, assetId) || this.make(account, assetId)
  }

  private make(account: number, assetId: number): number {
    const block = account >>> accountShift
    while (this.blocks.length <= assetId) this.blocks.push(new Int32Array(1))
    let blocks = this.blocks[assetId]!
    if (block >= blocks.length) {
      blocks = new Int32Array(2 * block)
      blocks.set(this.blocks[assetId]!)
      this.blocks[assetId] = blocks
    }
    blocks[block] = this.used
    this.used += blockNumbers
    if (this.used > this.numbers.length) {
      this.memory.grow()
      this.numbers = new Float64Array(this.memory.buffer)
    }
    return this.find(account, assetId)
  }

  /**
   * Adds `amount` (0 to 2^53 - 1) to the account's available balance. Returns the actual change.
   */
  addAvailable(account: number, assetId: number, amount: number): number {
    const at = this.at(account, assetId)
    return add(this.numbers, at, amount)
  }

  /** Moves `amount` (0 to 2^53 - 1) from available to held. */
  hold(account: number, assetId: number, amount: number): void {
    const at = this.at(account, assetId)
    const { numbers } = this
    const change = subtract(numbers, at, amount)
    invariant(change + add(numbers, at + held, amount) === 0, "what is held was available")
  }

  /** Moves `amount` (0 to 2^53 - 1) from held to available. */
  release(account: number, assetId: number, amount: number): void {
    const at = this.at(account, assetId)
    const { numbers } = this
    const change = subtract(numbers, at + held, amount)
    invariant(change + add(numbers, at, amount) === 0, "what is released was held")
  }

  /**
   * Subtracts `amount` (0 to 2^53 - 1) from the held balance. Returns the actual change, a negative
   * number.
   */
  spendHeld(account: number, assetId: number, amount: number): number {
    const at = this.at(account, assetId)
    return subtract(this.numbers, at + held, amount)
  }

  covers(account: number, assetId: number, amount: number): boolean {
    const at = this.at(account, assetId)
    return reaches(this.numbers, at, amount)
  }

  available(account: number, assetId: number): bigint {
    return this.read(account, assetId, 0)
  }

  held(account: number, assetId: number): bigint {
    return this.read(account, assetId, held)
  }

  private read(account: number, assetId: number, part: number): bigint {
    const at = this.find(account, assetId) + part
    return joined(this.numbers[at]!, this.numbers[at + 1]!)
  }

  setAvailable(account: number, assetId: number, value: bigint): void {
    const at = this.at(account, assetId)
    write(this.numbers, at, value)
  }

  setHeld(account: number, assetId: number, value: bigint): void {
    const at = this.at(account, assetId)
    write(this.numbers, at + held, value)
  }
}

const reaches = (numbers: Float64Array, at: number, amount: number): boolean =>
  numbers[at]! > 0 || (numbers[at] === 0 && numbers[at + 1]! >= amount)

/**
 * Returns a value read back from memory, so that a check on the sum of changes detects a missing
 * write.
 */
const add = (numbers: Float64Array, at: number, amount: number): number => {
  const high = numbers[at]!
  const low = numbers[at + 1]!
  numbers[at + 1] = sumBelowLimb(low, amount)
  if (carries(low, amount)) numbers[at] = high + 1
  return (numbers[at]! - high) * limb + (numbers[at + 1]! - low)
}

const subtract = (numbers: Float64Array, at: number, amount: number): number => {
  const high = numbers[at]!
  const low = numbers[at + 1]!
  if (low >= amount) numbers[at + 1] = low - amount
  else {
    invariant(high > 0, "what is taken is there")
    numbers[at] = high - 1
    numbers[at + 1] = low + (limb - amount)
  }
  return (numbers[at]! - high) * limb + (numbers[at + 1]! - low)
}

const write = (numbers: Float64Array, at: number, value: bigint): void => {
  const low = BigInt.asUintN(53, value)
  numbers[at] = Number((value - low) / limbBig)
  numbers[at + 1] = Number(low)
}
