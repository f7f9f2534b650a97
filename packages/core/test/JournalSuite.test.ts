import { assert, describe, it, vi } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Stream } from "effect"
import * as Batch from "../src/Batch.ts"
import { Epoch, Sequence } from "../src/Ids.ts"
import { Damaged, Fenced, Full, type Head, type Journal, Unknown } from "../src/ports/Journal.ts"
import { Batches, JournalSuite } from "../testing/index.ts"

const anotherHistory =
  "error: a whole batch of another history is Damaged, at the head, in the middle and as the first one"
const ended =
  "a process that ends between any two writes leaves what was acknowledged, and no more than it had begun"

/** Each is one mistake a journal may make, with the case of the suite that has to detect it. */
const flaws = {
  beginsAtOne:
    "an empty journal has sequence 0 and the genesis hash at its head, and nothing to read",
  forgetsItsEpoch: "each claim takes the next epoch, also after the journal was opened again",
  losesTheLastBatch:
    "what was appended is read byte for byte, also after the journal was opened again",
  changesAByte: "what was appended is read byte for byte, also after the journal was opened again",
  claimsAnOldHead: "a claim gives the last batch as head",
  readsFromTheNextBatch:
    "a read begins with the batch that holds the sequence, and past the head it is empty",
  readsPastTheHead:
    "a read begins with the batch that holds the sequence, and past the head it is empty",
  followsTheHead: "a read ends at the head there was when it began",
  showsHalfAnAppend: "a read gives whole batches without a gap while others are appended",
  keepsTheBytes: "bytes that change after they were appended do not change what is stored",
  cutsLargeBatches: "a batch of 5 MB is stored whole, between small ones",
  keepsAThousand: "ten thousand small batches are read as they were appended",
  needsNoClaim:
    "error: before the first claim every batch is Fenced, and later those of epochs that nobody claimed",
  acceptsGaps: "error: a batch whose first sequence does not follow on the head is Fenced",
  acceptsAnyPredecessor: "error: a batch that names another predecessor than the head is Fenced",
  acceptsRepeats: "error: a batch that was appended is Fenced when it comes again",
  checksTooEarly: "of two appends of one batch at once one is stored and the other is Fenced",
  ignoresEpochs:
    "error: a batch of an epoch that was claimed over, or was not claimed yet, is Fenced",
  knowsItsOwnClaimsOnly: "error: a journal whose epoch was claimed over through another is Fenced",
  stopsHalfWay: "an append that is interrupted is whole or absent, and later ones are as ever",
  writesWhenFull:
    "error: with no room a batch is Full and not written, and it is taken when there is room",
  staysFull:
    "error: with no room a batch is Full and not written, and it is taken when there is room",
  saysFencedWhenMute:
    "error: an append without an answer is Unknown, and claim and read tell what is stored",
  countsWhatItLost:
    "error: an append without an answer is Unknown, and claim and read tell what is stored",
  skipsDamage:
    "error: what was changed in the store is Damaged, in the middle and at the head, and nothing is skipped",
  stopsAtDamage:
    "error: what was changed in the store is Damaged, in the middle and at the head, and nothing is skipped",
  checksNoLinks: anotherHistory,
  writesTheHeadFirst: ended,
  writesTheHeadLast: ended,
  syncsNothing: ended
}

/** What the suite reports for some of them, after the name of the case. */
const said: Partial<Record<Flaw, string>> = {
  checksNoLinks: "expected Damaged, but the read succeeded (sequence 7 is not what was written)",
  writesTheHeadFirst: "expected the claim to give the last batch as head, sequence 2 (hash ",
  writesTheHeadLast: "expected the claim to give the last batch as head, sequence 3 (hash ",
  syncsNothing: "expected all that was acknowledged, but sequence 3 (hash ",
  acceptsAnyPredecessor: "expected Fenced, but the append succeeded (sequence 1, epoch 1)",
  acceptsRepeats: "expected Fenced, but the append succeeded (sequence 1, epoch 1)",
  saysFencedWhenMute:
    "expected Unknown, but the append failed with Fenced { epoch: 1, firstSequence: 2 } (sequences 2 to 3, epoch 1)",
  beginsAtOne: "expected the claim to give the last batch as head, sequence 0 (hash 0000",
  losesTheLastBatch: "number of batches that are read: expected 3 to equal 4"
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
        const exit = yield* Effect.exit(Effect.provide(run, storeWith(flaw)))
        assert(Exit.isFailure(exit))
        const { message } = Cause.squash(exit.cause) as Error
        assert.include(message, `${name}: ${said[flaw] ?? ""}`)
        assert.include(message, "expected ")
      })
    )
  }

  it("every case finds a flaw", () => {
    assert.deepStrictEqual(
      new Set(JournalSuite.cases.map(({ name }) => name)),
      new Set(Object.values(flaws))
    )
  })
})

// The test runner's limit is far below what a slow but correct journal takes.
vi.setConfig({ testTimeout: 5 })
JournalSuite.suite(
  "slow",
  Layer.effect(
    JournalSuite.JournalStore,
    Effect.map(JournalSuite.JournalStore, (store) => ({
      ...store,
      open: Effect.map(store.open, (journal) => ({
        ...journal,
        claim: Effect.delay(journal.claim, 10)
      }))
    }))
  ).pipe(Layer.provide(Layer.suspend(() => storeWith(undefined))))
)
vi.resetConfig()

/** The contents of the store. The separate head is for journals that write the two in two steps. */
interface Stored {
  readonly epoch: number
  readonly batches: ReadonlyArray<Batch.Batch>
  readonly head: Head
}

interface Store {
  now: Stored
  /** What a process leaves behind when it ends. */
  synced: Stored
  /** How many writes the process makes before it ends. */
  writesLeft: number
  fault: "full" | "mute" | undefined
  lost: Head | undefined
}

class ProcessEnded extends Error {}

/** The only way to change the store. */
const write = (store: Store, change: Partial<Stored>, flaw: Flaw | undefined): void => {
  if (store.writesLeft-- <= 0) throw new ProcessEnded()
  store.now = { ...store.now, ...change }
  if (flaw !== "syncsNothing") store.synced = store.now
}

const storeWith = (flaw: Flaw | undefined) =>
  Layer.sync(JournalSuite.JournalStore, () => {
    const head = { lastSequence: Sequence(0), hash: Batch.genesisHash }
    const empty: Stored = { epoch: 0, batches: [], head }
    const store: Store = {
      now: empty,
      synced: empty,
      writesLeft: Infinity,
      fault: undefined,
      lost: undefined
    }
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
          const { bytes } = store.now.batches.findLast(
            ({ firstSequence }) => firstSequence <= sequence
          )!
          bytes[bytes.length >> 1]! ^= 1
        }),
      replace: (batch) =>
        Effect.sync(() => {
          const batches = store.now.batches.map((stored) =>
            stored.firstSequence === batch.firstSequence ? batch : stored
          )
          store.now = { ...store.now, batches }
        }),
      crash: Effect.fnUntraced(function* (nth: number) {
        store.synced = store.now
        store.writesLeft = nth - 1
        const lines: Array<string> = []
        const tell = (line: string) => Effect.sync(() => void lines.push(line))
        const exit = yield* Effect.exit(Batches.appendForEver(open(store, flaw), tell))
        assert(Exit.isFailure(exit) && Cause.squash(exit.cause) instanceof ProcessEnded)
        store.writesLeft = Infinity
        store.now = store.synced
        return lines
      })
    }
  })

/** The simplest possible in-memory journal, with at most one flaw. */
const open = (store: Store, flaw: Flaw | undefined): Journal["Service"] => {
  if (flaw === "losesTheLastBatch")
    store.now = { ...store.now, batches: store.now.batches.slice(0, -1) }
  if (flaw === "forgetsItsEpoch") store.now = { ...store.now, epoch: 0 }
  const inTwoSteps = flaw === "writesTheHeadFirst" || flaw === "writesTheHeadLast"
  let ownEpoch = 0

  const head = (batches = store.now.batches): Head => {
    if (inTwoSteps) return store.now.head
    const last = batches.at(-1)
    if (last !== undefined) return { lastSequence: Batch.lastSequence(last), hash: last.hash }
    return { lastSequence: Sequence(flaw === "beginsAtOne" ? 1 : 0), hash: Batch.genesisHash }
  }

  const isNext = ({ epoch, firstSequence, previousHash }: Batch.Batch): boolean => {
    const { lastSequence, hash } = head()
    const claimed = flaw === "knowsItsOwnClaimsOnly" ? ownEpoch : store.now.epoch
    const epochFits =
      flaw === "ignoresEpochs" || (epoch === claimed && (epoch > 0 || flaw === "needsNoClaim"))
    const sequenceFits =
      firstSequence === lastSequence + 1 ||
      (flaw === "acceptsGaps" && firstSequence > lastSequence) ||
      (flaw === "acceptsRepeats" &&
        store.now.batches.some((batch) => batch.firstSequence === firstSequence))
    const hashFits =
      flaw === "acceptsAnyPredecessor" ||
      flaw === "acceptsRepeats" ||
      Batch.sameBytes(previousHash, hash)
    return epochFits && sequenceFits && hashFits
  }

  const keep = (batch: Batch.Batch) => {
    const { length } = batch.bytes
    const bytes = new Uint8Array(
      flaw === "cutsLargeBatches" ? batch.bytes.subarray(0, 1 << 20) : batch.bytes
    )
    if (flaw === "changesAByte") bytes[length - 40]! ^= 1
    const copy = { ...batch, bytes, hash: new Uint8Array(batch.hash) as Batch.BatchHash }
    const batches = [...store.now.batches, flaw === "keepsTheBytes" ? batch : copy]
    if (flaw === "keepsAThousand" && batches.length > 1000) batches.shift()
    if (flaw === "writesTheHeadFirst")
      write(store, { head: { lastSequence: Batch.lastSequence(copy), hash: copy.hash } }, flaw)
    write(store, { batches }, flaw)
    if (flaw === "writesTheHeadLast")
      write(store, { head: { lastSequence: Batch.lastSequence(copy), hash: copy.hash } }, flaw)
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
      write(store, { batches: store.now.batches.slice(0, -1) }, flaw)
    }
    keep(batch)
  })

  const read = (from: Sequence): Stream.Stream<Batch.Batch, Damaged> => {
    const batches = () => store.now.batches
    let at = batches().findIndex(
      (batch) =>
        (flaw === "readsFromTheNextBatch" ? batch.firstSequence : Batch.lastSequence(batch)) >= from
    )
    if (at < 0)
      at = flaw === "readsPastTheHead" ? Math.max(0, batches().length - 1) : batches().length
    const end = flaw === "followsTheHead" ? Infinity : batches().length
    let previousHash = at === 0 ? Batch.genesisHash : batches()[at - 1]?.hash
    const problemOf = (batch: Batch.Batch | Batch.BatchProblem) => {
      if (typeof batch === "string") return batch
      const follows = flaw === "checksNoLinks" || Batch.sameBytes(batch.previousHash, previousHash!)
      return follows ? undefined : "it does not follow on the one before it"
    }
    return Stream.unfold(undefined, () =>
      Effect.suspend(() => {
        while (at < Math.min(end, batches().length)) {
          const batch = Batch.decode(batches()[at]!.bytes)
          const problem = problemOf(batch)
          at++
          if (typeof batch !== "string") previousHash = batch.hash
          if (problem === undefined)
            return Effect.succeed([batch as Batch.Batch, undefined] as const)
          if (flaw === "stopsAtDamage") break
          if (flaw !== "skipsDamage")
            return Effect.fail(new Damaged({ place: "here", sequence: at, problem }))
        }
        return Effect.succeed(undefined)
      })
    )
  }

  return {
    claim: Effect.sync(() => {
      write(store, { epoch: store.now.epoch + 1 }, flaw)
      ownEpoch = store.now.epoch
      const claimed =
        flaw === "claimsAnOldHead" ? head(store.now.batches.slice(0, -1)) : (store.lost ?? head())
      return { epoch: Epoch(ownEpoch), head: claimed }
    }),
    append,
    read: (from) => Stream.suspend(() => read(from))
  }
}
