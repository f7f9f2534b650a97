/**
 * A change of rules puts the state on which it is made into the journal, in as many `ChangeRules`
 * as it takes. What was executed before under earlier rules is never executed again, so without
 * that state the journal would be of no use where snapshots are lost.
 */
import { Batch, Command, Ids, type Journal, Layout } from "@pandora-exchange/core"
import * as Snapshot from "./Snapshot.ts"
import type { State } from "./State.ts"
import { rulesVersion } from "./Venue.ts"

/** Bytes of the state in one command. A large state takes many batches of ordinary size. */
const partBytesMax = 1 << 18

/** The commands that bring a state of earlier rules to this build's. */
export class RulesChange {
  private readonly state: Uint8Array
  private readonly parts: number
  private made = 0

  constructor(state: State) {
    this.state = Buffer.concat([...Snapshot.encode(state)])
    this.parts = Math.ceil(this.state.length / partBytesMax)
  }

  /** Whether every command was taken. */
  get isWhole(): boolean {
    return this.made === this.parts
  }

  /** The next command, with what follows it. */
  take(): Uint8Array {
    const from = this.made * partBytesMax
    const part = this.state.subarray(from, from + partBytesMax)
    const bytes = new Uint8Array(Layout.recordBytesMax + part.length)
    const end = Command.encode(Batch.viewOf(bytes), 0, {
      _tag: "ChangeRules",
      rulesVersion,
      formatVersion: Snapshot.formatVersion,
      part: ++this.made,
      parts: this.parts
    })
    bytes.set(part, end)
    return bytes.subarray(0, end + part.length)
  }
}

/** A state as a change of rules has put it into the journal. */
export interface CarriedState {
  /** Where it holds: just before the change. */
  readonly head: Journal.Head
  readonly formatVersion: number
  readonly bytes: Uint8Array
}

/** A range of the journal under rules that are not this build's. */
export interface OtherRules {
  readonly firstSequence: Ids.Sequence
  readonly rulesVersion: number
}

/** Reads a journal for the last change to this build's rules, without executing anything. */
export class ChangeReader {
  /** The last range under other rules. */
  otherRules: OtherRules | undefined
  /** Where this build's rules begin behind it, if they do. */
  begunAt: Ids.Sequence | undefined
  /** The state of the change, when all of it was read. */
  carried: CarriedState | undefined
  private head: Journal.Head | undefined
  private parts: Array<Uint8Array> = []

  read(batch: Batch.Batch): void {
    const { firstSequence, rulesVersion: rulesOfBatch } = batch
    if (rulesOfBatch === rulesVersion) {
      this.begunAt ??= firstSequence
      if (this.carried === undefined) this.collect(batch)
      return
    }
    if (this.begunAt !== undefined || this.otherRules?.rulesVersion !== rulesOfBatch)
      this.otherRules = { firstSequence, rulesVersion: rulesOfBatch }
    this.begunAt = this.carried = this.head = undefined
  }

  /** A change that did not come to its end is begun again by its first part. */
  private collect(batch: Batch.Batch): void {
    const view = Batch.viewOf(batch.bytes)
    for (const { commandAt, eventsAt, sequence } of Batch.entryPlaces(batch)) {
      if (Layout.codeAt(view, commandAt) !== Command.ChangeRules.code) continue
      const { formatVersion, part, parts } = Command.ChangeRules.decode(view, commandAt)
      if (part === 1 && sequence === batch.firstSequence) {
        const hash = batch.previousHash.slice() as Batch.BatchHash
        this.head = { lastSequence: Ids.Sequence(sequence - 1), hash }
        this.parts = []
      }
      if (this.head === undefined || part !== this.parts.length + 1) continue
      const bytesAt = commandAt + Layout.lengthAt(view, commandAt)
      this.parts.push(batch.bytes.slice(bytesAt, eventsAt))
      if (part < parts) continue
      this.carried = { head: this.head, formatVersion, bytes: Buffer.concat(this.parts) }
      this.parts = []
      return
    }
  }
}
