/** A server with the demo's users, for the first example of the README. */
import { Config, Server } from "@pandora-exchange/server"
import { Effect, Exit, Redacted, Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { prepareFolder } from "../../adapters-pg/test/support/preparedFolder.ts"

const folder = mkdtempSync(join(tmpdir(), "pandora-client-"))
await prepareFolder(folder)
const scope = Effect.runSync(Scope.make())

const started = await Effect.runPromise(
  Effect.gen(function* () {
    const config = yield* Config.load(["--port", "0", "--no-flow", "--data", folder], {})
    if (config === "help") throw new Error("no flag asks for help")
    return yield* Scope.provide(Server.start(config), scope)
  })
)

export const { url } = started
export const token = Redacted.value(started.accounts[0]!.token)

export const stop = async (): Promise<void> => {
  await Effect.runPromise(started.shutDown)
  await Effect.runPromise(Scope.close(scope, Exit.void))
  rmSync(folder, { recursive: true })
}
