/**
 * Bytes that grow without being copied, so that a record is found in one flat view, whatever their
 * number: looking for its chunk first took a quarter of the book's time, and copying to a larger
 * buffer takes milliseconds at a million orders.
 *
 * It is the memory of WebAssembly, without any code of it: V8 sets its addresses aside from the
 * start, and the system gives pages when they are first written. Small ones, of which there may be
 * thousands, are plain buffers that double, which is done in microseconds.
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
/** Copied at most. */
const plainBytesMax = 1 << 20
/** Larger by an eighth: what is not written yet is hardly there. */
const growthShift = 3

export class GrowingMemory {
  /** Another one, with the same bytes, after each growth. */
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
 * None where a process may not set so many addresses aside: copying serves as well, with a pause.
 */
const reserved = (pages: number): Memory | undefined => {
  try {
    return WebAssembly && new WebAssembly.Memory({ initial: pages, maximum: pagesMax })
  } catch {
    return undefined
  }
}
