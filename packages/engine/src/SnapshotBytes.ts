/** The bytes of a state, written in pieces, and read with a check of every byte. */
import { Layout, Market } from "@pandora-exchange/core"

/** Past every fee tier. */
export const noTier = 255

/** In the flags of an order, beside its post-only mode. */
export const gtdBit = 4
export const partlyBit = 8
export const waitsBit = 16

type RuleName = keyof typeof Market.marketRules

/**
 * What may change of a market, as core's table has it; the text that is not in the table comes
 * last.
 */
export const rulesFields = Object.entries(Market.marketRules) as ReadonlyArray<
  [RuleName, (typeof Market.marketRules)[RuleName]]
>
export const rulesFlags = rulesFields.flatMap(([name, { kind }]) => (kind === "flag" ? [name] : []))

/** Pieces are about this large. */
const pieceBytes = 1 << 16

export class Writer {
  bytes = new Uint8Array(pieceBytes + 1024)
  view = new DataView(this.bytes.buffer)
  at = 0

  get full(): boolean {
    return this.at >= pieceBytes
  }

  /** What was written so far; the writer begins a new piece. */
  take(): Uint8Array {
    const piece = this.bytes.subarray(0, this.at)
    this.bytes = new Uint8Array(pieceBytes + 1024)
    this.view = new DataView(this.bytes.buffer)
    this.at = 0
    return piece
  }

  u8(value: number): void {
    this.view.setUint8(this.at++, value)
  }
  u32(value: number): void {
    this.view.setUint32(this.at, value, true)
    this.at += 4
  }
  u53(value: number): void {
    Layout.writeU53(this.view, this.at, value)
    this.at += 8
  }
  i64(value: bigint): void {
    this.view.setBigInt64(this.at, value, true)
    this.at += 8
  }
  text(value: string): void {
    Layout.text.write(this.view, this.at, value)
    this.at += 1 + value.length
  }
}

/** The bytes are not a state of this format. The message names the place and the reason. */
export class MalformedSnapshot extends Error {
  override readonly name = "MalformedSnapshot"
}

/**
 * A number that the bytes do not hold is a `RangeError` of the view, which `decode` turns into a
 * failure with its place.
 */
export class Reader {
  private readonly view: DataView
  private readonly bytes: Uint8Array
  at = 0
  /** The section that is being read. */
  place = "counters"
  /** Of the format. */
  readonly version: number

  constructor(bytes: Uint8Array, version: number) {
    this.bytes = bytes
    this.version = version
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get length(): number {
    return this.bytes.length
  }

  fail(reason: string): never {
    throw new MalformedSnapshot(`${this.place}, before byte ${this.at}: ${reason}`)
  }

  check(holds: boolean, reason: string): void {
    if (!holds) this.fail(reason)
  }

  u8(): number {
    return this.view.getUint8(this.at++)
  }
  u32(): number {
    this.at += 4
    return this.view.getUint32(this.at - 4, true)
  }
  u53(): number {
    this.at += 8
    const value = Layout.readU53(this.view, this.at - 8)
    if (value > Number.MAX_SAFE_INTEGER) this.fail("a whole number is past 2^53")
    return value
  }
  i64(): bigint {
    this.at += 8
    return this.view.getBigInt64(this.at - 8, true)
  }
  text(): string {
    const value = Layout.text.read(this.view, this.at)
    this.at += 1 + value.length
    return value
  }
  take(length: number): Uint8Array {
    const left = this.bytes.length - this.at
    if (length > left) this.fail(`${length} bytes expected, ${left} are left`)
    this.at += length
    return this.bytes.slice(this.at - length, this.at)
  }
  /** A number of items, each of which takes `bytesMin` or more. */
  count(bytesMin: number): number {
    const count = this.u32()
    const left = this.bytes.length - this.at
    if (count * bytesMin > left) this.fail(`${count} items expected, ${left} bytes are left`)
    return count
  }
  /** What names an item, once it is behind the one before it: each list has one order. */
  next<A extends number | string>(name: A, before: A): A {
    if (name <= before) this.fail(`${name} does not follow ${before}`)
    return name
  }
  /** A position in a list. */
  positionIn(list: ReadonlyArray<unknown>, what: string): number {
    const position = this.u8()
    if (position >= list.length) this.fail(`no ${what} has position ${position}`)
    return position
  }
  get atEnd(): boolean {
    return this.at === this.bytes.length
  }
}
