import { assert, it } from "@effect/vitest"
import { type Batch, genesisHash } from "@pandora-exchange/core/Batch"
import { Epoch, Sequence } from "@pandora-exchange/core/Ids"
import type { Head, Journal } from "@pandora-exchange/core/ports/Journal"
import { Batches, JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Exit, Result, Scope } from "effect"
import * as fc from "fast-check"
import * as fs from "node:fs"
import { basename } from "node:path"
import * as FileJournal from "../src/FileJournal.ts"
import { flipBit, overwrite } from "./support/damage.ts"
import { readAll, segmentsIn, stored } from "./support/journals.ts"
import { names } from "./support/names.ts"
import { folderInMemory } from "./support/temporaryFolder.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const numRuns = long ? 3000 : 100

/**
 * A journal in a folder, beside a model of it: a list of batches, an epoch, and whether it was
 * claimed since it was opened.
 */
interface World {
  readonly folder: string
  readonly segmentBytes: number
  readonly batches: Array<Batch>
  epoch: number
  claimed: boolean
  journal: Journal["Service"]
  scope: Scope.Closeable
}

const head = ({ batches }: World): Head => {
  const last = batches.at(-1)
  return last === undefined
    ? { lastSequence: Sequence(0), hash: genesisHash }
    : Batches.headOf(last)
}

const open = Effect.fnUntraced(function* (world: World) {
  world.scope = yield* Scope.make()
  world.claimed = false
  const { folder, segmentBytes } = world
  world.journal = yield* Scope.provide(
    JournalSuite.opening(FileJournal.layer({ folder, segmentBytes })),
    world.scope
  )
})

const close = ({ scope }: World) => Scope.close(scope, Exit.void)

const append = Effect.fnUntraced(function* (world: World, count: number) {
  const batch = Batches.batchAfter(head(world), Epoch(world.epoch), count)
  const exit = yield* Effect.exit(world.journal.append(batch))
  assert.strictEqual(Exit.isSuccess(exit), world.claimed)
  if (world.claimed) world.batches.push(batch)
})

const appendWrong = Effect.fnUntraced(function* (
  world: World,
  what: "epoch" | "sequence" | "hash" | "again"
) {
  const { lastSequence, hash } = head(world)
  const wrong: Record<typeof what, Batch | undefined> = {
    epoch: Batches.batchAfter(head(world), Epoch(world.epoch - 1)),
    sequence: Batches.batchAfter(
      { lastSequence: Sequence(lastSequence + 1), hash },
      Epoch(world.epoch)
    ),
    hash: Batches.batchAfter({ lastSequence, hash: genesisHash }, Epoch(world.epoch)),
    again: world.batches.at(-1)
  }
  const batch = wrong[what]
  if (batch === undefined || (what === "hash" && world.batches.length === 0)) return
  assert.strictEqual((yield* Effect.flip(world.journal.append(batch)))._tag, "Fenced")
})

const claim = Effect.fnUntraced(function* (world: World) {
  const claim = yield* world.journal.claim
  assert.strictEqual(claim.epoch, ++world.epoch)
  assert.strictEqual(claim.head.lastSequence, head(world).lastSequence)
  world.claimed = true
})

const read = Effect.fnUntraced(function* (world: World, fraction: number) {
  const from = 1 + Math.floor(fraction * (head(world).lastSequence + 2))
  const expected = world.batches.filter((batch) => Batches.headOf(batch).lastSequence >= from)
  assert.deepStrictEqual(names(yield* readAll(world.journal, from)), names(expected))
})

/** Changes the files while the journal is closed. */
const whileClosed = (world: World, change: Effect.Effect<void>) =>
  Effect.andThen(close(world), Effect.andThen(change, open(world)))

/** The end of the last segment as a crash leaves it. */
const crash = (
  world: World,
  leave: (segment: string, from: number, length: number, batch: Batch) => boolean
) =>
  whileClosed(
    world,
    Effect.sync(() => {
      const last = world.batches.at(-1)
      const segment = segmentsIn(world.folder).at(-1)
      if (last === undefined || segment === undefined) return
      const firstSequence = Number.parseInt(basename(segment), 10)
      const here = world.batches.filter((batch) => batch.firstSequence >= firstSequence).map(stored)
      if (here.length === 0) return
      const length = here.at(-1)!
      const from = here.reduce((sum, bytes) => sum + bytes, -length)
      if (!leave(segment, from, length, last)) world.batches.pop()
    })
  )

const unwrite = (world: World, sectors: number) =>
  crash(world, (segment, from, length) => {
    let whole = true
    for (let i = 0; i < length / 512; i++) {
      if (((sectors >> (i % 31)) & 1) === 0) continue
      overwrite(segment, from + i * 512, new Uint8Array(512))
      whole = false
    }
    return whole
  })

const cut = (world: World, fraction: number) =>
  crash(world, (segment, from, length, { bytes }) => {
    const left = Math.floor(fraction * (length + 1))
    fs.truncateSync(segment, from + left)
    return left >= bytes.length
  })

/** A flipped bit is detected, and everything is as before once it is flipped back. */
const damage = Effect.fnUntraced(function* (
  world: World,
  ofSegments: number,
  ofBytes: number,
  bit: number
) {
  const segments = segmentsIn(world.folder)
  const segment = segments[Math.floor(ofSegments * segments.length)]
  if (segment === undefined || fs.statSync(segment).size === 0) return
  const flip = Effect.sync(() =>
    flipBit(segment, Math.floor(ofBytes * fs.statSync(segment).size), bit)
  )
  yield* whileClosed(world, flip)
  const claim = yield* Effect.result(world.journal.claim)
  if (Result.isSuccess(claim)) world.epoch++
  const error = Result.isSuccess(claim) ? yield* Effect.flip(readAll(world.journal)) : claim.failure
  assert.include(error._tag === "Damaged" ? error.place : error._tag, segment)
  yield* whileClosed(world, flip)
})

const history = Effect.fnUntraced(function* (actions: ReadonlyArray<Action>, segmentBytes: number) {
  const folder = yield* folderInMemory
  const world = { folder, segmentBytes, batches: [], epoch: 0 } as unknown as World
  yield* open(world)
  for (const action of [...actions, claimAtTheEnd, readAtTheEnd]) yield* perform(world, action)
  yield* close(world)
})

const perform = (world: World, action: Action) => {
  switch (action.do) {
    case "append":
      return append(world, action.count)
    case "appendWrong":
      return appendWrong(world, action.what)
    case "claim":
      return claim(world)
    case "read":
      return read(world, action.from)
    case "reopen":
      return whileClosed(world, Effect.void)
    case "unwrite":
      return Effect.andThen(unwrite(world, action.sectors), claim(world))
    case "cut":
      return Effect.andThen(cut(world, action.at), claim(world))
    case "damage":
      return damage(world, action.segment, action.at, action.bit)
  }
}

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const anyAction = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("append"), count: fc.integer({ min: 1, max: 40 }) })
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("claim") }) },
  fc.record({
    do: fc.constant("appendWrong"),
    what: fc.constantFrom("epoch", "sequence", "hash", "again")
  }),
  fc.record({ do: fc.constant("read"), from: fraction }),
  fc.record({ do: fc.constant("reopen") }),
  fc.record({ do: fc.constant("unwrite"), sectors: fc.nat() }),
  fc.record({ do: fc.constant("cut"), at: fraction }),
  fc.record({ do: fc.constant("damage"), segment: fraction, at: fraction, bit: fc.nat(7) })
)

type Action = typeof anyAction extends fc.Arbitrary<infer A> ? A : never

const claimAtTheEnd: Action = { do: "claim" }
const readAtTheEnd: Action = { do: "read", from: 0 }

it(`a journal does as a list of batches does, in ${numRuns} random histories`, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyAction, { maxLength: 40, size: "max" }),
      fc.constantFrom(512, 2048, 8192),
      (actions, segmentBytes) => Effect.runPromise(Effect.scoped(history(actions, segmentBytes)))
    ),
    { numRuns }
  ))
