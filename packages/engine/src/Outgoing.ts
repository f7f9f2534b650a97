/** Frames that are sent together at the end of the current turn. */
export class Outgoing {
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  private at = 0
  private scheduled = false
  private readonly post: (frames: Uint8Array) => void

  constructor(post: (frames: Uint8Array) => void) {
    this.post = post
  }

  /** Lets `write` add a frame of at most `bytesMax` bytes and return its end. */
  add(bytesMax: number, write: (view: DataView, at: number, bytes: Uint8Array) => number): void {
    if (this.at + bytesMax > this.bytes.length) this.grow(bytesMax)
    this.at = write(this.view, this.at, this.bytes)
    if (this.scheduled) return
    this.scheduled = true
    queueMicrotask(() => this.flush())
  }

  flush(): void {
    this.scheduled = false
    if (this.at === 0) return
    this.post(this.bytes.slice(0, this.at))
    this.at = 0
  }

  private grow(bytesMax: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.at + bytesMax))
    bytes.set(this.bytes.subarray(0, this.at))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}
