/**
 * Bytes that grow without being copied, so that records are found in one flat view, however many
 * there are: locating a record's chunk took a quarter of the book's time, and copying to a larger
 * buffer takes milliseconds at a million orders.
 *
 * This is WebAssembly memory without any WebAssembly code: V8 reserves its addresses from the
 * start, and the operating system provides pages when they are first written. Small memories, of
 * which there may be thousands, are plain buffers that double, which takes microseconds.
 */
interface Memory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

interface WebAssemblyGlobal {
  readonly Memory: new (of: { readonly initial: number; readonly maximum: number }) => Memory
}

const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyGlobal }

const pageBytes = 65_536
const pagesMax = 65_536
const firstBytes = 65_536
/** The most that is ever copied. */
const plainBytesMax = 1 << 20
/** Grows by an eighth: unwritten pages take hardly any memory. */
const growthShift = 3

export class GrowingMemory {
  /** Replaced by another one with the same bytes after each growth. */
  buffer: ArrayBuffer = new ArrayBuffer(firstBytes)
  private memory: Memory | undefined

  grow(): void {
    const { byteLength } = this.buffer
    if (this.memory !== undefined) {
      this.memory.grow(Math.max(plainBytesMax, byteLength >>> growthShift) / pageBytes)
      this.buffer = this.memory.buffer
      return
    }
    this.memory = byteLength < plainBytesMax ? undefined : reserved((2 * byteLength) / pageBytes)
    const larger = this.memory?.buffer ?? new ArrayBuffer(2 * byteLength)
    new Uint8Array(larger).set(new Uint8Array(this.buffer))
    this.buffer = larger
  }
}

/**
 * `undefined` if the process may not reserve that many addresses: then the buffer is copied, with a
 * pause.
 */
const reserved = (pages: number): Memory | undefined => {
  try {
    return WebAssembly && new WebAssembly.Memory({ initial: pages, maximum: pagesMax })
  } catch {
    return undefined
  }
}
