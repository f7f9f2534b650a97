import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { crc32 } from "node:zlib"
import * as Batch from "../src/Batch.ts"
import * as Command from "../src/Command.ts"
import * as Event from "../src/Event.ts"
import { AccountId, AssetId, Epoch, Sequence } from "../src/Ids.ts"
import { MalformedRecord } from "../src/Layout.ts"
import { requestKeys, buffer, commands, events } from "./records.ts"

type Written = Omit<Batch.Entry, "sequence">

const head = {
  epoch: Epoch(3),
  firstSequence: Sequence(41),
  time: 1_800_000_000_000,
  rulesVersion: 1,
  previousHash: Batch.genesisHash
}

const write = (writer: Batch.BatchWriter, { requestKey, command, events }: Written): void => {
  const { bytes, view } = buffer()
  writer.beginEntry(bytes, 0, Command.encode(view, 0, command, requestKey))
  for (const event of events) {
    writer.ensure(512)
    writer.at = Event.encode(writer.view, writer.at, event)
  }
  writer.endEntry()
}

const batchOf = (entries: ReadonlyArray<Written>, more: Partial<typeof head> = {}): Batch.Batch => {
  const writer = new Batch.BatchWriter()
  for (const entry of entries) write(writer, entry)
  return writer.seal({ ...head, ...more })
}

const credit = (amount: bigint): Written => ({
  command: {
    _tag: "Credit",
    accountId: AccountId(1000),
    assetId: AssetId(1),
    amount,
    reference: ""
  },
  requestKey: { _tag: "Source", source: "deposits", number: 7 },
  events: [
    { _tag: "Credited", accountId: AccountId(1000), assetId: AssetId(1), amount, reference: "" }
  ]
})

const advance: Written = { command: { _tag: "AdvanceTime" }, requestKey: undefined, events: [] }

const small = batchOf([credit(5n), advance, credit(6n)])

const readBack = (bytes: Uint8Array, at = 0): Batch.Batch => {
  const batch = Batch.decode(bytes, at)
  assert.ok(typeof batch !== "string", String(batch))
  return batch
}

describe("Batch", () => {
  it("is read as it was written", () => {
    const batch = readBack(small.bytes)
    assert.deepStrictEqual(
      { ...batch, bytes: undefined },
      { ...head, count: 3, hash: small.hash, bytes: undefined }
    )
    assert.strictEqual(Batch.lastSequence(batch), 43)
    assert.deepStrictEqual(Batch.entries(batch), [
      { sequence: Sequence(41), ...credit(5n) },
      { sequence: Sequence(42), ...advance },
      { sequence: Sequence(43), ...credit(6n) }
    ])
  })

  it("of any commands and events is read as it was written", () => {
    const entries = fc.array(
      fc.record({
        command: commands,
        requestKey: requestKeys,
        events: fc.array(events, { maxLength: 4 })
      }),
      {
        minLength: 1,
        maxLength: 8
      }
    )
    const safe = fc.maxSafeNat()
    const heads = fc.record({
      epoch: safe.map(Epoch),
      firstSequence: safe.map(Sequence),
      time: safe,
      rulesVersion: fc.nat(65_535),
      previousHash: fc
        .uint8Array({ minLength: 32, maxLength: 32 })
        .map((bytes) => bytes as Uint8Array as Batch.BatchHash)
    })
    fc.assert(
      fc.property(entries, heads, fc.nat(40), (written, more, before) => {
        const { bytes } = batchOf(written, more)
        const padded = new Uint8Array(before + bytes.length + 9)
        padded.set(bytes, before)
        const batch = readBack(padded, before)
        const { bytes: _, count, hash, ...told } = batch
        assert.deepStrictEqual(
          { ...told, previousHash: [...told.previousHash] },
          {
            ...more,
            previousHash: [...more.previousHash]
          }
        )
        assert.strictEqual(count, written.length)
        assert.strictEqual(hash.length, 32)
        assert.deepStrictEqual(
          Batch.entries(batch).map(({ sequence: _, ...entry }) => entry),
          written
        )
      }),
      { numRuns: 200 }
    )
  })

  it("has its length in its header, also among others", () => {
    const next = batchOf([advance], { firstSequence: Sequence(44), previousHash: small.hash })
    const both = new Uint8Array([...small.bytes, ...next.bytes])
    assert.strictEqual(Batch.lengthAt(both, 0), small.bytes.length)
    assert.strictEqual(Batch.lengthAt(both, small.bytes.length), next.bytes.length)
    assert.ok(Batch.sameBytes(readBack(both, small.bytes.length).previousHash, readBack(both).hash))
    assert.strictEqual(Batch.decode(both, both.length), "incomplete")
  })

  it("has a hash of header and entries: another predecessor is another hash", () => {
    const other = batchOf([credit(5n), advance, credit(6n)], { previousHash: small.hash })
    assert.strictEqual(Batch.sameBytes(other.hash, small.hash), false)
  })

  it("is built again in the same buffer, which grows as it must", () => {
    const writer = new Batch.BatchWriter(Batch.headerBytes)
    for (let i = 0; i < 100; i++) write(writer, credit(5n))
    assert.strictEqual(readBack(writer.seal(head).bytes).count, 100)
    writer.reset()
    for (const entry of [credit(5n), advance, credit(6n)]) write(writer, entry)
    assert.deepStrictEqual(Uint8Array.from(writer.seal(head).bytes), Uint8Array.from(small.bytes))
  })

  it("error: every single bit that flips is noticed", () => {
    const bytes = Uint8Array.from(small.bytes)
    const problems = new Set<unknown>()
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const batch = Batch.decode(bytes)
      assert.strictEqual(typeof batch, "string", `bit ${bit}`)
      problems.add(batch)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    assert.deepStrictEqual(problems, new Set(["noMagic", "headerDamaged", "hashDiffers"]))
    readBack(bytes)
  })

  it("error: cut off anywhere it is incomplete", () => {
    for (let length = 0; length < small.bytes.length; length++) {
      assert.strictEqual(Batch.decode(small.bytes.subarray(0, length)), "incomplete")
    }
  })

  it("error: zeros or garbage are no batch", () => {
    assert.strictEqual(Batch.decode(new Uint8Array(500)), "noMagic")
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
        assert.match(String(Batch.decode(bytes, at)), /^(noMagic|incomplete)$/)
        assert.match(String(Batch.lengthAt(bytes, at)), /^(noMagic|incomplete)$/)
      })
    )
  })

  it("error: a newer format is told, with a header that is sound", () => {
    const bytes = Uint8Array.from(small.bytes)
    const view = Batch.viewOf(bytes)
    view.setUint16(4, Batch.formatVersion + 1, true)
    assert.strictEqual(Batch.decode(bytes), "headerDamaged")
    view.setUint32(72, crc32(bytes.subarray(0, 72)), true)
    assert.strictEqual(Batch.decode(bytes), "formatTooNew")
    assert.strictEqual(Batch.lengthAt(bytes, 0), "formatTooNew")
  })

  it("error: entries that are not where their batch says are MalformedRecord, though the hash is right", () => {
    const lengths = [0xffff_ffff, 1_000_000, 3, 0]
    for (const length of lengths) {
      const writer = new Batch.BatchWriter()
      write(writer, credit(5n))
      writer.view.setUint32(Batch.headerBytes, length, true)
      const batch = Batch.decode(writer.seal(head).bytes)
      if (typeof batch === "string") assert.strictEqual(batch, "entriesDamaged")
      else assert.throws(() => Batch.entries(batch), MalformedRecord)
    }
  })

  it("decodes the events of each command once, however many read them", () => {
    const batch = readBack(small.bytes)
    const read = Batch.sequencedEvents(batch)
    assert.deepStrictEqual(
      read.map(({ events, sequence, time }) => ({ events, sequence, time })),
      [credit(5n), advance, credit(6n)].map(({ events }, i) => ({
        events,
        sequence: Sequence(41 + i),
        time: head.time
      }))
    )
    for (const [i, { events }] of read.entries()) {
      assert.strictEqual(Batch.sequencedEvents(batch)[i]!.events, events)
      assert.strictEqual(Batch.entries(batch)[i]!.events, events)
    }
    assert.notStrictEqual(Batch.sequencedEvents(readBack(small.bytes))[0]!.events, read[0]!.events)
  })

  it("error: an event that cannot be decoded does not keep a reader from those before it", () => {
    const writer = new Batch.BatchWriter()
    write(writer, credit(5n))
    const secondAt = writer.at
    write(writer, credit(6n))
    const { eventsAt } = [...Batch.entryPlaces(writer.seal(head))][1]!
    assert.isAbove(eventsAt, secondAt)
    writer.view.setUint8(eventsAt, 0xff)
    const [first, second] = Batch.sequencedEvents(readBack(writer.seal(head).bytes))
    assert.deepStrictEqual(first!.events, credit(5n).events)
    assert.throws(() => second!.events, MalformedRecord)
  })
})
