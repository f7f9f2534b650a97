import { assert, describe, it } from "@effect/vitest"
import { Batch, Ids } from "@pandora-exchange/core"
import { Exchange } from "@pandora-exchange/sdk"
import { Effect, Fiber, Stream } from "effect"

describe.each([false, true])(
  "followers of an exchange, its venue in a thread of its own: %s",
  (thread) => {
    it.live("get the same batches, so that their events are decoded once", () =>
      Effect.gen(function* () {
        const exchange = yield* Exchange
        const follower = Stream.runCollect(
          Stream.takeUntil(
            exchange.batches(Ids.Sequence(1)),
            (batch) => Batch.lastSequence(batch) >= 13
          )
        )
        const followers = [follower, follower, follower]
        const following = yield* Effect.forkChild(
          Effect.all(followers, { concurrency: "unbounded" }),
          {
            startImmediately: true
          }
        )
        const { account } = yield* exchange.openAccount({})
        for (let i = 0; i < 10; i++) yield* exchange.credit({ account, asset: "USDT", amount: "1" })
        yield* exchange.listAsset({ symbol: "BTC" })
        const [first, ...others] = yield* Fiber.join(following)
        for (const other of others) {
          assert.strictEqual(other.length, first!.length)
          // From when all three follow; anything earlier comes from the journal.
          for (const [i, batch] of other.entries()) if (i > 0) assert.strictEqual(batch, first![i])
        }
        const tags = first!.flatMap((batch) =>
          Batch.sequencedEvents(batch).flatMap(({ events }) => events.map(({ _tag }) => _tag))
        )
        const credits = Array.from({ length: 10 }, () => "Credited")
        assert.deepStrictEqual(tags, ["AssetListed", "AccountOpened", ...credits, "AssetListed"])
      }).pipe(
        Effect.provide(Exchange.layer({ storage: "memory", thread, assets: [{ symbol: "USDT" }] }))
      )
    )
  }
)
