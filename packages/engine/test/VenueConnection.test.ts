import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { type Command, Ids, Journal } from "@pandora-exchange/core"
import { Effect, Layer, Stream } from "effect"
import { MessageChannel, type MessagePort } from "node:worker_threads"
import { follow, Sequencer } from "../src/Sequencer.ts"
import { OutcomeUnknown, type SubmitError, Unavailable } from "../src/SubmitError.ts"
import type { Answerer } from "../src/VenueClient.ts"
import * as VenueConnection from "../src/VenueConnection.ts"
import * as VenueServer from "../src/VenueServer.ts"
import { uncaughtIn } from "./uncaught.ts"

/** The questions of these tests. */
interface Asked {
  readonly assets: { readonly of: undefined; readonly answer: number }
}

const answer: Answerer<Asked> = (state) => state.assets.length - 1

const listAsset = (symbol: string): Command.Command => ({ _tag: "ListAsset", symbol, scale: 8 })

/** Two ends of a channel, closed with the scope. */
const channel = Effect.acquireRelease(
  Effect.sync(() => new MessageChannel()),
  ({ port1, port2 }) =>
    Effect.sync(() => {
      port1.close()
      port2.close()
    })
)

const venue = Sequencer.layer().pipe(
  Layer.provide(Layer.mergeAll(MemoryJournal.layer, MemorySnapshotStore.layer))
)

const connected = (port: MessagePort) => VenueConnection.connect<Asked>(port, () => {})

const opened = Effect.gen(function* () {
  const { port1, port2 } = yield* channel
  yield* VenueServer.serve(port2, answer, () => {})
  return { client: yield* connected(port1), sequencer: yield* Sequencer }
})

/** A connection to a venue that answers every request with these batches. */
const answering = (batches: ReadonlyArray<Uint8Array>) =>
  Effect.gen(function* () {
    const { port1, port2 } = yield* channel
    port2.on("message", (message: { readonly id?: number }) => {
      if (message.id !== undefined) port2.postMessage({ id: message.id, value: batches })
    })
    return yield* connected(port1)
  })

describe("VenueConnection", () => {
  it.effect("answers questions with the last command that the answer reflects", () =>
    Effect.gen(function* () {
      const { client, sequencer } = yield* opened
      yield* sequencer.submit(listAsset("BTC"))
      const { sequence } = yield* sequencer.submit(listAsset("USDT"))
      assert.deepStrictEqual(yield* client.query("assets", undefined), { sequence, answer: 2 })
    }).pipe(Effect.provide(venue))
  )

  it.effect("gives all followers the same object for a batch", () =>
    Effect.gen(function* () {
      const { client, sequencer } = yield* opened
      for (const symbol of ["BTC", "ETH", "USDT"]) yield* sequencer.submit(listAsset(symbol))
      const three = Stream.runCollect(Stream.take(follow(client.batches, Ids.Sequence(1)), 3))
      const [feed, ledger] = yield* Effect.all([three, three], { concurrency: "unbounded" })
      assert.deepStrictEqual(
        feed!.map(({ firstSequence }) => firstSequence as number),
        [1, 2, 3]
      )
      feed!.forEach((batch, i) => assert.strictEqual(ledger![i], batch))
      assert.strictEqual((yield* client.batches(Ids.Sequence(2)))![0], feed![1])
    }).pipe(Effect.provide(venue))
  )

  it.effect(
    "error: bytes of a batch that came damaged name where, and what is wrong with them",
    () =>
      Effect.gen(function* () {
        const sequencer = yield* Sequencer
        yield* sequencer.submit(listAsset("BTC"))
        const [batch] = (yield* sequencer.batches(Ids.Sequence(1)))!
        const damaged = batch!.bytes.slice()
        damaged[100]! ^= 1
        const cases = [
          [damaged, "hashDiffers"],
          [batch!.bytes.slice(0, -1), "incomplete"],
          [new Uint8Array(200), "noMagic"]
        ] as const
        for (const [bytes, problem] of cases) {
          // An intact one before it is in memory already: that does not hide the damage.
          const client = yield* answering([batch!.bytes, bytes])
          assert.deepStrictEqual(
            yield* Effect.flip(client.batches(Ids.Sequence(1))),
            new Journal.Damaged({
              place: "a message from the venue's thread",
              sequence: 1,
              problem
            })
          )
        }
      }).pipe(Effect.provide(venue))
  )

  it.effect(
    "error: when the venue's thread has ended, a waiter that throws costs the others nothing",
    () =>
      Effect.gen(function* () {
        const { port1 } = yield* channel
        let end = (): void => {}
        const client = yield* VenueConnection.connect<Asked>(port1, (ended) => {
          end = ended
        })
        const bug = new Error("a waiter's own")
        const told: Array<unknown> = []
        const submit = (failed: (error: SubmitError) => void) =>
          client.submitUnsafe(listAsset("BTC"), undefined, {
            answered: () => told.push("answered"),
            failed
          })
        submit(() => {
          throw bug
        })
        submit((error) => told.push(error))
        assert.deepStrictEqual(yield* Effect.promise(() => uncaughtIn(end)), [bug])
        submit((error) => told.push(error))
        assert.deepStrictEqual(told, [new OutcomeUnknown(), new Unavailable({ reason: "Stopped" })])
      })
  )
})
