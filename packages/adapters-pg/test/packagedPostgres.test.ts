import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as Prerequisite from "../../../scripts/Prerequisite.ts"
import { packageFolder, packageName, packagedBinaries } from "./support/binaries.ts"
import * as Postgres from "./support/Postgres.ts"
import * as ServerProcess from "./support/ServerProcess.ts"

const bin = packagedBinaries()
const available = Prerequisite.available("packaged-postgres", {
  present: bin !== undefined,
  remedy: `install the optional dependency ${packageName}, which exists for Linux on x64`
})

describe.skipIf(!available)(`the Postgres of the package ${packageName}`, () => {
  it.live(
    "starts out of a copy, without its installation script and without a change in node_modules",
    () =>
      Effect.gen(function* () {
        const server = yield* Effect.acquireRelease(
          Effect.promise(() => ServerProcess.make({ bin: bin! })),
          (server) => Effect.promise(server.dispose)
        )
        const sql = yield* Postgres.connect(server.urlOf("postgres"))
        const [row] =
          yield* sql`SELECT current_setting('server_version_num')::int4 / 10000 AS version, 'x'::text AS text`
        assert.deepStrictEqual(row, { version: 18, text: "x" })

        const installed = packageFolder()!
        const { source, target } = JSON.parse(
          fs.readFileSync(join(installed, "native", "pg-symlinks.json"), "utf8")
        )[0]
        assert.deepStrictEqual(
          [source, target].map((file) => fs.existsSync(join(installed, file))),
          [true, false]
        )
        assert.isTrue(fs.lstatSync(join(bin!, "..", "..", target)).isSymbolicLink())
      }).pipe(Effect.scoped)
  )
})
