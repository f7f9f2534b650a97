/**
 * The unit of the journal: the commands of one durable write, each with the events it caused.
 *
 * ```
 * header   u32 magic, u16 format version, u16 rules version, u64 epoch, u64 first sequence, u64
 * time (ms),
 *          u32 count, u32 bytes of the entries, 32 bytes hash of the previous batch, u32 CRC-32 of
 *          all that
 * entries  count times: u32 bytes of the command, u32 bytes of the events, command and request key,
 * events
 * hash     32 bytes SHA-256 of header and entries
 * ```
 * Little-endian. The hash is checksum and chain in one; the header's own checksum makes its length
 * trustworthy when the rest is cut off. The first batch of a venue names 32 zero bytes as its
 * predecessor.
 */
import type { Brand } from "effect"
import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import * as Command from "./Command.ts"
import * as Event from "./Event.ts"
import { Epoch, Sequence } from "./Ids.ts"
import { MalformedRecord, readU53, writeU53 } from "./Layout.ts"

export const formatVersion = 1
export const magic = 0x31425850 // "PXB1"
export const hashBytes = 32
const headerCrcAt = 72
export const headerBytes = headerCrcAt + 4
const entryHeaderBytes = 8

/** SHA-256, as bytes. */
export type BatchHash = Uint8Array & Brand.Brand<"BatchHash">

/** The predecessor named by a venue's first batch. */
export const genesisHash = new Uint8Array(hashBytes) as BatchHash

export interface Batch {
  readonly epoch: Epoch
  readonly firstSequence: Sequence
  /** The number of commands, one sequence each; at least 1. */
  readonly count: number
  /** The venue's time for all of them, in milliseconds since 1970. */
  readonly time: number
  readonly rulesVersion: number
  readonly previousHash: BatchHash
  readonly hash: BatchHash
  /**
   * The whole batch in binary form. Valid until the append that received it has answered; a journal
   * that keeps it must copy it.
   */
  readonly bytes: Uint8Array
}

export const lastSequence = (batch: Pick<Batch, "firstSequence" | "count">): Sequence =>
  Sequence(batch.firstSequence + batch.count - 1)

/** Why bytes are not a batch. `incomplete`: they end before the batch does. */
export type BatchProblem =
  | "incomplete"
  | "noMagic"
  | "formatTooNew"
  | "headerDamaged"
  | "hashDiffers"

/** The length in bytes of the batch that begins at `at`, according to its header. */
export const lengthAt = (bytes: Uint8Array, at: number): number | BatchProblem => {
  if (at + headerBytes > bytes.length) return "incomplete"
  const view = viewOf(bytes)
  if (view.getUint32(at, true) !== magic) return "noMagic"
  if (crc32(bytes.subarray(at, at + headerCrcAt)) !== view.getUint32(at + headerCrcAt, true))
    return "headerDamaged"
  if (view.getUint16(at + 4, true) > formatVersion) return "formatTooNew"
  return headerBytes + view.getUint32(at + 36, true) + hashBytes
}

/** The first sequence of the batch that begins at `at`, according to its header. */
export const firstSequenceAt = (bytes: Uint8Array, at: number): Sequence =>
  Sequence(readU53(viewOf(bytes), at + 16))

/**
 * Decodes the batch that begins at `at` and checks its hash. Its bytes are a view of `bytes`, not a
 * copy.
 */
export const decode = (bytes: Uint8Array, at = 0): Batch | BatchProblem => {
  const length = lengthAt(bytes, at)
  if (typeof length === "string") return length
  if (at + length > bytes.length) return "incomplete"
  const whole = bytes.subarray(at, at + length)
  const hash = whole.subarray(length - hashBytes) as BatchHash
  if (!sameBytes(hashOf(whole.subarray(0, length - hashBytes)), hash)) return "hashDiffers"
  const view = viewOf(whole)
  return {
    epoch: Epoch(readU53(view, 8)),
    firstSequence: Sequence(readU53(view, 16)),
    time: readU53(view, 24),
    count: view.getUint32(32, true),
    rulesVersion: view.getUint16(6, true),
    previousHash: whole.subarray(40, 40 + hashBytes) as BatchHash,
    hash,
    bytes: whole
  }
}

/** Positions of one entry's parts in `batch.bytes`. */
export interface EntryPlace {
  readonly sequence: Sequence
  readonly commandAt: number
  readonly eventsAt: number
  readonly end: number
}

/** Throws `MalformedRecord` of `Layout` only if `batch` was not made by this module. */
export function* entryPlaces(batch: Batch): Generator<EntryPlace> {
  const view = viewOf(batch.bytes)
  const entriesEnd = batch.bytes.length - hashBytes
  let at = headerBytes
  for (let i = 0; i < batch.count; i++) {
    if (at + entryHeaderBytes > entriesEnd) throw new MalformedRecord(`no entry at ${at}`)
    const commandAt = at + entryHeaderBytes
    const eventsAt = commandAt + view.getUint32(at, true)
    const end = eventsAt + view.getUint32(at + 4, true)
    if (end > entriesEnd) throw new MalformedRecord(`an entry at ${at} runs past its batch`)
    yield { sequence: Sequence(batch.firstSequence + i), commandAt, eventsAt, end }
    at = end
  }
  if (at !== entriesEnd) throw new MalformedRecord(`${entriesEnd - at} bytes follow the last entry`)
}

/** The events of one command. */
export interface SequencedEvents {
  readonly sequence: Sequence
  /** The venue's time, in milliseconds since 1970. */
  readonly time: number
  /**
   * Decoded on first access and then kept. Throws `MalformedRecord` of `Layout` if the bytes are
   * not events.
   */
  readonly events: ReadonlyArray<Event.Event>
}

/**
 * The events of each command, decoded once per `Batch` object, however many readers there are.
 * Throws `MalformedRecord` of `Layout` if an entry extends past the batch.
 */
export const sequencedEvents = (batch: Batch): ReadonlyArray<SequencedEvents> => placedEvents(batch)

const decodedOnce = new WeakMap<Batch, ReadonlyArray<PlacedEvents>>()

const placedEvents = (batch: Batch): ReadonlyArray<PlacedEvents> => {
  const known = decodedOnce.get(batch)
  if (known !== undefined) return known
  const view = viewOf(batch.bytes)
  const placed = Array.from(
    entryPlaces(batch),
    (place) => new PlacedEvents(view, batch.time, place)
  )
  decodedOnce.set(batch, placed)
  return placed
}

class PlacedEvents implements SequencedEvents {
  readonly sequence: Sequence
  readonly time: number
  readonly place: EntryPlace
  private readonly view: DataView
  private decoded: ReadonlyArray<Event.Event> | undefined

  constructor(view: DataView, time: number, place: EntryPlace) {
    this.sequence = place.sequence
    this.time = time
    this.place = place
    this.view = view
  }

  get events(): ReadonlyArray<Event.Event> {
    return (this.decoded ??= Event.decodeAll(this.view, this.place.eventsAt, this.place.end))
  }
}

export interface Entry {
  readonly sequence: Sequence
  readonly command: Command.Command
  readonly requestKey: Command.RequestKey | undefined
  readonly events: ReadonlyArray<Event.Event>
}

/** All entries with their commands. For events alone, `sequencedEvents` is faster. */
export const entries = (batch: Batch): Array<Entry> => {
  const view = viewOf(batch.bytes)
  return placedEvents(batch).map(({ events, place, sequence }) => ({
    sequence,
    command: Command.decode(view, place.commandAt),
    requestKey: Command.decodeRequestKey(view, place.commandAt),
    events
  }))
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const hashOf = (bytes: Uint8Array): BatchHash =>
  createHash("sha256").update(bytes).digest() as Uint8Array as BatchHash

/**
 * Builds batches in its own buffer without copying: the command is placed there, the engine writes
 * its events after it, and `endEntry` closes the entry.
 */
export class BatchWriter {
  bytes: Uint8Array
  view: DataView
  /** Where the next byte goes. */
  at = headerBytes
  count = 0
  private entryAt = headerBytes
  private eventsAt = headerBytes
  /** Where the last command came from; the next one usually comes from there too. */
  private source: Uint8Array = new Uint8Array()
  private sourceView: DataView = viewOf(this.source)

  constructor(capacity = 1 << 16) {
    this.bytes = new Uint8Array(capacity)
    this.view = viewOf(this.bytes)
  }

  reset(): void {
    this.at = headerBytes
    this.count = 0
  }

  /** Makes room for `spare` more bytes. */
  ensure(spare: number): void {
    if (this.at + spare > this.bytes.length) this.grow(spare)
  }

  private grow(spare: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.at + spare))
    bytes.set(this.bytes.subarray(0, this.at))
    this.bytes = bytes
    this.view = viewOf(bytes)
  }

  /**
   * Begins an entry with the command (and request key) between `from` and `to` of `source`. Returns
   * the command's new position.
   */
  beginEntry(source: Uint8Array, from: number, to: number): number {
    this.ensure(entryHeaderBytes + to - from)
    if (source !== this.source) {
      this.source = source
      this.sourceView = viewOf(source)
    }
    const { sourceView, view } = this
    this.entryAt = this.at
    const commandAt = this.at + entryHeaderBytes
    // Commands are short: a loop is faster than calling `set` with a subarray.
    const words = to - 3
    let i = from
    let j = commandAt
    for (; i < words; i += 4, j += 4) view.setUint32(j, sourceView.getUint32(i, true), true)
    for (; i < to; i++, j++) view.setUint8(j, sourceView.getUint8(i))
    this.eventsAt = this.at = j
    view.setUint32(this.entryAt, to - from, true)
    return commandAt
  }

  endEntry(): void {
    this.view.setUint32(this.entryAt + 4, this.at - this.eventsAt, true)
    this.count++
  }

  /**
   * Returns the finished batch, a view of this writer's buffer that is valid until the next
   * `reset`.
   */
  seal(
    head: Pick<Batch, "epoch" | "firstSequence" | "time" | "rulesVersion" | "previousHash">
  ): Batch {
    this.ensure(hashBytes)
    const { view, at } = this
    view.setUint32(0, magic, true)
    view.setUint16(4, formatVersion, true)
    view.setUint16(6, head.rulesVersion, true)
    writeU53(view, 8, head.epoch)
    writeU53(view, 16, head.firstSequence)
    writeU53(view, 24, head.time)
    view.setUint32(32, this.count, true)
    view.setUint32(36, at - headerBytes, true)
    this.bytes.set(head.previousHash, 40)
    view.setUint32(headerCrcAt, crc32(this.bytes.subarray(0, headerCrcAt)), true)
    const hash = hashOf(this.bytes.subarray(0, at))
    this.bytes.set(hash, at)
    return { ...head, count: this.count, hash, bytes: this.bytes.subarray(0, at + hashBytes) }
  }
}
