/**
 * Balances of all accounts: per asset and account an available and a held amount, exact up to 2^63.
 *
 * The inner loop adds amounts below 2^53 as plain numbers. An amount is kept as `high * 2^53 + low` with 0 <= low < 2^53, so
 * that such an addition is exact and costs 6 ns where bigints cost 24 to 44. Larger amounts are bigints and come from commands that
 * trade nothing.
 */
import { invariant } from "./invariant.ts"

const limb = 9_007_199_254_740_992
const limbBig = 9_007_199_254_740_992n

const accountShift = 8
const accountMask = (1 << accountShift) - 1
/** Four numbers an account: available high and low, held high and low. */
const fields = 4
const held = 2

export class Balances {
  /** By asset, then by the account's block. A block is made when first written. */
  private readonly assets: Array<Array<Float64Array | undefined>> = []

  private block(assetId: number, account: number): Float64Array {
    const blocks = (this.assets[assetId] ??= [])
    const index = account >>> accountShift
    while (blocks.length <= index) blocks.push(undefined)
    return (blocks[index] ??= new Float64Array(fields << accountShift))
  }

  /** Adds `amount` (0 to 2^53 - 1) to what the account has available. */
  addAvailable(assetId: number, account: number, amount: number): void {
    add(this.block(assetId, account), (account & accountMask) * fields, amount)
  }

  /** Moves `amount` (0 to 2^53 - 1) from available to held. */
  hold(assetId: number, account: number, amount: number): void {
    const block = this.block(assetId, account)
    const at = (account & accountMask) * fields
    invariant(reaches(block, at, amount), "what is held was available")
    subtract(block, at, amount)
    add(block, at + held, amount)
  }

  /** Moves `amount` (0 to 2^53 - 1) from held to available. */
  release(assetId: number, account: number, amount: number): void {
    const block = this.block(assetId, account)
    const at = (account & accountMask) * fields
    subtract(block, at + held, amount)
    add(block, at, amount)
  }

  /** Takes `amount` (0 to 2^53 - 1) out of what is held. */
  spendHeld(assetId: number, account: number, amount: number): void {
    subtract(this.block(assetId, account), (account & accountMask) * fields + held, amount)
  }

  covers(assetId: number, account: number, amount: number): boolean {
    return reaches(this.block(assetId, account), (account & accountMask) * fields, amount)
  }

  available(assetId: number, account: number): bigint {
    return this.read(assetId, account, 0)
  }

  held(assetId: number, account: number): bigint {
    return this.read(assetId, account, held)
  }

  private read(assetId: number, account: number, part: number): bigint {
    const block = this.assets[assetId]?.[account >>> accountShift]
    if (block === undefined) return 0n
    const at = (account & accountMask) * fields + part
    return BigInt(block[at]!) * limbBig + BigInt(block[at + 1]!)
  }

  setAvailable(assetId: number, account: number, value: bigint): void {
    write(this.block(assetId, account), (account & accountMask) * fields, value)
  }

  setHeld(assetId: number, account: number, value: bigint): void {
    write(this.block(assetId, account), (account & accountMask) * fields + held, value)
  }
}

const reaches = (block: Float64Array, at: number, amount: number): boolean =>
  block[at]! > 0 || (block[at] === 0 && block[at + 1]! >= amount)

const add = (block: Float64Array, at: number, amount: number): void => {
  const low = block[at + 1]!
  const room = limb - low
  if (amount < room) block[at + 1] = low + amount
  else {
    block[at] = block[at]! + 1
    block[at + 1] = amount - room
  }
}

const subtract = (block: Float64Array, at: number, amount: number): void => {
  const low = block[at + 1]!
  if (low >= amount) block[at + 1] = low - amount
  else {
    block[at] = block[at]! - 1
    block[at + 1] = low + (limb - amount)
  }
}

const write = (block: Float64Array, at: number, value: bigint): void => {
  const low = BigInt.asUintN(53, value)
  block[at] = Number((value - low) / limbBig)
  block[at + 1] = Number(low)
}
