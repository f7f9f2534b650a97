import { assert, describe, it } from "@effect/vitest"
import { Batch, Ids } from "@pandora-exchange/core"
import { Followers } from "../src/Followers.ts"
import { InvariantBroken } from "../src/invariant.ts"

const batchAt = (firstSequence: number, bytes = 8): Batch.Batch => {
  const writer = new Batch.BatchWriter()
  writer.beginEntry(new Uint8Array(bytes), 0, bytes)
  writer.endEntry()
  return writer.seal({
    epoch: Ids.Epoch(1),
    firstSequence: Ids.Sequence(firstSequence),
    time: 1_800_000_000_000,
    rulesVersion: 1,
    previousHash: Batch.genesisHash
  })
}

describe("Followers", () => {
  it("gives everyone the same copies, from the batch that holds a sequence on", () => {
    const followers = new Followers()
    followers.recentFrom(1)
    for (const sequence of [1, 2, 3]) followers.keep(batchAt(sequence))
    const all = followers.recentFrom(1)!
    assert.deepStrictEqual(
      all.map(({ firstSequence }) => firstSequence as number),
      [1, 2, 3]
    )
    followers.recentFrom(2)!.forEach((batch, i) => assert.strictEqual(batch, all[i + 1]))
    assert.isUndefined(followers.recentFrom(4))
  })

  it("keeps the latest batches only, by their number and by their bytes", () => {
    const followers = new Followers()
    followers.recentFrom(1)
    for (let sequence = 1; sequence <= 65; sequence++) followers.keep(batchAt(sequence))
    assert.isUndefined(followers.recentFrom(1))
    assert.strictEqual(followers.recentFrom(2)!.length, 64)
    for (let sequence = 66; sequence <= 68; sequence++) followers.keep(batchAt(sequence, 6 << 20))
    assert.isUndefined(followers.recentFrom(66))
    assert.strictEqual(followers.recentFrom(67)!.length, 2)
  })

  it("error: a batch whose memory was written over is not handed out", () => {
    const followers = new Followers()
    followers.recentFrom(1)
    const batch = batchAt(7)
    batch.bytes[Batch.headerBytes]! ^= 1
    assert.throws(
      () => followers.keep(batch),
      InvariantBroken,
      /batch at 7 changed .*: hashDiffers/
    )
  })
})
