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
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result, type Scope, Stream } from "effect"
import { type Batch, type BatchHash, genesisHash, hashBytes } from "../src/Batch.ts"
import { Epoch, Sequence } from "../src/Ids.ts"
import { type Claim, Damaged, type Head, Journal } from "../src/ports/Journal.ts"
import { batchAfter, batchesAfter, headOf } from "./Batches.ts"

/** A place for one journal: empty when its layer is built, gone when its scope closes. */
export class JournalStore extends Context.Service<
  JournalStore,
  {
    /** Opens the journal that is here, as a process does that starts; what the scope closes stays here. */
    readonly open: Effect.Effect<Journal["Service"], unknown, Scope.Scope>
    /** Leaves no room for any batch, until the effect it gives is run. */
    readonly fill?: Effect.Effect<Effect.Effect<void>>
    /** Appends get no answer, until the effect it gives is run. */
    readonly mute?: Effect.Effect<Effect.Effect<void>>
    /** Changes something in the stored batch that holds the sequence. No journal is open. */
    readonly damage?: (sequence: Sequence) => Effect.Effect<void>
  }
>()("@pandora-exchange/core/testing/JournalStore") {}

/** What some cases need and an adapter may be unable to do. `twoHandles`: opening a journal that is open. */
export type Need = "fill" | "mute" | "damage" | "twoHandles"

export interface Options {
  /** Cases that cannot be met, by what they need, with the reason. */
  readonly skip?: { readonly [K in Need]?: string }
}

export interface Case {
  readonly name: string
  readonly needs?: Need
  readonly run: Effect.Effect<void, unknown, JournalStore>
}

/** Runs every case on a store of its own. */
export const suite = <E>(name: string, store: Layer.Layer<JournalStore, E>, { skip = {} }: Options = {}): void => {
  describe(`Journal (${name})`, () => {
    for (const { name, needs, run } of cases) {
      const reason = needs && skip[needs]
      if (reason === undefined) it.live(name, () => Effect.provide(run, store, { local: true }))
      else it.live.skip(`${name} (${reason})`, () => Effect.void)
    }
  })
}

/** Opens the journal that a layer gives, anew each time. */
export const opening = <E>(layer: Layer.Layer<Journal, E>): Effect.Effect<Journal["Service"], E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, Journal))

/** Opens the journal for as long as `use` takes. */
const opened = <A, E, R>(use: (journal: Journal["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(
      Effect.flatMap(JournalStore, ({ open }) => open),
      use
    )
  )

/** Opens the journal and claims it, too. */
const claimed = <A, E, R>(use: (journal: Journal["Service"], claim: Claim) => Effect.Effect<A, E, R>) =>
  opened((journal) => Effect.flatMap(journal.claim, (claim) => use(journal, claim)))

const appendAll = (journal: Journal["Service"], batches: ReadonlyArray<Batch>) =>
  Effect.forEach(batches, (batch) => journal.append(batch), { discard: true })

const readAll = (journal: Journal["Service"], from = 1) => Stream.runCollect(journal.read(Sequence(from)))

/** Compares whole batches, with all their bytes. */
const same = (actual: ReadonlyArray<Batch>, expected: ReadonlyArray<Batch>) => {
  assert.strictEqual(actual.length, expected.length, "number of batches")
  for (const [i, batch] of expected.entries()) assert.deepStrictEqual(plain(actual[i]!), plain(batch))
}

const plain = (batch: Batch) => ({
  ...batch,
  previousHash: hex(batch.previousHash),
  hash: hex(batch.hash),
  bytes: hex(batch.bytes)
})

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")

/** The journal refuses the batch and has what it had. */
const isFenced = Effect.fnUntraced(function* (journal: Journal["Service"], batch: Batch, stored: ReadonlyArray<Batch>) {
  const error = yield* Effect.flip(journal.append(batch))
  assert.deepInclude(error, { _tag: "Fenced", epoch: batch.epoch, firstSequence: batch.firstSequence })
  same(yield* readAll(journal), stored)
})

/** What a new owner finds: head and batches agree, and a batch that follows on them is taken. Gives what was found. */
const isSound = claimed(
  Effect.fnUntraced(function* (journal, claim) {
    const stored = yield* readAll(journal)
    const last = stored.at(-1)
    sameHead(claim.head, last === undefined ? emptyHead : headOf(last))
    const next = batchAfter(claim.head, claim.epoch)
    yield* journal.append(next)
    same(yield* readAll(journal), [...stored, next])
    return stored
  })
)

const emptyHead: Head = { lastSequence: Sequence(0), hash: genesisHash }

const sameHead = (actual: Head, expected: Head) =>
  assert.deepStrictEqual({ ...actual, hash: hex(actual.hash) }, { ...expected, hash: hex(expected.hash) })

/** What the adapter can do to its store; a case that needs it fails where it is missing. */
const fault = <K extends "fill" | "mute" | "damage">(name: K) =>
  Effect.flatMap(JournalStore, (store) => {
    const found = store[name]
    return found === undefined
      ? Effect.die(`the store cannot ${name}: give it the function, or the suite the reason as skip.${name}`)
      : Effect.succeed(found as NonNullable<typeof found>)
  })

const largeBatchCommands = 50_000
const manyBatches = 10_000

export const cases: ReadonlyArray<Case> = [
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
      const first = yield* claimed((journal, { epoch }) => Effect.map(journal.claim, (again) => [epoch, again.epoch]))
      const second = yield* claimed((_, { epoch }) => Effect.succeed(epoch))
      assert.deepStrictEqual([...first, second], [1, 2, 3])
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
        sameHead((yield* journal.claim).head, headOf(batches[1]!))
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
        same(yield* Stream.runCollect(Stream.tap(journal.read(Sequence(1)), () => appendOne)), batches.slice(0, 3))
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
          Effect.forEach(batches, (batch) => Effect.tap(journal.append(batch), () => Effect.sync(() => appended++)))
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
            yield* journal.append(withBytes(batch, bytes))
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
        Effect.forEach([0, 1], (epoch) => isFenced(journal, batchAfter(emptyHead, Epoch(epoch)), []))
      )
      const batch = batchAfter(emptyHead, Epoch(1))
      yield* claimed((journal) => journal.append(batch))
      yield* opened((journal) =>
        Effect.forEach([0, 2], (epoch) => isFenced(journal, batchAfter(headOf(batch), Epoch(epoch)), [batch]))
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
        yield* journal.append(first)
        for (const lastSequence of [0, 1, 2, 4, 5]) {
          yield* isFenced(journal, batchAfter({ ...headOf(first), lastSequence: Sequence(lastSequence) }, epoch), [
            first
          ])
        }
        const second = batchAfter(headOf(first), epoch)
        yield* journal.append(second)
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
        yield* journal.append(third)
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
        assert.deepStrictEqual(exits.map((exit) => exit._tag).sort(), ["Failure", "Success"])
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
          yield* journal.append(first)
          const { epoch: second } = yield* journal.claim
          yield* isFenced(journal, batchAfter(headOf(first), epoch), [first])
          yield* isFenced(journal, batchAfter(headOf(first), Epoch(second + 1)), [first])
          return first
        })
      )
      const formerEpoch = first.epoch
      yield* claimed((journal) => isFenced(journal, batchAfter(headOf(first), formerEpoch), [first]))
      same(yield* isSound, [first])
    })
  },
  {
    name: "error: a journal whose epoch was claimed over through another is Fenced",
    needs: "twoHandles",
    run: claimed((former, { epoch, head }) =>
      Effect.gen(function* () {
        const first = batchAfter(head, epoch)
        yield* former.append(first)
        const second = yield* claimed(
          Effect.fnUntraced(function* (journal, claim) {
            sameHead(claim.head, headOf(first))
            yield* isFenced(former, batchAfter(headOf(first), epoch), [first])
            const second = batchAfter(headOf(first), claim.epoch)
            yield* journal.append(second)
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
          const batches = batchesAfter(claim, [1, 40, 1])
          yield* journal.append(batches[0]!)
          const makeRoom = yield* fill
          for (let i = 0; i < 2; i++) {
            assert.strictEqual((yield* Effect.flip(journal.append(batches[1]!)))._tag, "Full")
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
          yield* journal.append(first)
          const unmute = yield* mute
          assert.strictEqual((yield* Effect.flip(journal.append(second)))._tag, "Unknown")
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
      for (const damagedBatch of [3, 1]) {
        yield* damage(batches[damagedBatch]!.firstSequence)
        yield* opened(
          Effect.fnUntraced(function* (journal) {
            const claim = yield* Effect.result(journal.claim)
            if (Result.isFailure(claim)) assert.instanceOf(claim.failure, Damaged)
            const read: Array<Batch> = []
            const keep = (batch: Batch) => Effect.sync(() => read.push(batch))
            const error = yield* Effect.flip(Stream.runForEach(journal.read(Sequence(1)), keep))
            assert.instanceOf(error, Damaged)
            assert.isNotEmpty(error.place)
            same(read, batches.slice(0, damagedBatch))
          })
        )
      }
    })
  }
]

/** The same batch in other memory, of which every part is a view, as a writer gives it. */
const withBytes = (batch: Batch, bytes: Uint8Array): Batch => ({
  ...batch,
  bytes,
  previousHash: bytes.subarray(40, 40 + hashBytes) as BatchHash,
  hash: bytes.subarray(bytes.length - hashBytes) as BatchHash
})
