/** A network between client and server that loses things. */
import { Effect } from "effect"
import { connect, createServer, type Server, type Socket } from "node:net"

export interface Proxy {
  readonly url: string
  /** Whether the server's answers are lost from now on. */
  readonly loseAnswers: (lost: boolean) => void
  /** Clients' requests are held back, and passed on all at once when released. */
  readonly holdRequests: (held: boolean) => void
  /** Requests that are kept back. */
  readonly heldBytes: () => number
  /** Both ends of every connection are closed. */
  readonly cut: () => void
}

export const proxyTo = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(() => start(url)),
    ({ proxy, server }) =>
      Effect.callback<void>((resume) => {
        proxy.cut()
        server.close(() => resume(Effect.void))
      })
  ).pipe(Effect.map(({ proxy }) => proxy))

const start = (target: string) =>
  new Promise<{ readonly proxy: Proxy; readonly server: Server }>((resolve) => {
    const { hostname, port } = new URL(target)
    const sockets = new Set<Socket>()
    let answersLost = false
    let held: Array<() => void> | undefined
    let heldBytes = 0

    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname)
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client]
      ] as const) {
        sockets.add(socket)
        socket.on("error", () => other.destroy())
        socket.on("close", () => {
          sockets.delete(socket)
          other.destroy()
        })
      }
      client.on("data", (bytes) => {
        if (held === undefined) return upstream.write(bytes)
        heldBytes += bytes.length
        held.push(() => upstream.write(bytes))
      })
      upstream.on("data", (bytes) => {
        if (!answersLost) client.write(bytes)
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const through = new URL(target)
      through.port = String((server.address() as { readonly port: number }).port)
      const proxy: Proxy = {
        url: through.href,
        loseAnswers: (lost) => {
          answersLost = lost
        },
        holdRequests: (hold) => {
          const waiting = held ?? []
          held = hold ? [] : undefined
          heldBytes = 0
          for (const send of waiting) send()
        },
        heldBytes: () => heldBytes,
        cut: () => {
          for (const socket of sockets) socket.destroy()
        }
      }
      resolve({ proxy, server })
    })
  })
