/**
 * What every journal does. An adapter is done when it passes this suite:
 *
 * ```ts
 * const store = Layer.effect(JournalStore, Effect.gen(function*() {
 *   const folder = yield* temporaryFolder
 *   return { open: JournalSuite.opening(FileJournal.layer({ folder })) }
 * }))
 * JournalSuite.suite("file", store, { skip: { twoHandles: "the folder is locked", … } })
 * ```
 */
import { assert } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result, type Scope, Stream } from "effect"
import { type Batch, type BatchHash, genesisHash, hashBytes } from "../src/Batch.ts"
import { Epoch, Sequence } from "../src/Ids.ts"
import { type AppendError, type Claim, Damaged, type Head, Journal } from "../src/ports/Journal.ts"
import { batchAfter, batchesAfter, headOf } from "./Batches.ts"
import * as Cases from "./internal/Cases.ts"
import * as Told from "./internal/Told.ts"

/** A place for one journal: empty when its layer is built, deleted when its scope closes. */
export class JournalStore extends Context.Service<
  JournalStore,
  {
    /**
     * Opens the journal at this place, as a starting process does; its contents survive the scope.
     */
    readonly open: Effect.Effect<Journal["Service"], unknown, Scope.Scope>
    /** Leaves no space for any batch until the returned effect is run. */
    readonly fill?: Effect.Effect<Effect.Effect<void>>
    /** Appends get no answer until the returned effect is run. */
    readonly mute?: Effect.Effect<Effect.Effect<void>>
    /**
     * Changes something in the stored batch that contains the sequence. The journal is not open.
     */
    readonly damage?: (sequence: Sequence) => Effect.Effect<void>
    /**
     * Overwrites the stored batch that has the same first sequence with this one, which has the
     * same size and is valid in itself: including every hash, checksum and column the journal
     * stores for a batch. The journal is not open.
     */
    readonly replace?: (batch: Batch) => Effect.Effect<void>
    /**
     * Opens the journal, runs `Batches.appendForEver` on it, and ends the process just before its
     * `nth` write to the store, counted from 1; anything written but not synced by then is lost.
     * Returns what `appendForEver` reported. The journal is not open before or after.
     *
     * For files: run it in a child process that kills itself with SIGKILL.
     */
    readonly crash?: (nth: number) => Effect.Effect<ReadonlyArray<string>>
  }
>()("@pandora-exchange/core/testing/JournalStore") {}

/**
 * What some cases need and an adapter may be unable to do. `twoHandles`: opening a journal that is
 * already open.
 */
export type Need = "fill" | "mute" | "damage" | "replace" | "crash" | "twoHandles"

export interface Options {
  /** Cases that cannot be satisfied, by what they need, with the reason. */
  readonly skip?: { readonly [K in Need]?: string }
}

export type Case = Cases.Case<JournalStore, Need>

/** Runs every case on a store of its own. */
export const suite = <E>(
  name: string,
  store: Layer.Layer<JournalStore, E>,
  { skip = {} }: Options = {}
): void => Cases.runCases(`Journal (${name})`, cases, store, skip)

/** Opens the journal provided by a layer, afresh each time. */
export const opening = <E>(
  layer: Layer.Layer<Journal, E>
): Effect.Effect<Journal["Service"], E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, Journal))

/** Opens the journal for the duration of `use`. */
const opened = <A, E, R>(use: (journal: Journal["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(
      Effect.flatMap(JournalStore, ({ open }) => Cases.succeeds("opening the journal", open)),
      use
    )
  )

/** Opens the journal and also claims it. */
const claimed = <A, E, R>(
  use: (journal: Journal["Service"], claim: Claim) => Effect.Effect<A, E, R>
) => opened((journal) => Effect.flatMap(claimOf(journal), (claim) => use(journal, claim)))

const claimOf = (journal: Journal["Service"]) => Cases.succeeds("the claim", journal.claim)

const append = (journal: Journal["Service"], batch: Batch) =>
  Cases.succeeds(`the append of ${Told.sequencesOf(batch)}`, journal.append(batch))

const appendAll = (journal: Journal["Service"], batches: ReadonlyArray<Batch>) =>
  Effect.forEach(batches, (batch) => append(journal, batch), { discard: true })

const readAll = (journal: Journal["Service"], from = 1) =>
  Cases.succeeds(`the read from sequence ${from}`, Stream.runCollect(journal.read(Sequence(from))))

/** Returns the error of an append that must fail with this tag. */
const appendFails = <Tag extends AppendError["_tag"]>(
  tag: Tag,
  journal: Journal["Service"],
  batch: Batch
) =>
  Cases.failsWith(
    tag,
    "the append",
    journal.append(batch),
    `${Told.sequencesOf(batch)}, epoch ${batch.epoch}`
  )

/** Compares whole batches, with all their bytes. */
const same = (actual: ReadonlyArray<Batch>, expected: ReadonlyArray<Batch>) => {
  assert.strictEqual(actual.length, expected.length, "number of batches that are read")
  for (const [i, batch] of expected.entries()) {
    assert.deepStrictEqual(plain(actual[i]!), plain(batch), `batch ${i + 1} of those that are read`)
  }
}

const plain = (batch: Batch) => ({
  ...batch,
  previousHash: hex(batch.previousHash),
  hash: hex(batch.hash),
  bytes: hex(batch.bytes)
})

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")

/** The journal refuses the batch and keeps what it had. */
const isFenced = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  batch: Batch,
  stored: ReadonlyArray<Batch>
) {
  const error = yield* appendFails("Fenced", journal, batch)
  assert.deepInclude(
    error,
    { epoch: batch.epoch, firstSequence: batch.firstSequence },
    "fields of Fenced"
  )
  same(yield* readAll(journal), stored)
})

/**
 * What a new owner finds: head and batches agree, and a batch that follows them is accepted.
 * Returns what was found.
 */
const isSound = claimed(
  Effect.fnUntraced(function* (journal, claim) {
    const stored = yield* readAll(journal)
    const last = stored.at(-1)
    sameHead(claim.head, last === undefined ? emptyHead : headOf(last))
    const next = batchAfter(claim.head, claim.epoch)
    yield* append(journal, next)
    same(yield* readAll(journal), [...stored, next])
    return stored
  })
)

const emptyHead: Head = { lastSequence: Sequence(0), hash: genesisHash }

const sameHead = (actual: Head, last: Head) => {
  if (shownHead(actual) === shownHead(last)) return
  assert.fail(
    `expected the claim to give the last batch as head, ${shownHead(last)}, but it gave ${shownHead(actual)}`
  )
}

const shownHead = ({ hash, lastSequence }: Head) => `sequence ${lastSequence} (hash ${hex(hash)})`

const fault = <K extends "fill" | "mute" | "damage" | "replace" | "crash">(name: K) =>
  Effect.flatMap(JournalStore, (store) => Cases.faultOf(store, name))

const largeBatchCommands = 50_000
const manyBatches = 10_000
const manyBatchesTimeoutMs = 900_000

/** Enough for every write of a claim, of an append, of the next one, and of another claim. */
const crashes = 16
const crashesTimeoutMs = 300_000

export const cases: ReadonlyArray<Case> = Cases.named<JournalStore, Need>([
  {
    name: "an empty journal has sequence 0 and the genesis hash at its head, and nothing to read",
    run: claimed((journal, { head }) =>
      Effect.gen(function* () {
        sameHead(head, emptyHead)
        same(yield* readAll(journal), [])
      })
    )
  },
  {
    name: "each claim takes the next epoch, also after the journal was opened again",
    run: Effect.gen(function* () {
      const first = yield* claimed((journal, { epoch }) =>
        Effect.map(claimOf(journal), (again) => [epoch, again.epoch])
      )
      const second = yield* claimed((_, { epoch }) => Effect.succeed(epoch))
      assert.deepStrictEqual([...first, second], [1, 2, 3], "epochs of three claims")
    })
  },
  {
    name: "what was appended is read byte for byte, also after the journal was opened again",
    run: Effect.gen(function* () {
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(claim, [1, 3, 100, 2])
          yield* appendAll(journal, batches)
          same(yield* readAll(journal), batches)
          return batches
        })
      )
      same(yield* opened((journal) => readAll(journal)), batches)
      same(yield* isSound, batches)
    })
  },
  {
    name: "a claim gives the last batch as head",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batches = batchesAfter(claim, [1, 3])
        yield* appendAll(journal, batches)
        sameHead((yield* claimOf(journal)).head, headOf(batches[1]!))
      })
    )
  },
  {
    name: "a read begins with the batch that holds the sequence, and past the head it is empty",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batches = batchesAfter(claim, [2, 3, 1])
        yield* appendAll(journal, batches)
        for (const [from, first] of [
          [1, 0],
          [2, 0],
          [3, 1],
          [4, 1],
          [5, 1],
          [6, 2],
          [7, 3],
          [1000, 3]
        ] as const) {
          same(yield* readAll(journal, from), batches.slice(first))
        }
      })
    )
  },
  {
    name: "a read ends at the head there was when it began",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batches = batchesAfter(claim, [1, 1, 1, 1, 1, 1])
        yield* appendAll(journal, batches.slice(0, 3))
        const rest = batches.slice(3)
        const appendOne = Effect.suspend(() => Effect.asVoid(appendAll(journal, rest.splice(0, 1))))
        same(
          yield* Stream.runCollect(Stream.tap(journal.read(Sequence(1)), () => appendOne)),
          batches.slice(0, 3)
        )
        same(yield* readAll(journal), batches)
      })
    )
  },
  {
    name: "a read gives whole batches without a gap while others are appended",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batches = batchesAfter(
          claim,
          Array.from({ length: 300 }, (_, i) => 1 + (i % 50))
        )
        let appended = 0
        const appending = yield* Effect.forkChild(
          Effect.forEach(batches, (batch) =>
            Effect.tap(append(journal, batch), () => Effect.sync(() => appended++))
          )
        )
        while (appended < batches.length && appending.pollUnsafe() === undefined) {
          const before = appended
          const stored = yield* readAll(journal)
          assert.isAtLeast(stored.length, before)
          same(stored, batches.slice(0, stored.length))
          yield* Effect.yieldNow
        }
        yield* Fiber.join(appending)
      })
    )
  },
  {
    name: "bytes that change after they were appended do not change what is stored",
    run: Effect.gen(function* () {
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(claim, [5, 5])
          for (const batch of batches) {
            const bytes = new Uint8Array(batch.bytes)
            yield* append(journal, withBytes(batch, bytes))
            bytes.fill(0xee)
          }
          same(yield* readAll(journal), batches)
          return batches
        })
      )
      same(yield* isSound, batches)
    })
  },
  {
    name: "a batch of 5 MB is stored whole, between small ones",
    run: Effect.gen(function* () {
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(claim, [1, largeBatchCommands, 1])
          assert.isAbove(batches[1]!.bytes.length, 5_000_000)
          yield* appendAll(journal, batches)
          return batches
        })
      )
      same(yield* isSound, batches)
    })
  },
  {
    name: "ten thousand small batches are read as they were appended",
    timeoutMs: manyBatchesTimeoutMs,
    run: Effect.gen(function* () {
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(
            claim,
            Array.from({ length: manyBatches }, () => 1)
          )
          yield* appendAll(journal, batches)
          same(yield* readAll(journal, manyBatches - 10), batches.slice(-11))
          return batches
        })
      )
      same(yield* isSound, batches)
    })
  },
  {
    name: "error: before the first claim every batch is Fenced, and later those of epochs that nobody claimed",
    run: Effect.gen(function* () {
      yield* opened((journal) =>
        Effect.forEach([0, 1], (epoch) =>
          isFenced(journal, batchAfter(emptyHead, Epoch(epoch)), [])
        )
      )
      const batch = batchAfter(emptyHead, Epoch(1))
      yield* claimed((journal) => append(journal, batch))
      yield* opened((journal) =>
        Effect.forEach([0, 2], (epoch) =>
          isFenced(journal, batchAfter(headOf(batch), Epoch(epoch)), [batch])
        )
      )
    })
  },
  {
    name: "error: a batch whose first sequence does not follow on the head is Fenced",
    run: claimed(
      Effect.fnUntraced(function* (journal, { epoch, head }) {
        const gap = batchAfter({ ...head, lastSequence: Sequence(1) }, epoch)
        yield* isFenced(journal, gap, [])
        const first = batchAfter(head, epoch, 3)
        yield* append(journal, first)
        for (const lastSequence of [0, 1, 2, 4, 5]) {
          yield* isFenced(
            journal,
            batchAfter({ ...headOf(first), lastSequence: Sequence(lastSequence) }, epoch),
            [first]
          )
        }
        const second = batchAfter(headOf(first), epoch)
        yield* append(journal, second)
        same(yield* readAll(journal), [first, second])
      })
    )
  },
  {
    name: "error: a batch that names another predecessor than the head is Fenced",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const [first, second, third] = batchesAfter(claim, [1, 1, 1]) as [Batch, Batch, Batch]
        const { epoch, head } = claim
        yield* isFenced(journal, batchAfter({ ...head, hash: first.hash }, epoch), [])
        yield* appendAll(journal, [first, second])
        for (const hash of [genesisHash, first.hash, third.hash]) {
          yield* isFenced(journal, batchAfter({ ...headOf(second), hash }, epoch), [first, second])
        }
        yield* append(journal, third)
        same(yield* readAll(journal), [first, second, third])
      })
    )
  },
  {
    name: "error: a batch that was appended is Fenced when it comes again",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batches = batchesAfter(claim, [1, 2])
        yield* appendAll(journal, batches)
        for (const batch of batches) yield* isFenced(journal, batch, batches)
      })
    )
  },
  {
    name: "of two appends of one batch at once one is stored and the other is Fenced",
    run: claimed(
      Effect.fnUntraced(function* (journal, claim) {
        const batch = batchAfter(claim.head, claim.epoch)
        const exits = yield* Effect.all(
          [1, 2].map(() => Effect.result(journal.append(batch))),
          { concurrency: 2 }
        )
        assert.deepStrictEqual(
          exits.map((exit) => exit._tag).sort(),
          ["Failure", "Success"],
          "results of the two appends"
        )
        same(yield* readAll(journal), [batch])
      })
    )
  },
  {
    name: "error: a batch of an epoch that was claimed over, or was not claimed yet, is Fenced",
    run: Effect.gen(function* () {
      const first = yield* claimed(
        Effect.fnUntraced(function* (journal, { epoch, head }) {
          const first = batchAfter(head, epoch)
          yield* append(journal, first)
          const { epoch: second } = yield* claimOf(journal)
          yield* isFenced(journal, batchAfter(headOf(first), epoch), [first])
          yield* isFenced(journal, batchAfter(headOf(first), Epoch(second + 1)), [first])
          return first
        })
      )
      const formerEpoch = first.epoch
      yield* claimed((journal) =>
        isFenced(journal, batchAfter(headOf(first), formerEpoch), [first])
      )
      same(yield* isSound, [first])
    })
  },
  {
    name: "error: a journal whose epoch was claimed over through another is Fenced",
    needs: "twoHandles",
    run: claimed((former, { epoch, head }) =>
      Effect.gen(function* () {
        const first = batchAfter(head, epoch)
        yield* append(former, first)
        const second = yield* claimed(
          Effect.fnUntraced(function* (journal, claim) {
            sameHead(claim.head, headOf(first))
            yield* isFenced(former, batchAfter(headOf(first), epoch), [first])
            const second = batchAfter(headOf(first), claim.epoch)
            yield* append(journal, second)
            return second
          })
        )
        yield* isFenced(former, batchAfter(headOf(second), epoch), [first, second])
        same(yield* isSound, [first, second])
      })
    )
  },
  {
    name: "an append that is interrupted is whole or absent, and later ones are as ever",
    run: Effect.gen(function* () {
      for (let turns = 0; turns < 10; turns++) {
        const stored = yield* isSound
        const interrupted = yield* claimed(
          Effect.fnUntraced(function* (journal, claim) {
            const batch = batchAfter(claim.head, claim.epoch, 200)
            const appending = yield* Effect.forkChild(journal.append(batch))
            for (let i = 0; i < turns; i++) yield* Effect.yieldNow
            yield* Fiber.interrupt(appending)
            return batch
          })
        )
        const after = yield* isSound
        const whole = after.length > stored.length + 1 ? [interrupted] : []
        same(after.slice(stored.length + 1), whole)
      }
    })
  },
  {
    name: "error: with no room a batch is Full and not written, and it is taken when there is room",
    needs: "fill",
    run: Effect.gen(function* () {
      const fill = yield* fault("fill")
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          // The second is larger than what a journal can free by itself, such as a file made ahead.
          const batches = batchesAfter(claim, [1, 1_000, 1])
          yield* append(journal, batches[0]!)
          const makeRoom = yield* fill
          for (let i = 0; i < 2; i++) {
            yield* appendFails("Full", journal, batches[1]!)
            same(yield* readAll(journal), batches.slice(0, 1))
          }
          yield* makeRoom
          yield* appendAll(journal, batches.slice(1))
          return batches
        })
      )
      same(yield* isSound, batches)
    })
  },
  {
    name: "error: an append without an answer is Unknown, and claim and read tell what is stored",
    needs: "mute",
    run: Effect.gen(function* () {
      const mute = yield* fault("mute")
      const [first, second] = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const [first, second] = batchesAfter(claim, [1, 2]) as [Batch, Batch]
          yield* append(journal, first)
          const unmute = yield* mute
          yield* appendFails("Unknown", journal, second)
          yield* unmute
          return [first, second] as const
        })
      )
      const stored = yield* isSound
      same(stored, stored.length === 2 ? [first, second] : [first])
    })
  },
  {
    name: "error: what was changed in the store is Damaged, in the middle and at the head, and nothing is skipped",
    needs: "damage",
    run: Effect.gen(function* () {
      const damage = yield* fault("damage")
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(claim, [1, 2, 3, 1])
          yield* appendAll(journal, batches)
          return batches
        })
      )
      for (const damaged of [3, 1]) {
        yield* damage(batches[damaged]!.firstSequence)
        same(yield* readUntilDamaged(batches[damaged]!), batches.slice(0, damaged))
      }
    })
  },
  {
    name: "error: a whole batch of another history is Damaged, at the head, in the middle and as the first one",
    needs: "replace",
    run: Effect.gen(function* () {
      const replace = yield* fault("replace")
      const batches = yield* claimed(
        Effect.fnUntraced(function* (journal, claim) {
          const batches = batchesAfter(claim, [1, 2, 3, 1])
          yield* appendAll(journal, batches)
          return batches
        })
      )
      for (const replaced of [3, 1, 0]) {
        yield* replace(ofAnotherHistory(batches[replaced]!))
        // A journal that detects it by its head returns nothing before it.
        const read = yield* readUntilDamaged(batches[replaced]!)
        same(read, batches.slice(0, Math.min(read.length, replaced)))
      }
    })
  },
  {
    name: "a process that ends between any two writes leaves what was acknowledged, and no more than it had begun",
    needs: "crash",
    timeoutMs: crashesTimeoutMs,
    run: Effect.gen(function* () {
      const crash = yield* fault("crash")
      let appended = 0
      for (let nth = 1; nth <= crashes; nth++) {
        const before = (yield* opened((journal) => readAll(journal))).map(Told.nameOf)
        const { acknowledged, begun } = Told.read(yield* crash(nth))
        const after = (yield* isSound).map(Told.nameOf)
        const certain = [...before, ...acknowledged]
        const lost = certain.find((batch) => !after.includes(batch))
        const when = `after the process ended before write ${nth}`
        if (lost !== undefined)
          assert.fail(`expected all that was acknowledged, but ${lost} is gone ${when}`)
        const possible = begun.length > acknowledged.length ? [...certain, begun.at(-1)!] : certain
        assert.deepStrictEqual(
          after,
          after.length > certain.length ? possible : certain,
          `batches ${when}`
        )
        appended += acknowledged.length
      }
      assert.isAbove(appended, 0, "batches that `crash` acknowledged, in all runs together")
    })
  }
])

/**
 * Returns what is read before `Damaged`, which must end the read; the claim may fail the same way.
 */
const readUntilDamaged = (damaged: Batch) =>
  opened(
    Effect.fnUntraced(function* (journal) {
      const claim = yield* Effect.result(journal.claim)
      if (Result.isFailure(claim)) assert.instanceOf(claim.failure, Damaged, "failure of the claim")
      const read: Array<Batch> = []
      const keep = (batch: Batch) => Effect.sync(() => read.push(batch))
      const reading = Stream.runForEach(journal.read(Sequence(1)), keep)
      const detail = `${Told.sequencesOf(damaged)} is not what was written`
      const error = yield* Cases.failsWith("Damaged", "the read", reading, detail)
      assert.isNotEmpty(error.place, "place of Damaged")
      return read
    })
  )

/** Of the same size and with the same sequences, but after another predecessor. */
const ofAnotherHistory = ({ count, epoch, firstSequence }: Batch): Batch =>
  batchAfter(
    {
      lastSequence: Sequence(firstSequence - 1),
      hash: new Uint8Array(hashBytes).fill(0xee) as BatchHash
    },
    epoch,
    count
  )

/** The same batch in other memory, with every part a view, as a writer provides it. */
const withBytes = (batch: Batch, bytes: Uint8Array): Batch => ({
  ...batch,
  bytes,
  previousHash: bytes.subarray(40, 40 + hashBytes) as BatchHash,
  hash: bytes.subarray(bytes.length - hashBytes) as BatchHash
})
