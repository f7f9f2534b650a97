/** The venue in its own thread, and the client that reaches it there. */
import { InvalidInput } from "@pandora-exchange/contract/failure"
import { VenueConnection } from "@pandora-exchange/engine"
import { Deferred, Effect, Layer } from "effect"
import { MessageChannel, Worker } from "node:worker_threads"
import type { ExchangeOptions, OpenError } from "../ExchangeOptions.ts"
import { isPlain } from "../Storage.ts"
import { ExchangeVenue } from "./ExchangeVenue.ts"
import type { Questions } from "./queries.ts"
import { threadFlags } from "./threadFlags.ts"
import type { ThreadData, ThreadReport } from "./venueWorker.ts"
import { requireWorker } from "./workerFile.ts"

export const venueThread = (options: ExchangeOptions): Layer.Layer<ExchangeVenue, OpenError> =>
  Layer.effect(ExchangeVenue, start(options))

const start = Effect.fnUntraced(function* ({
  inboxMax,
  limits,
  onRecovery,
  snapshotEvery,
  storage
}: ExchangeOptions) {
  if (typeof storage === "object" && !isPlain(storage)) {
    return yield* new InvalidInput("NotForThreads", "storage")
  }
  yield* requireWorker(new URL("./venueWorker.ts", import.meta.url))
  const { port1, port2 } = new MessageChannel()
  const data: ThreadData = {
    port: port2,
    options: {
      ...(storage === undefined ? {} : { storage }),
      ...(limits === undefined ? {} : { limits }),
      ...(inboxMax === undefined ? {} : { inboxMax }),
      ...(snapshotEvery === undefined ? {} : { snapshotEvery })
    }
  }
  const lost = yield* Deferred.make<void>()
  let ready = false
  const worker = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new Worker(new URL("./venueWorker.ts", import.meta.url), {
          workerData: data,
          ...threadFlags(),
          transferList: [port2]
        })
    ),
    (worker) =>
      Effect.gen(function* () {
        // A connected client has told it to close: it drains and ends by itself. Before that it has
        // nothing to finish.
        if (!ready) yield* Effect.promise(() => worker.terminate())
        yield* Deferred.await(lost)
        port1.close()
      })
  )
  worker.on("exit", () => Deferred.doneUnsafe(lost, Effect.void))
  yield* Effect.callback<void, OpenError>((resume) => {
    worker.on("message", (report: ThreadReport) => {
      if ("recovered" in report) onRecovery?.(report.recovered)
      else if ("ready" in report) {
        ready = true
        resume(Effect.void)
      } else resume(Effect.fail(report.failed as OpenError))
    })
    worker.on("error", (cause) => resume(Effect.die(cause)))
    worker.on("exit", (code) =>
      resume(Effect.die(new Error(`the venue's thread ended with code ${code}`)))
    )
  })
  return yield* VenueConnection.connect<Questions>(port1, (ended) => worker.on("exit", ended))
})
