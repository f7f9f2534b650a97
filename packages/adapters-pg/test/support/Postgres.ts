/**
 * A real Postgres for tests: one server per test run, obtained without touching the system, and any
 * number of databases.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Prerequisite from "../../../../scripts/Prerequisite.ts"
import { binaries, remedy } from "./binaries.ts"

/** Whether tests that need a server can run. */
export const available = Prerequisite.available("postgres", {
  present: binaries() !== undefined,
  remedy
})

/** Why a test that needs a server does not run here. */
export const missing = "there is no Postgres server here; the standard error says what to do"

/** Address of a new, empty database. */
export const emptyDatabase: Effect.Effect<string> = Effect.gen(function* () {
  const { port } = yield* Effect.promise(sharedServer)
  const name = `test_${process.pid}_${++databases}`
  yield* Effect.scoped(
    Effect.flatMap(
      connect(urlOf(port, "postgres")),
      (sql) => sql.unsafe(`CREATE DATABASE ${name}`).unprepared
    )
  ).pipe(Effect.orDie)
  return urlOf(port, name)
})

let databases = 0

/** A session of a test's own, for inspecting and tampering. */
export const connect = (url: string) =>
  PgClient.makeClient({ url: Redacted.make(url) }).pipe(Effect.provide(Reactivity.layer))

const urlOf = (port: number, database: string) => `postgres://test@127.0.0.1:${port}/${database}`

interface Answer {
  readonly port?: number
  readonly problem?: string
}

let server: Promise<{ readonly port: number }> | undefined

const sharedServer = () => {
  server ??= startOrFind()
  return server
}

const answerWithinMs = 120_000

/**
 * The process that runs the test files is a child of this one; they all share something named after
 * it.
 */
const startOrFind = async (): Promise<{ readonly port: number }> => {
  const folder = join(tmpdir(), `pandora-postgres-${process.ppid}`)
  if (makeFolder(folder)) {
    process.stderr.write(`[postgres] starting a server from ${binaries()} for this test run\n`)
    const script = fileURLToPath(new URL("./sharedServer.ts", import.meta.url))
    spawn(process.execPath, [script, folder, String(process.ppid)], {
      detached: true,
      stdio: "ignore"
    }).unref()
  }
  const deadline = Date.now() + answerWithinMs
  const path = join(folder, "answer.json")
  while (!fs.existsSync(path)) {
    if (Date.now() > deadline)
      throw new Error(`no Postgres server has started: ${folder} has no answer`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { port, problem } = JSON.parse(fs.readFileSync(path, "utf8")) as Answer
  if (port === undefined) throw new Error(problem)
  return { port }
}

/** Of all processes that ask, only one creates it. */
const makeFolder = (folder: string): boolean => {
  try {
    fs.mkdirSync(folder)
    return true
  } catch (error) {
    if ((error as { readonly code?: string }).code === "EEXIST") return false
    throw error
  }
}
