/**
 * A change of rules writes the state it is based on to the journal, in as many `ChangeRules`
 * commands as needed. Commands executed under earlier rules are never executed again, so without
 * that state the journal would be useless once snapshots are lost.
 */
import { Batch, Command, Ids, type Journal, Layout } from "@pandora-exchange/core"
import * as Snapshot from "./Snapshot.ts"
import type { State } from "./State.ts"
import { rulesVersion } from "./Venue.ts"

/** Bytes of the state per command. A large state takes many batches of ordinary size. */
const partBytesMax = 1 << 18

/** The commands that bring a state with earlier rules to this build's. */
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

  /** The next command, and the bytes that follow it. */
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

/** A state written to the journal by a change of rules. */
export interface CarriedState {
  /** Where it applies: just before the change. */
  readonly head: Journal.Head
  readonly formatVersion: number
  readonly bytes: Uint8Array
}

/** A range of the journal under rules that are not this build's. */
export interface OtherRules {
  readonly firstSequence: Ids.Sequence
  readonly rulesVersion: number
}

/** Searches a journal for the last change to this build's rules, without executing anything. */
export class ChangeReader {
  /** The last range under other rules. */
  otherRules: OtherRules | undefined
  /** Where this build's rules begin after it, if they do. */
  begunAt: Ids.Sequence | undefined
  /** The state of the change, if all of it was read. */
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

  /** The first part restarts a change that was not completed. */
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
