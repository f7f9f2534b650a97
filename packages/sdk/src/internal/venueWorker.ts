/** The venue's own thread: opens the storage, serves the port, and ends when told to. */
import { Sequencer, VenueServer } from "@pandora-exchange/engine"
import { Cause, Exit, Layer, ManagedRuntime } from "effect"
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import type { ExchangeOptions } from "../ExchangeOptions.ts"
import { answer } from "./queries.ts"
import { venueOver } from "./venue.ts"

/** What the thread is started with: the options that can be sent to another thread. */
export interface ThreadData {
  readonly port: MessagePort
  readonly options: Pick<ExchangeOptions, "storage" | "limits" | "inboxMax" | "snapshotEvery">
}

/** What the thread reports about itself. `failed`: the error's tag and fields. */
export type ThreadReport =
  | { readonly recovered: number }
  | { readonly ready: true }
  | { readonly failed: { readonly _tag: string } }

const { options, port } = workerData as ThreadData
const report = (message: ThreadReport) => parentPort!.postMessage(message)
const onRecovery = (recovered: number) => report({ recovered })

const end = async () => {
  await runtime.dispose()
  // The last message posted is still delivered; then nothing keeps the thread alive.
  port.close()
}

const served = Layer.effectDiscard(VenueServer.serve(port, answer, () => void end())).pipe(
  Layer.provideMerge(venueOver({ ...options, onRecovery }))
)
const runtime = ManagedRuntime.make(served)

const opened = await runtime.runPromiseExit(Sequencer.Sequencer)
if (Exit.isSuccess(opened)) report({ ready: true })
else {
  const failure = Cause.squash(opened.cause)
  // Tag and fields: classes do not cross threads.
  report({
    failed: {
      _tag: "Failed",
      ...(JSON.parse(JSON.stringify(failure)) as object),
      message: String(failure)
    } as never
  })
  await end()
}
