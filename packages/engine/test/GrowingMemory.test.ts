import { assert, describe, it } from "@effect/vitest"
import { afterEach, vi } from "vitest"

/**
 * Grows from 64 KiB past 16 MiB, and returns the sizes on the way; throws if a written byte is
 * different afterwards.
 */
const grown = async (): Promise<ReadonlyArray<number>> => {
  vi.resetModules()
  const { GrowingMemory } = await import("../src/GrowingMemory.ts")
  const memory = new GrowingMemory()
  const sizes = [memory.buffer.byteLength]
  while (sizes.at(-1)! <= 16 << 20) {
    const before = new Int32Array(memory.buffer)
    before[0] = sizes.length
    before[before.length - 1] = -sizes.length
    const end = before.length
    memory.grow()
    const after = new Int32Array(memory.buffer)
    if (after[0] !== sizes.length || after[end - 1] !== -sizes.length)
      throw new Error(`lost at ${end} numbers`)
    if (after.subarray(end).some((value) => value !== 0))
      throw new Error(`no zeros behind ${end} numbers`)
    sizes.push(after.byteLength)
  }
  return sizes
}

const doubling = [16, 17, 18, 19, 20, 21].map((bits) => 1 << bits)

describe("GrowingMemory", () => {
  afterEach(() => vi.unstubAllGlobals())

  it("doubles while it is small, then grows in place, and keeps what was written", async () => {
    const sizes = await grown()
    assert.deepStrictEqual(sizes.slice(0, 6), doubling)
    assert.deepStrictEqual(
      sizes.slice(6, 10),
      [3, 4, 5, 6].map((mebibytes) => mebibytes << 20)
    )
    assert.isTrue(sizes.every((size) => size % 65_536 === 0))
  })

  it("copies where there are no addresses to set aside", async () => {
    vi.stubGlobal("WebAssembly", {
      Memory: class {
        constructor() {
          throw new RangeError("could not allocate memory")
        }
      }
    })
    assert.deepStrictEqual(await grown(), [...doubling, 1 << 22, 1 << 23, 1 << 24, 1 << 25])
  })

  it("copies where there is no WebAssembly", async () => {
    vi.stubGlobal("WebAssembly", undefined)
    assert.deepStrictEqual(await grown(), [...doubling, 1 << 22, 1 << 23, 1 << 24, 1 << 25])
  })
})
