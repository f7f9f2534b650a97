/**
 * A process that opens the exchange in a folder, sends one command and closes it, unless it is
 * killed first.
 */
import { Effect, Layer } from "effect"
import { Files } from "../../../adapters-file/src/internal/Files.ts"
import { crashingAt, journalCrashes } from "../../../adapters-file/test/support/crashes.ts"
import { interceptedFiles } from "../../../adapters-file/test/support/interceptedFiles.ts"
import { Exchange } from "../../src/index.ts"

const [folder, crash, nth] = process.argv.slice(2) as [string, string, string]
const files = interceptedFiles(crashingAt(journalCrashes[crash]!, Number(nth)))

const openAnAccount = Effect.flatMap(Exchange, (exchange) =>
  exchange.openAccount({ reference: "killed" })
)

await Effect.runPromise(
  Effect.provide(
    openAnAccount,
    Layer.provide(Exchange.layer({ storage: { folder } }), Layer.succeed(Files, files))
  )
)
