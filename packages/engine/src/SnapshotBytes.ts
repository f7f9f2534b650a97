/** The bytes of a state: written in pieces, and read with every byte checked. */
import { type Ids, Layout } from "@pandora-exchange/core"
import type { OrderExtra } from "./OrderExtra.ts"
import type { FieldReader, FieldWriter } from "./SnapshotTable.ts"
import { accountIdOf, type State } from "./State.ts"

/** Pieces are about this large. */
const pieceBytes = 1 << 16
/** The most that is written before the writer is asked whether a piece is full. */
const spareBytes = 1024
const sliceBytes = 512

const keyChars = 8
/** A list has two or three orders. */
const idsMax = 3

export class Writer implements FieldWriter {
  bytes = new Uint8Array(pieceBytes + spareBytes)
  view = new DataView(this.bytes.buffer)
  at = 0

  get full(): boolean {
    return this.at >= pieceBytes
  }

  /** Returns everything written so far, and begins a new piece. */
  take(): Uint8Array {
    const piece = this.bytes.subarray(0, this.at)
    this.bytes = new Uint8Array(pieceBytes + spareBytes)
    this.view = new DataView(this.bytes.buffer)
    this.at = 0
    return piece
  }

  u8(value: number): void {
    this.view.setUint8(this.at++, value)
  }
  u16(value: number): void {
    this.view.setUint16(this.at, value, true)
    this.at += 2
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
  account(index: number): void {
    this.u32(accountIdOf(index))
  }
  accountOrNone(index: number): void {
    this.account(index)
  }
  asset(assetId: number): void {
    this.u32(assetId)
  }
  market(marketId: number): void {
    this.u32(marketId)
  }
  key(value: string): void {
    for (let i = 0; i < keyChars; i++) this.view.setUint16(this.at + 2 * i, value.charCodeAt(i))
    this.at += 2 * keyChars
  }
  ids(values: ReadonlyArray<number>): void {
    this.u8(values.length)
    for (const id of values) this.u53(id)
  }
  /** Writes any number of bytes, in slices. Yields when a piece is full. */
  *slices(bytes: Uint8Array): Generator<void> {
    for (let from = 0; from < bytes.length; from += sliceBytes) {
      if (this.full) yield
      const slice = bytes.subarray(from, from + sliceBytes)
      this.bytes.set(slice, this.at)
      this.at += slice.length
    }
    if (this.full) yield
  }
}

/** The bytes are not a state in this format. The message names the position and the reason. */
export class MalformedSnapshot extends Error {
  override readonly name = "MalformedSnapshot"
}

/** An order that no list of orders contains yet. */
export interface FoundOrder {
  readonly id: number
  readonly slot: number
  readonly extra: OrderExtra | undefined
  readonly clientOrderId: string
}

/**
 * Reading past the end is a `RangeError` of the view, which `decode` turns into a failure with its
 * position.
 */
export class Reader implements FieldReader {
  private readonly view: DataView
  private readonly bytes: Uint8Array
  at = 0
  /** The section being read. */
  place = "counters"
  /** The version of the format. */
  readonly version: number
  /** How far it has been read. */
  readonly state: State
  /** The orders that have been read. */
  readonly found: Array<FoundOrder> = []

  constructor(bytes: Uint8Array, version: number, state: State) {
    this.bytes = bytes
    this.version = version
    this.state = state
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
  u16(): number {
    this.at += 2
    return this.view.getUint16(this.at - 2, true)
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
  /** The index of an existing account. */
  account(): number {
    const accountId = this.u32()
    const index = this.state.accounts.indexOf(accountId)
    if (index === 0) this.fail(`there is no account ${accountId}`)
    return index
  }
  accountOrNone(): number {
    if (this.ends("u32", 0)) return 0
    return this.account()
  }
  /** The id of an existing asset. */
  asset(): Ids.AssetId {
    const assetId = this.u32()
    if (this.state.assets[assetId] === undefined) this.fail(`there is no asset ${assetId}`)
    return assetId as Ids.AssetId
  }
  market(): number {
    const marketId = this.u32()
    if (this.state.markets[marketId] === undefined) this.fail(`there is no market ${marketId}`)
    return marketId
  }
  key(): string {
    let value = ""
    for (let i = 0; i < keyChars; i++)
      value += String.fromCharCode(this.view.getUint16(this.at + 2 * i))
    this.at += 2 * keyChars
    return value
  }
  ids(): ReadonlyArray<number> {
    const count = this.u8()
    if (count > idsMax) this.fail(`${count} orders, ${idsMax} are the most`)
    return Array.from({ length: count }, () => this.u53())
  }
  /** That many flags in one byte. */
  flags(count: number): number {
    const flags = this.u8()
    if (flags >= 1 << count) this.fail(`${count} flags are ${flags}`)
    return flags
  }
  take(length: number): Uint8Array {
    const left = this.bytes.length - this.at
    if (length > left) this.fail(`${length} bytes expected, ${left} are left`)
    this.at += length
    return this.bytes.slice(this.at - length, this.at)
  }
  /** A number of items, each of which takes at least `bytesMin`. */
  count(bytesMin: number): number {
    const count = this.u32()
    const left = this.bytes.length - this.at
    if (count * bytesMin > left) this.fail(`${count} items expected, ${left} bytes are left`)
    return count
  }
  /** Whether `end` comes next; if so, it is consumed. */
  ends(number: "u8" | "u32" | "u53", end: number): boolean {
    const { at, view } = this
    const bytes = number === "u8" ? 1 : number === "u32" ? 4 : 8
    const next =
      bytes === 1
        ? view.getUint8(at)
        : bytes === 4
          ? view.getUint32(at, true)
          : Layout.readU53(view, at)
    if (next !== end) return false
    this.at = at + bytes
    return true
  }
  /**
   * Reads what identifies an item, which must come after the previous one: each list has one
   * canonical order.
   */
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
