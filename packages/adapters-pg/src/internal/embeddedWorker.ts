/**
 * The thread of the embedded database. Each port it receives is a connection that speaks the
 * protocol of a Postgres server. All connections share the one session, so whatever a connection
 * leaves behind is cleaned up when it ends.
 */
import type { PGlite } from "@electric-sql/pglite"
import { mkdirSync } from "node:fs"
import { type MessagePort, parentPort, workerData } from "node:worker_threads"

export interface WorkerInput {
  /** In memory if absent. */
  readonly dataFolder: string | undefined
}

export type WorkerReport =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Failed"; readonly problem: string }

type Order = { readonly _tag: "Connect"; readonly port: MessagePort } | { readonly _tag: "Close" }

const report = (message: WorkerReport) => parentPort!.postMessage(message)

const open = async (): Promise<PGlite | string> => {
  const { dataFolder } = workerData as WorkerInput
  const pglite = await import("@electric-sql/pglite").catch(String)
  if (typeof pglite === "string") {
    return `the package @electric-sql/pglite cannot be loaded: install it beside this one (${pglite})`
  }
  try {
    if (dataFolder !== undefined) mkdirSync(dataFolder, { recursive: true })
    return await pglite.PGlite.create(dataFolder === undefined ? {} : { dataDir: dataFolder })
  } catch (error) {
    return dataFolder === undefined ? String(error) : `${dataFolder}: ${String(error)}`
  }
}

const terminate = 0x58
const cancelRequest = 80_877_102

/**
 * Splits a client's bytes, which arrive in arbitrary pieces, into complete messages. Only the first
 * message has no type byte.
 */
class FrontendMessages {
  private bytes: Buffer = Buffer.alloc(0)
  private started = false

  /** `undefined` if the connection ends with them. */
  take(chunk: Uint8Array): Buffer | undefined {
    this.bytes =
      this.bytes.length === 0 ? Buffer.from(chunk.buffer) : Buffer.concat([this.bytes, chunk])
    let end = 0
    for (;;) {
      const typeBytes = this.started ? 1 : 0
      if (this.bytes.length < end + typeBytes + 4) break
      const length = typeBytes + this.bytes.readInt32BE(end + typeBytes)
      if (this.bytes.length < end + length) break
      if (this.started && this.bytes[end] === terminate) return undefined
      // Nothing can be cancelled: the session runs one statement after another, and does not check
      // in between.
      if (!this.started && length === 16 && this.bytes.readInt32BE(end + 4) === cancelRequest)
        return undefined
      this.started = true
      end += length
    }
    const messages = this.bytes.subarray(0, end)
    this.bytes = this.bytes.subarray(end)
    return messages
  }
}

const serve = (database: PGlite) => {
  /** The end of the queued work; the next piece of work starts after it. */
  let work: Promise<unknown> = Promise.resolve()

  const connect = (port: MessagePort) => {
    const messages = new FrontendMessages()
    let spoke = false
    const send = (bytes: Uint8Array) => {
      const copy = new Uint8Array(bytes)
      port.postMessage(copy, [copy.buffer])
    }
    port.on("message", (chunk: Uint8Array) => {
      const whole = messages.take(chunk)
      if (whole === undefined) return port.close()
      if (whole.length === 0) return
      spoke = true
      work = work.then(() =>
        database
          .runExclusive(() => database.execProtocolRawStream(whole, { onRawData: send }))
          .catch(() => port.close())
      )
    })
    port.once("close", () => {
      if (spoke)
        work = work.then(() => database.exec("ROLLBACK; DISCARD ALL").then(undefined, () => {}))
    })
  }

  parentPort!.on("message", (order: Order) => {
    if (order._tag === "Connect") return connect(order.port)
    work = work.then(() => database.close()).finally(() => process.exit(0))
  })
}

const database = await open()
if (typeof database === "string") report({ _tag: "Failed", problem: database })
else {
  serve(database)
  report({ _tag: "Ready" })
}
