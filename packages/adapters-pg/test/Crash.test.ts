/** The server is killed, as in a power cut, while a leader appends and followers store. */
import { assert, describe, it } from "@effect/vitest"
import { Batch, Ids, Journal } from "@pandora-exchange/core"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as PgStorage from "../src/PgStorage.ts"
import * as Projections from "../src/Projections.ts"
import { Random } from "../../engine/test/reference/randomCommands.ts"
import { until } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import { reseal } from "./support/reseal.ts"
import * as ServerProcess from "./support/ServerProcess.ts"
import * as tables from "./support/tables.ts"
import { venueJournal } from "./support/venueJournal.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const seed = Number(process.env["PANDORA_SEED"] ?? 1)
const kills = long ? 20 : 5

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

describe.skipIf(!Postgres.available)("Postgres, killed", () => {
  it.live(
    `${kills} times under load, seed ${seed}: what was acknowledged is there once, and projections are right`,
    () =>
      Effect.gen(function* () {
        const random = new Random(seed)
        const server = yield* Effect.acquireRelease(
          Effect.promise(() => ServerProcess.make()),
          (server) => Effect.promise(server.dispose)
        )
        const context = yield* Layer.build(
          Layer.provideMerge(
            Projections.layer({ pause: "5 millis" }),
            PgStorage.layer({ url: server.urlOf("postgres"), answerWithin: "5 seconds" })
          )
        )
        const journal = Context.get(context, Journal.Journal)
        const projections = Context.get(context, Projections.Projections)
        const { batches, bookkeeping } = venueJournal(
          seed,
          kills * 5_000,
          (i) => 1 + ((i * 7) % 30)
        )

        /** Hashes of acknowledged batches, by their last sequence. */
        const acknowledged = new Map<number, string>()
        let unknown = 0
        const lead = Effect.gen(function* () {
          const { epoch, head: claimed } = yield* journal.claim
          let head = claimed
          for (const batch of batches) {
            if (Batch.lastSequence(batch) <= head.lastSequence) continue
            const mine = reseal(batch, head, epoch)
            yield* journal.append(mine)
            acknowledged.set(Batch.lastSequence(mine), hex(mine.hash))
            head = {
              lastSequence: Batch.lastSequence(mine),
              hash: mine.hash.slice() as Batch.BatchHash
            }
            // However fast the disk, the load outlasts the kills.
            yield* Effect.sleep("2 millis")
          }
        })
        const leading = Effect.gen(function* () {
          for (;;) {
            const result = yield* Effect.result(lead)
            if (result._tag === "Success") return
            assert.instanceOf(result.failure, Journal.Unknown)
            unknown++
            yield* Effect.sleep("5 millis")
          }
        })

        const following = yield* Effect.forkChild(projections.follow(journal.read))
        const leader = yield* Effect.forkChild(leading)
        let done = 0
        for (; done < kills && leader.pollUnsafe() === undefined; done++) {
          yield* Effect.sleep(random.int(100, 400))
          yield* Effect.promise(server.kill)
          yield* Effect.promise(server.start)
          const atKill = acknowledged.size
          yield* until(
            Effect.sync(() => acknowledged.size > atKill || leader.pollUnsafe() !== undefined)
          )
        }
        assert.strictEqual(
          done,
          kills,
          "the load ended before the last kill: more commands are needed"
        )
        yield* Fiber.join(leader)
        assert.isAtLeast(unknown, kills)

        const stored = yield* Stream.runCollect(journal.read(Ids.Sequence(1)))
        assert.deepStrictEqual(
          stored.map((batch) => [batch.firstSequence, batch.count]),
          batches.map((batch) => [batch.firstSequence, batch.count])
        )
        const hashes = new Map(
          stored.map((batch) => [Batch.lastSequence(batch) as number, hex(batch.hash)])
        )
        for (const [sequence, hash] of acknowledged) assert.strictEqual(hashes.get(sequence), hash)

        const last = Batch.lastSequence(batches.at(-1)!)
        yield* until(
          Effect.map(
            projections.positions,
            ({ ledger, trading }) => ledger === last && trading === last
          )
        )
        yield* Fiber.interrupt(following)
        const { sql } = Context.get(context, PgDatabase)
        assert.deepStrictEqual(
          yield* tables.balances(sql),
          tables.balancesOfBookkeeping(bookkeeping)
        )
        assert.deepStrictEqual(
          yield* tables.balancesOfEntries(sql),
          tables.balancesOfBookkeeping(bookkeeping)
        )
        assert.deepStrictEqual(yield* tables.orders(sql), tables.ordersOfBookkeeping(bookkeeping))
        const followed = yield* tables.tables(sql)
        yield* projections.rebuild(journal.read)
        assert.deepStrictEqual(yield* tables.tables(sql), followed)
      }).pipe(Effect.scoped)
  )
})
