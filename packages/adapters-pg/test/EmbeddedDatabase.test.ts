import type { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { lastSequence } from "@pandora-exchange/core/Batch"
import * as FolderLock from "@pandora-exchange/core/FolderLock"
import { Sequence } from "@pandora-exchange/core/Ids"
import { Journal } from "@pandora-exchange/core/ports/Journal"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import type { Duplex } from "node:stream"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { Random } from "../../engine/test/reference/randomCommands.ts"
import * as EmbeddedDatabase from "../src/EmbeddedDatabase.ts"
import { DatabaseUnusable, PgDatabase } from "../src/PgDatabase.ts"
import * as PgStorage from "../src/PgStorage.ts"
import { portStream } from "../src/internal/portStream.ts"
import { forThisFile, inMemory, temporaryFolder } from "./support/places.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const seed = Number(process.env["PANDORA_SEED"] ?? 1)

const opened = (options: EmbeddedDatabase.EmbeddedOptions = {}) =>
  Effect.map(Layer.build(Layer.fresh(EmbeddedDatabase.layer(options))), (context) =>
    Context.get(context, PgDatabase)
  )

const sql = await new Promise<PgClient.PgClient>((resolve) =>
  forThisFile(inMemory).then(({ meddle }) =>
    Effect.runPromise(meddle((sql) => Effect.sync(() => resolve(sql))))
  )
)

describe("EmbeddedDatabase", () => {
  it.live("error: a folder that is in use is FolderLocked, until it is given back", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* opened({ folder })
          const error = yield* Effect.flip(Effect.scoped(opened({ folder })))
          assert.instanceOf(error, FolderLock.FolderLocked)
          assert.include(error.message, folder)
        })
      )
      yield* opened({ folder })
    }).pipe(Effect.scoped)
  )

  it.live(
    "error: a folder that cannot be used is FolderUnusable, a database in it DatabaseUnusable and given back",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const file = join(folder, "file")
        fs.writeFileSync(file, "")
        assert.instanceOf(yield* Effect.flip(opened({ folder: file })), FolderLock.FolderUnusable)

        fs.writeFileSync(join(folder, "postgres"), "")
        const error = yield* Effect.flip(Effect.scoped(opened({ folder })))
        assert.instanceOf(error, DatabaseUnusable)
        assert.include(error.message, join(folder, "postgres"))
        fs.rmSync(join(folder, "postgres"))
        yield* opened({ folder })
      }).pipe(Effect.scoped)
  )

  it.live("a transaction that is interrupted leaves nothing, and the session serves others", () =>
    Effect.gen(function* () {
      yield* sql`CREATE TABLE t (n int4)`
      const waiting = yield* Effect.forkChild(
        sql.withTransaction(Effect.andThen(sql`INSERT INTO t VALUES (1)`, Effect.never))
      )
      yield* Effect.sleep("50 millis")
      const reading = yield* Effect.forkChild(sql`SELECT n FROM t`)
      yield* Effect.sleep("20 millis")
      assert.isUndefined(reading.pollUnsafe())
      yield* Fiber.interrupt(waiting)
      assert.deepStrictEqual(yield* Fiber.join(reading), [])
    }).pipe(Effect.scoped)
  )

  it.live("a statement that cannot be cancelled holds others up and harms none", () =>
    Effect.gen(function* () {
      yield* sql`CREATE TABLE u (n int8)`
      const begun = sql.withTransaction(
        Effect.andThen(
          sql`INSERT INTO u VALUES (1)`,
          sql`INSERT INTO u SELECT count(*) FROM generate_series(1, 1000) AS a, generate_series(1, 10000) AS b`
        )
      )
      const fiber = yield* Effect.forkChild(begun)
      yield* Effect.sleep("200 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* sql`SELECT n FROM u`, [])
    }).pipe(Effect.scoped)
  )

  it.live("values of all kinds come as from a server", () =>
    Effect.gen(function* () {
      const [row] = yield* sql`
        SELECT 2::int8 AS int8, 3::int4 AS int4, 1.50::numeric AS numeric, ${new Uint8Array([1, 2])} AS bytea, 'a' AS text,
          '2030-01-01T00:00:00Z'::timestamptz AS time, NULL::int4 AS nothing, true AS boolean`
      assert.deepStrictEqual(
        { ...row, bytea: [...(row!["bytea"] as Uint8Array)] },
        {
          int8: 2n,
          int4: 3,
          numeric: "1.50",
          bytea: [1, 2],
          text: "a",
          time: new Date("2030-01-01T00:00:00Z"),
          nothing: null,
          boolean: true
        }
      )
    }).pipe(Effect.scoped)
  )
})

describe("A connection to the thread of an embedded database", () => {
  const threadThat = (script: string) =>
    Effect.acquireRelease(
      Effect.sync(
        () =>
          new Worker(`const { parentPort } = require("node:worker_threads");${script}`, {
            eval: true
          })
      ),
      (worker) => Effect.promise(() => worker.terminate())
    )

  const closed = (stream: Duplex) =>
    Effect.callback<string | undefined>((resume) => {
      stream.once("error", () => {})
      stream.once("close", () => resume(Effect.succeed(stream.errored?.message)))
    })

  it.live("hands bytes over in both directions, and ends with the port", () =>
    Effect.gen(function* () {
      const worker = yield* threadThat(`
        parentPort.on("message", ({ port }) => {
          port.on("message", (bytes) => bytes[0] === 0 ? port.close() : port.postMessage(bytes.map((byte) => byte + 1)))
        })`)
      const stream = portStream(worker)
      const whole = new Uint8Array([7, 8, 9])
      stream.write(whole.subarray(1))
      const answer = yield* Effect.callback<Uint8Array>((resume) => {
        stream.once("data", (bytes: Uint8Array) => resume(Effect.succeed(bytes)))
      })
      assert.deepStrictEqual(
        [[...answer], [...whole]],
        [
          [9, 10],
          [7, 8, 9]
        ]
      )
      stream.write(new Uint8Array([0]))
      yield* closed(stream)
    }).pipe(Effect.scoped)
  )

  it.live("error: ends with the thread, and cannot begin after it", () =>
    Effect.gen(function* () {
      const worker = yield* threadThat(`parentPort.on("message", () => process.exit(1))`)
      const ended = yield* Effect.forkChild(
        Effect.callback<void>((resume) => {
          worker.once("exit", () => resume(Effect.void))
        }),
        { startImmediately: true }
      )
      assert.isUndefined(yield* closed(portStream(worker)))
      yield* Fiber.join(ended)
      assert.strictEqual(yield* closed(portStream(worker)), "the embedded database has ended")
    }).pipe(Effect.scoped)
  )
})

/** Runs a process that appends, kills it, and returns what it reported as stored. */
const killedProcess = (folder: string, acknowledgements: number) =>
  Effect.promise(
    () =>
      new Promise<ReadonlyArray<string>>((resolve, reject) => {
        const script = fileURLToPath(new URL("./support/embeddedProcess.ts", import.meta.url))
        const options = [
          "--conditions=@pandora-exchange/source",
          "--disable-warning=ExperimentalWarning"
        ]
        const child = spawn(process.execPath, [...options, script, folder], {
          stdio: ["ignore", "pipe", "inherit"]
        })
        let output = ""
        child.stdout.on("data", (text: Buffer) => {
          output += String(text)
          if (output.split("\n").length > acknowledgements) child.kill("SIGKILL")
        })
        child.on("error", reject)
        child.on("close", () => resolve(output.split("\n").slice(0, -1)))
      })
  )

describe("EmbeddedDatabase in a program that comes as text", () => {
  it.live("opens", () =>
    Effect.promise(async () => {
      const program = `
        import { EmbeddedDatabase, PgDatabase } from "@pandora-exchange/adapters-pg"
        import { Effect } from "effect"
        const asked = Effect.flatMap(PgDatabase.PgDatabase, ({ sql }) => sql\`SELECT 1 AS one\`)
        console.log(JSON.stringify(await Effect.runPromise(Effect.provide(asked, EmbeddedDatabase.layer()))))`
      const options = [
        "--conditions=@pandora-exchange/source",
        "--input-type=module",
        "--eval",
        program
      ]
      const child = spawn(process.execPath, options, {
        cwd: fileURLToPath(new URL("..", import.meta.url)),
        stdio: ["ignore", "pipe", "inherit"]
      })
      assert.strictEqual(await text(child.stdout), '[{"one":1}]\n')
    })
  )
})

describe("EmbeddedDatabase in a folder", () => {
  it.live(`a process that is killed leaves all that was acknowledged, seed ${seed}`, () =>
    Effect.gen(function* () {
      const random = new Random(seed)
      const folder = yield* temporaryFolder
      const acknowledged: Array<string> = []
      for (let i = 0; i < (long ? 20 : 2); i++) {
        acknowledged.push(...(yield* killedProcess(folder, random.int(1, 150))))
        const stored = yield* Effect.scoped(
          Effect.flatMap(Layer.build(Layer.fresh(PgStorage.layerEmbedded({ folder }))), (context) =>
            Stream.runCollect(Context.get(context, Journal).read(Sequence(1)))
          )
        )
        const told = new Set(
          stored.map((batch) => `${lastSequence(batch)} ${Buffer.from(batch.hash).toString("hex")}`)
        )
        for (const batch of acknowledged) assert.isTrue(told.has(batch), `${batch} is stored`)
      }
      assert.isNotEmpty(acknowledged)
    }).pipe(Effect.scoped)
  )
})
