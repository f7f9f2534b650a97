/** Appends to a journal in SQLite and kills itself just before its nth write statement. */
import { appendForEver } from "@pandora-exchange/core/testing/Batches"
import { Effect } from "effect"
import { writeSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import * as SqliteJournal from "../src/SqliteJournal.ts"

const [file, nth] = process.argv.slice(2) as [string, string]
let writes = 0

const beforeWrite = () => {
  if (++writes === Number(nth)) process.kill(process.pid, "SIGKILL")
}

/** The database, with a hook before each statement. */
const watched = (database: DatabaseSync) => {
  const { exec, prepare } = database
  database.exec = (sql) => {
    beforeWrite()
    exec.call(database, sql)
  }
  database.prepare = (sql, options) => {
    const statement = prepare.call(database, sql, options)
    if (sql.startsWith("SELECT")) return statement
    const { get, run } = statement
    statement.get = (...values: Array<unknown>) => {
      beforeWrite()
      return get.apply(statement, values as never)
    }
    statement.run = (...values: Array<unknown>) => {
      beforeWrite()
      return run.apply(statement, values as never)
    }
    return statement
  }
  return database
}

/** Kills at once: anything buffered is lost with the process. */
const say = (line: string) => Effect.sync(() => void writeSync(1, `${line}\n`))

const work = Effect.flatMap(SqliteJournal.open({ file }), (database) =>
  appendForEver(SqliteJournal.make(watched(database)), say)
)
await Effect.runPromise(work)
