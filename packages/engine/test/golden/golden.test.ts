/** This build can read what earlier builds wrote. */
import { Batch, Command, Event, Order } from "@pandora-exchange/core"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { assert, describe, expect, it } from "vitest"
import { limitsDefault } from "../../src/Limits.ts"
import * as Snapshot from "../../src/Snapshot.ts"
import type { State } from "../../src/State.ts"
import { rulesVersion, Venue } from "../../src/Venue.ts"
import { journalFile, snapshotFile } from "./files.ts"

/**
 * The rules version, and whatever else distinguishes the files. Each journal leads to the snapshot
 * of the same name.
 */
const journals = ["1", "1-ends", "2", "2-ends"]
/** The format of the state in the snapshots of these rules. */
const formatOf: Readonly<Record<string, number>> = { "1": 1, "1-ends": 1, "2": 2, "2-ends": 2 }

const read = (file: string): Uint8Array => gunzipSync(readFileSync(file))
const encoded = (state: State): Buffer => Buffer.concat([...Snapshot.encode(state)])

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))

const batchesOf = (bytes: Uint8Array): ReadonlyArray<Batch.Batch> => {
  const found: Array<Batch.Batch> = []
  for (let at = 0; at < bytes.length; ) {
    const batch = Batch.decode(bytes, at)
    if (typeof batch === "string") throw new Error(`${batch} at byte ${at}`)
    found.push(batch)
    at += batch.bytes.length
  }
  return found
}

it("the journals have every kind of command, event and end of an order", () => {
  const entries = journals.flatMap((name) =>
    batchesOf(read(journalFile(name))).flatMap((batch) => Batch.entries(batch))
  )
  const events = entries.flatMap((entry) => entry.events)
  const commands = new Set(entries.map(({ command }) => command._tag as string))
  const tags = new Set(events.map((event) => event._tag as string))
  const ends = new Set(
    events.flatMap((event) => (event._tag === "OrderEnded" ? [event.reason as string] : []))
  )
  const missing = (all: ReadonlyArray<string>, found: ReadonlySet<string>) =>
    all.filter((name) => !found.has(name))
  const tagsOf = (layouts: ReadonlyArray<{ readonly tag: string }>) => layouts.map(({ tag }) => tag)
  expect([
    ...missing(tagsOf(Command.layouts), commands),
    ...missing(tagsOf(Event.layouts), tags),
    ...missing(Order.endReasons, ends)
  ]).toEqual([])
})

describe.each(journals)("a journal of rules %s", (name) => {
  const batches = batchesOf(read(journalFile(name)))
  const entries = batches.flatMap((batch) => Batch.entries(batch))

  it("is one chain, and every record of it says what it said", () => {
    let previousHash: Uint8Array = Batch.genesisHash
    for (const batch of batches) {
      assert.isTrue(Batch.sameBytes(batch.previousHash, previousHash))
      previousHash = batch.hash
    }
    const digest = createHash("sha256").update(text(entries)).digest("hex")
    expect({ batches: batches.length, entries: entries.length, digest }).toMatchSnapshot()
  })

  // Under later rules a journal is read but never executed.
  it.skipIf(batches.some((batch) => batch.rulesVersion !== rulesVersion))(
    "gives its events when it is replayed under its rules, and the state of its snapshot",
    () => {
      const venue = Venue.make(limitsDefault)
      const writer = new Batch.BatchWriter()
      for (const batch of batches) {
        for (const { commandAt, eventsAt, end, sequence } of Batch.entryPlaces(batch)) {
          writer.reset()
          const at = writer.beginEntry(batch.bytes, commandAt, eventsAt)
          const from = writer.at
          venue.apply(writer, at, batch.time)
          const made = writer.bytes.subarray(from, writer.at)
          assert.isTrue(
            Batch.sameBytes(made, batch.bytes.subarray(eventsAt, end)),
            `sequence ${sequence}`
          )
        }
      }
      assert.isTrue(
        encoded(Snapshot.decode(read(snapshotFile(name)), limitsDefault, formatOf[name])).equals(
          encoded(venue.state)
        )
      )
      expect(Snapshot.hashOf(venue.state)).toMatchSnapshot()
    }
  )
})

describe.each(journals)("a snapshot of rules %s", (name) => {
  const bytes = read(snapshotFile(name))
  const format = formatOf[name]!

  it("is decoded, and encoded in the present format, which is the same for the present one", () => {
    const state = Snapshot.decode(bytes, limitsDefault, format)
    const written = encoded(state)
    if (format === Snapshot.formatVersion) assert.isTrue(written.equals(bytes))
    assert.isTrue(encoded(Snapshot.decode(written)).equals(written))
    expect(Snapshot.hashOf(state)).toMatchSnapshot()
  })
})
