/**
 * The regions of all ladders: 4,096 neighbouring pages of levels each. Unused ones contain zeros,
 * and region 0 always does.
 */
import { GrowingMemory } from "./GrowingMemory.ts"

export const pageBits = 2
export const pageLevels: number = 1 << pageBits
export const regionBits = 12
export const regionPages: number = 1 << regionBits

/**
 * Offsets in a region's record: the first level of each page (i32), which keys of each page have
 * orders (u8), which pages have any (a bit each), and how many do (i32).
 */
export const keysAt: number = regionPages * 4
export const usedAt: number = keysAt + regionPages
export const usedWords: number = regionPages / 32
export const countAt: number = usedAt + usedWords * 4
export const regionBytes: number = countAt + 4

export class RegionPool {
  private readonly memory = new GrowingMemory()
  ints = new Int32Array(this.memory.buffer)
  bytes = new Uint8Array(this.memory.buffer)
  private readonly free: Array<number> = []
  private used = 1

  /**
   * Its number; its offset is that times `regionBytes`, which exceeds 2^31 before the memory ends.
   */
  take(): number {
    const free = this.free.pop()
    if (free !== undefined) return free
    const region = this.used++
    if (this.used * regionBytes > this.bytes.length) {
      this.memory.grow()
      this.ints = new Int32Array(this.memory.buffer)
      this.bytes = new Uint8Array(this.memory.buffer)
    }
    return region
  }

  giveBack(region: number): void {
    this.free.push(region)
  }
}
