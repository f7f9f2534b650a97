import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import * as Batch from "../src/Batch.ts"
import { Epoch, Sequence } from "../src/Ids.ts"
import { Damaged, Fenced, Full, type Head, type Journal, Unknown } from "../src/ports/Journal.ts"
import { JournalSuite } from "../testing/index.ts"

/** Each is one thing that a journal may do wrong, with the case of the suite that has to find it. */
const flaws = {
  beginsAtOne: "an empty journal has sequence 0 and the genesis hash at its head, and nothing to read",
  forgetsItsEpoch: "each claim takes the next epoch, also after the journal was opened again",
  losesTheLastBatch: "what was appended is read byte for byte, also after the journal was opened again",
  changesAByte: "what was appended is read byte for byte, also after the journal was opened again",
  claimsAnOldHead: "a claim gives the last batch as head",
  readsFromTheNextBatch: "a read begins with the batch that holds the sequence, and past the head it is empty",
  readsPastTheHead: "a read begins with the batch that holds the sequence, and past the head it is empty",
  followsTheHead: "a read ends at the head there was when it began",
  showsHalfAnAppend: "a read gives whole batches without a gap while others are appended",
  keepsTheBytes: "bytes that change after they were appended do not change what is stored",
  cutsLargeBatches: "a batch of 5 MB is stored whole, between small ones",
  keepsAThousand: "ten thousand small batches are read as they were appended",
  needsNoClaim: "error: before the first claim every batch is Fenced, and later those of epochs that nobody claimed",
  acceptsGaps: "error: a batch whose first sequence does not follow on the head is Fenced",
  acceptsAnyPredecessor: "error: a batch that names another predecessor than the head is Fenced",
  acceptsRepeats: "error: a batch that was appended is Fenced when it comes again",
  checksTooEarly: "of two appends of one batch at once one is stored and the other is Fenced",
  ignoresEpochs: "error: a batch of an epoch that was claimed over, or was not claimed yet, is Fenced",
  knowsItsOwnClaimsOnly: "error: a journal whose epoch was claimed over through another is Fenced",
  stopsHalfWay: "an append that is interrupted is whole or absent, and later ones are as ever",
  writesWhenFull: "error: with no room a batch is Full and not written, and it is taken when there is room",
  staysFull: "error: with no room a batch is Full and not written, and it is taken when there is room",
  saysFencedWhenMute: "error: an append without an answer is Unknown, and claim and read tell what is stored",
  countsWhatItLost: "error: an append without an answer is Unknown, and claim and read tell what is stored",
  skipsDamage: "error: what was changed in the store is Damaged, in the middle and at the head, and nothing is skipped",
  stopsAtDamage:
    "error: what was changed in the store is Damaged, in the middle and at the head, and nothing is skipped"
}

type Flaw = keyof typeof flaws

describe("JournalSuite", () => {
  for (const { name, run } of JournalSuite.cases) {
    it.live(`a sound journal passes: ${name}`, () => Effect.provide(run, storeWith(undefined)))
  }

  for (const [flaw, name] of Object.entries(flaws) as Array<[Flaw, string]>) {
    it.live(`a journal that ${flaw} fails: ${name}`, () =>
      Effect.gen(function* () {
        const { run } = JournalSuite.cases.find((found) => found.name === name)!
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(run, storeWith(flaw)))))
      })
    )
  }

  it("every case finds a flaw", () => {
    assert.deepStrictEqual(new Set(JournalSuite.cases.map(({ name }) => name)), new Set(Object.values(flaws)))
  })
})

interface Store {
  epoch: number
  batches: Array<Batch.Batch>
  fault: "full" | "mute" | undefined
  lost: Head | undefined
}

const storeWith = (flaw: Flaw | undefined) =>
  Layer.sync(JournalSuite.JournalStore, () => {
    const store: Store = { epoch: 0, batches: [], fault: undefined, lost: undefined }
    const during = (fault: "full" | "mute") =>
      Effect.sync(() => {
        store.fault = fault
        return Effect.sync(() => {
          if (flaw !== "staysFull") store.fault = undefined
        })
      })
    return {
      open: Effect.sync(() => open(store, flaw)),
      fill: during("full"),
      mute: during("mute"),
      damage: (sequence) =>
        Effect.sync(() => {
          const { bytes } = store.batches.findLast(({ firstSequence }) => firstSequence <= sequence)!
          bytes[bytes.length >> 1]! ^= 1
        })
    }
  })

/** A journal in memory, as simple as can be, with at most one flaw. */
const open = (store: Store, flaw: Flaw | undefined): Journal["Service"] => {
  if (flaw === "losesTheLastBatch") store.batches.pop()
  if (flaw === "forgetsItsEpoch") store.epoch = 0
  let ownEpoch = 0

  const head = (batches = store.batches): Head => {
    const last = batches.at(-1)
    if (last !== undefined) return { lastSequence: Batch.lastSequence(last), hash: last.hash }
    return { lastSequence: Sequence(flaw === "beginsAtOne" ? 1 : 0), hash: Batch.genesisHash }
  }

  const isNext = ({ epoch, firstSequence, previousHash }: Batch.Batch): boolean => {
    const { lastSequence, hash } = head()
    const claimed = flaw === "knowsItsOwnClaimsOnly" ? ownEpoch : store.epoch
    const epochFits = flaw === "ignoresEpochs" || (epoch === claimed && (epoch > 0 || flaw === "needsNoClaim"))
    const sequenceFits =
      firstSequence === lastSequence + 1 ||
      (flaw === "acceptsGaps" && firstSequence > lastSequence) ||
      (flaw === "acceptsRepeats" && store.batches.some((batch) => batch.firstSequence === firstSequence))
    const hashFits =
      flaw === "acceptsAnyPredecessor" || flaw === "acceptsRepeats" || Batch.sameBytes(previousHash, hash)
    return epochFits && sequenceFits && hashFits
  }

  const keep = (batch: Batch.Batch) => {
    const { length } = batch.bytes
    const bytes = new Uint8Array(flaw === "cutsLargeBatches" ? batch.bytes.subarray(0, 1 << 20) : batch.bytes)
    if (flaw === "changesAByte") bytes[length - 40]! ^= 1
    const copy = { ...batch, bytes, hash: new Uint8Array(batch.hash) as Batch.BatchHash }
    store.batches.push(flaw === "keepsTheBytes" ? batch : copy)
    if (flaw === "keepsAThousand" && store.batches.length > 1000) store.batches.shift()
  }

  const append = Effect.fnUntraced(function* (batch: Batch.Batch) {
    const fenced = new Fenced({ epoch: batch.epoch, firstSequence: batch.firstSequence })
    if (!isNext(batch)) return yield* fenced
    if (flaw === "checksTooEarly") yield* Effect.yieldNow
    if (store.fault === "full" && flaw === "writesWhenFull") keep(batch)
    if (store.fault === "full") return yield* new Full({ cause: "full" })
    if (store.fault === "mute" && flaw === "saysFencedWhenMute") return yield* fenced
    if (store.fault === "mute" && flaw === "countsWhatItLost") store.lost = head([batch])
    if (store.fault === "mute") return yield* new Unknown({ cause: "mute" })
    if (flaw === "showsHalfAnAppend" || flaw === "stopsHalfWay") {
      keep({ ...batch, bytes: batch.bytes.subarray(0, 100) })
      yield* Effect.yieldNow
      store.batches.pop()
    }
    keep(batch)
  })

  const read = (from: Sequence): Stream.Stream<Batch.Batch, Damaged> => {
    const { batches } = store
    let at = batches.findIndex(
      (batch) => (flaw === "readsFromTheNextBatch" ? batch.firstSequence : Batch.lastSequence(batch)) >= from
    )
    if (at < 0) at = flaw === "readsPastTheHead" ? Math.max(0, batches.length - 1) : batches.length
    const end = flaw === "followsTheHead" ? Infinity : batches.length
    return Stream.unfold(undefined, () =>
      Effect.suspend(() => {
        while (at < Math.min(end, batches.length)) {
          const batch = Batch.decode(batches[at]!.bytes)
          at++
          if (typeof batch !== "string") return Effect.succeed([batch, undefined] as const)
          if (flaw === "stopsAtDamage") break
          if (flaw !== "skipsDamage") return Effect.fail(new Damaged({ place: "here", sequence: at, problem: batch }))
        }
        return Effect.succeed(undefined)
      })
    )
  }

  return {
    claim: Effect.sync(() => {
      ownEpoch = ++store.epoch
      const claimed = flaw === "claimsAnOldHead" ? head(store.batches.slice(0, -1)) : (store.lost ?? head())
      return { epoch: Epoch(store.epoch), head: claimed }
    }),
    append,
    read: (from) => Stream.suspend(() => read(from))
  }
}
