/**
 * A connection to the embedded database: bytes that go over a message port instead of a socket. It
 * ends when the thread ends.
 */
import { Duplex } from "node:stream"
import { MessageChannel, type Worker } from "node:worker_threads"

export const portStream = (worker: Worker): Duplex => {
  const { port1: port, port2 } = new MessageChannel()
  const stream = new Duplex({
    read: () => {},
    write: (chunk: Uint8Array, _, done) => {
      // A copy that is handed over: a view would take the whole buffer behind it along.
      const bytes = new Uint8Array(chunk)
      port.postMessage(bytes, [bytes.buffer])
      done()
    },
    final: (done) => {
      port.close()
      done()
    },
    destroy: (error, done) => {
      port.close()
      done(error)
    }
  })
  port.on("message", (bytes: Uint8Array) => stream.push(bytes))
  port.once("close", () => {
    stream.push(null)
    stream.destroy()
  })
  if (hasEnded(worker)) stream.destroy(new Error("the embedded database has ended"))
  else worker.postMessage({ _tag: "Connect", port: port2 }, [port2])
  return stream
}

/** What Node makes of the id of a thread that is no more. */
const hasEnded = ({ threadId }: Worker): boolean => threadId === -1
