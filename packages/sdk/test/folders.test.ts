/** Folders that builds of earlier rules have left behind open, say what they said, and go on. */
import { assert, describe, it } from "@effect/vitest"
import { FileJournal, FileSnapshotStore } from "@pandora-exchange/adapters-file"
import { PgStorage } from "@pandora-exchange/adapters-pg"
import { Ids, Journal, SnapshotStore } from "@pandora-exchange/core"
import { rulesVersion } from "@pandora-exchange/engine/Venue"
import { Context, Effect, Layer, Stream } from "effect"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { onTestFinished } from "vitest"
import { journalCrashes } from "../../adapters-file/test/support/crashes.ts"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { createExchange } from "../src/index.ts"
import { picture } from "./folders/picture.ts"

const program = fileURLToPath(new URL("./support/crashingExchange.ts", import.meta.url))
const recorded = fileURLToPath(new URL("folders", import.meta.url))

interface Recorded {
  readonly accounts: ReadonlyArray<{
    readonly account: number
    readonly openOrders: ReadonlyArray<unknown>
  }>
  readonly files: Readonly<Record<string, string>>
}

const versions = readdirSync(recorded).flatMap(
  (name) => /^rules-(\d+)\.json\.gz$/.exec(name)?.[1] ?? []
)

const unpacked = (version: string) => {
  const { accounts, files }: Recorded = JSON.parse(
    gunzipSync(readFileSync(join(recorded, `rules-${version}.json.gz`))).toString()
  )
  const folder = mkdtempSync(join(tmpdir(), "pandora-folder-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), Buffer.from(content, "base64"))
  }
  return { accounts, folder, files }
}

/** As JSON has it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Puts what is in the folder into the database, as it is. */
const copied = (folder: string, url: string) =>
  Effect.gen(function* () {
    const from = Context.get(
      yield* Layer.build(FileSnapshotStore.layer({ folder })),
      SnapshotStore.SnapshotStore
    )
    const to = yield* Layer.build(PgStorage.layer({ url }))
    const journal = Context.get(to, Journal.Journal)
    yield* journal.claim
    yield* Stream.runForEach(FileJournal.reader({ folder }).read(Ids.Sequence(1)), journal.append)
    const [newest] = yield* from.list
    const state = Stream.orDie(from.load(newest!.sequence))
    yield* Context.get(to, SnapshotStore.SnapshotStore).save(newest!, state)
  }).pipe(Effect.scoped)

describe("folders of earlier builds", () => {
  it("there is one of every version of the rules", () => {
    assert.deepStrictEqual(
      versions.map(Number).sort((a, b) => a - b),
      Array.from({ length: rulesVersion }, (_, i) => i + 1)
    )
  })

  it.each(versions)("one of rules %s opens, goes on, and opens again", async (version) => {
    const { accounts, folder } = unpacked(version)
    const [ann, bob] = accounts.map(({ account }) => account) as [number, number]
    const first = await createExchange({ storage: { folder } })
    assert.deepStrictEqual(plain(await picture(first, accounts)), plain(accounts))
    // It brings down the price, so that the waiting working order is filled and its exits begin.
    await first.place({
      account: bob,
      market: "BTC-USDT",
      side: "sell",
      price: "59000",
      quantity: "0.5"
    })
    await first.setPrice({ market: "BTC-USDT", priceSource: "index", price: "60002" })
    const ofAnn = await first.openOrders({ account: ann })
    assert.strictEqual(
      ofAnn.filter(({ status, trigger }) => status === "waiting" && trigger !== undefined).length,
      2
    )
    const left = await picture(first, accounts)
    assert.isTrue((await first.conservation()).every(({ conserved }) => conserved))
    await first.close()

    const second = await createExchange({ storage: { folder } })
    assert.deepStrictEqual(await picture(second, accounts), left)
    await second.close()

    // What is before a change of rules cannot be executed, and need not be.
    rmSync(join(folder, "snapshots"), { recursive: true })
    const third = await createExchange({ storage: { folder } })
    assert.deepStrictEqual(await picture(third, accounts), left)
    await third.close()
  })

  it.skipIf(!Postgres.available)(
    "one of rules 1 goes on in Postgres, and needs no snapshot after its change of rules",
    async () => {
      const { accounts, folder } = unpacked("1")
      const url = await Effect.runPromise(Postgres.emptyDatabase)
      await Effect.runPromise(copied(folder, url))
      const first = await createExchange({ storage: { url } })
      assert.deepStrictEqual(plain(await picture(first, accounts)), plain(accounts))
      await first.openAccount({ reference: "later" })
      const hash = await first.stateHash()
      await first.close()

      const forgotten = Effect.flatMap(
        Postgres.connect(url),
        (sql) => sql`DELETE FROM pandora.snapshot`
      )
      await Effect.runPromise(Effect.scoped(forgotten))
      const second = await createExchange({ storage: { url } })
      assert.strictEqual(await second.stateHash(), hash)
      await second.close()
    }
  )

  it("one of rules 1 with an adapter of its own needs snapshots for the change, and no longer", async () => {
    const { folder } = unpacked("1")
    const layers = {
      journal: FileJournal.layer({ folder }),
      snapshots: FileSnapshotStore.layer({ folder })
    }
    const first = await createExchange({ storage: layers })
    await first.openAccount({ reference: "later" })
    const hash = await first.stateHash()
    await first.close()
    const second = await createExchange({ storage: { journal: layers.journal } })
    assert.strictEqual(await second.stateHash(), hash)
    await second.close()
  })

  // Opening claims an epoch, and the first append is that of the change.
  it.each(Object.keys(journalCrashes).filter((where) => !/segment|folder/.test(where)))(
    "one of rules 1 opens after a kill at its change of rules, %s, and the change is made once",
    async (where) => {
      const { accounts, folder } = unpacked("1")
      const { signal, stderr } = spawnSync(
        process.execPath,
        ["--conditions=@pandora-exchange/source", program, folder, where, "1"],
        { encoding: "utf8" }
      )
      assert.deepStrictEqual([signal, stderr], ["SIGKILL", ""])
      const exchange = await createExchange({ storage: { folder } })
      assert.deepStrictEqual(plain(await picture(exchange, accounts)), plain(accounts))
      await exchange.openAccount({ reference: "later" })
      const { durableSequence } = await exchange.status()
      const changes: Array<number> = []
      for await (const { events, sequence } of exchange.entries({ from: 1 })) {
        changes.push(
          ...events.flatMap((event) => (event._tag === "RulesChanged" ? [event.rulesVersion] : []))
        )
        if (sequence === durableSequence) break
      }
      await exchange.close()
      assert.deepStrictEqual(changes, [rulesVersion])
    }
  )

  it.each([false, true])(
    "error: one of earlier rules without its snapshot names the build to start once (thread: %s)",
    async (thread) => {
      const { folder } = unpacked("1")
      rmSync(join(folder, "snapshots"), { recursive: true })
      const failure = await createExchange({ storage: { folder }, thread }).then(
        () => undefined,
        (error: unknown) => error as Error
      )
      assert.include(`${failure?.message}`, "start a build that has version 1 once")
    }
  )
})
