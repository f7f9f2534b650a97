import { Batch } from "@pandora-exchange/core"
import { JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer } from "effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as SqliteJournal from "../src/SqliteJournal.ts"

const program = fileURLToPath(new URL("./appendUntilKilled.ts", import.meta.url))

/** The output of the process that kills itself just before its nth statement. */
const runUntilKilled = (file: string, nth: number) => {
  const options = ["--conditions=@pandora-exchange/source", "--disable-warning=ExperimentalWarning"]
  const { signal, stderr, stdout } = spawnSync(
    process.execPath,
    [...options, program, file, `${nth}`],
    {
      encoding: "utf8"
    }
  )
  if (signal !== "SIGKILL") throw new Error(`the process was not killed: ${stderr}`)
  return stdout.split("\n").slice(0, -1)
}

const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "pandora-sqlite-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
)

const store = Layer.effect(
  JournalSuite.JournalStore,
  Effect.gen(function* () {
    const file = join(yield* temporaryFolder, "journal.db")
    const options = { file, busyMs: 50 }
    let database: DatabaseSync | undefined
    /** Uses a connection of its own, like another process. */
    const elsewhere = (sql: string, ...values: Array<number | Uint8Array>) => {
      const other = new DatabaseSync(file)
      other.prepare(sql).run(...values)
      other.close()
    }
    return {
      open: Effect.map(
        Effect.acquireRelease(SqliteJournal.open(options), (opened) =>
          Effect.sync(() => opened.close())
        ),
        (opened) => SqliteJournal.make((database = opened))
      ),
      fill: Effect.sync(() => {
        database!.exec("PRAGMA max_page_count = 1")
        return Effect.sync(() => database!.exec("PRAGMA max_page_count = 1000000"))
      }),
      mute: Effect.sync(() => {
        const other = new DatabaseSync(file)
        other.exec("BEGIN IMMEDIATE")
        return Effect.sync(() => other.close())
      }),
      damage: (sequence) =>
        Effect.sync(() =>
          elsewhere(
            `UPDATE batch SET bytes = CAST(substr(bytes, 1, 100) || x'ee' || substr(bytes, 102) AS BLOB)
             WHERE last_sequence = (SELECT min(last_sequence) FROM batch WHERE last_sequence >= ?)`,
            sequence
          )
        ),
      replace: (batch) =>
        Effect.sync(() =>
          elsewhere(
            "UPDATE batch SET bytes = ? WHERE last_sequence = ?",
            batch.bytes,
            Batch.lastSequence(batch)
          )
        ),
      crash: (nth) => Effect.sync(() => runUntilKilled(file, nth))
    }
  })
)

JournalSuite.suite("sqlite", store)
