/**
 * Folders left behind by builds with earlier rules open, contain what they recorded, and continue.
 */
import { assert, describe, it } from "@effect/vitest"
import { FileJournal, FileSnapshotStore } from "@pandora-exchange/adapters-file"
import { PgStorage } from "@pandora-exchange/adapters-pg"
import { Batch, Ids, Journal, SnapshotStore } from "@pandora-exchange/core"
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
import * as EarlierRules from "../../engine/test/earlierRules.ts"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { createExchange } from "../src/index.ts"
import { picture } from "./folders/picture.ts"

const program = fileURLToPath(new URL("./support/openingExchange.ts", import.meta.url))
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

const emptyFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "pandora-folder-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const unpacked = (version: string) => {
  const { accounts, files }: Recorded = JSON.parse(
    gunzipSync(readFileSync(join(recorded, `rules-${version}.json.gz`))).toString()
  )
  const folder = emptyFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), Buffer.from(content, "base64"))
  }
  return { accounts, folder, files }
}

/** As in JSON: without undefined fields. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Puts what a build with earlier rules left behind into a folder. */
const written = (folder: string, { snapshots, store }: EarlierRules.Left) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      Layer.mergeAll(FileJournal.layer({ folder }), FileSnapshotStore.layer({ folder }))
    )
    const journal = Context.get(context, Journal.Journal)
    yield* journal.claim
    for (const { bytes } of store.batches) yield* journal.append(Batch.decode(bytes) as Batch.Batch)
    const [{ chunks, head }] = snapshots.snapshots as [(typeof snapshots.snapshots)[number]]
    const to = Context.get(context, SnapshotStore.SnapshotStore)
    yield* to.save(head, Stream.fromIterable(chunks))
  }).pipe(Effect.scoped)

/** Copies the folder's contents into the database, unchanged. */
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
    // Brings the price down, so that the waiting working order fills and its exits begin.
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

    // Commands before a change of rules cannot be executed, and need not be.
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

  const killed = async (folder: string, where: string, nth: number) => {
    const { signal, stderr } = spawnSync(
      process.execPath,
      ["--conditions=@pandora-exchange/source", program, folder, where, `${nth}`],
      { encoding: "utf8" }
    )
    assert.deepStrictEqual([signal, stderr], ["SIGKILL", ""])
  }

  /** The state after the next start, and again after one without snapshots. */
  const goesOn = async (folder: string) => {
    const exchange = await createExchange({ storage: { folder } })
    await exchange.openAccount({ reference: "later" })
    const { durableSequence } = await exchange.status()
    const changes: Array<number> = []
    for await (const { events, sequence } of exchange.entries({ from: 1 })) {
      for (const event of events)
        if (event._tag === "RulesChanged") changes.push(event.rulesVersion)
      if (sequence === durableSequence) break
    }
    assert.deepStrictEqual(changes, [rulesVersion])
    const hash = await exchange.stateHash()
    await exchange.close()

    rmSync(join(folder, "snapshots"), { recursive: true })
    const again = await createExchange({ storage: { folder } })
    assert.strictEqual(await again.stateHash(), hash)
    await again.close()
  }

  const inAWrite = Object.entries(journalCrashes).filter(([where]) => /a write|a sync/.test(where))

  // The claim writes the last batch once more, and the next write is the change.
  it.each([
    ["before any write", 1],
    ["before an epoch is written", 1],
    ["after an epoch was written", 1],
    ["in a write, of which the first half is there", 1],
    ...inAWrite.map(([where]) => [where, 2] as const)
  ] as const)(
    "one of rules 1 goes on after a kill at its change of rules, %s (%i), which is made once",
    async (where, nth) => {
      const { accounts, folder } = unpacked("1")
      await killed(folder, where, nth)
      const exchange = await createExchange({ storage: { folder } })
      assert.deepStrictEqual(plain(await picture(exchange, accounts)), plain(accounts))
      await exchange.close()
      await goesOn(folder)
    }
  )

  // Of these writes the second and the third are the change.
  it.each([
    ["after a sync, before the answer", 2],
    ["in a write, of which the first half is there", 3],
    ["after a sync, before the answer", 3]
  ] as const)(
    "a large one of earlier rules goes on after a kill in its change of rules, %s (%i)",
    async (where, nth) => {
      const folder = emptyFolder()
      await Effect.runPromise(written(folder, EarlierRules.large()))
      await killed(folder, where, nth)
      await goesOn(folder)
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
