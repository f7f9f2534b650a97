/**
 * One server of the bench, in its own process: `echo`, `ws` or `exchange`. Does what its parent
 * tells it to.
 */
import { createServer } from "node:http"
import { BlockList } from "node:net"
import { WebSocket, WebSocketServer } from "ws"

/** From the parent: change the book at this rate, for this long. */
export interface Publish {
  readonly perSecond: number
  readonly seconds: number
}

/** From the parent: report the processor time used so far. */
export interface Usage {
  readonly usage: true
}

/** To the parent: where to connect, as whom. */
export interface Ready {
  readonly port: number
  readonly tokens: ReadonlyArray<string>
}

/**
 * To the parent: when each change began, in milliseconds of the machine's clock, and the processor
 * time used.
 */
export interface Published {
  readonly begun: ReadonlyArray<readonly [sequence: number, time: number]>
  readonly cpuMs: number
}

const [kind, folder] = process.argv.slice(2)
const now = () => performance.timeOrigin + performance.now()

const change = (sequence: number) =>
  JSON.stringify({
    type: "depth",
    market: "BTC-USDT",
    first: sequence,
    last: sequence,
    bids: [["30000.01", "0.001"]],
    asks: []
  })

const echo = async (): Promise<Ready> => {
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const body = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(201, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body)
      })
      response.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { port: (server.address() as { port: number }).port, tokens: ["none", "none"] }
}

/** Publishes with `begin`, which starts the change `i` and returns its sequence. */
const onPublish = (begin: (i: number) => Promise<number> | number) =>
  process.on("message", (message: Publish | Usage) => {
    if ("usage" in message) return
    const { perSecond, seconds } = message
    const begun: Array<readonly [number, number]> = []
    const cpu = process.cpuUsage()
    const began = performance.now()
    let i = 0
    const timer = setInterval(() => {
      const due = ((performance.now() - began) * perSecond) / 1_000
      for (; i < due && i < perSecond * seconds; i++) {
        const time = now()
        const sequence = begin(i)
        if (typeof sequence === "number") begun.push([sequence, time])
        else void sequence.then((sequence) => begun.push([sequence, time]))
      }
      if (i < perSecond * seconds || begun.length < i) return
      clearInterval(timer)
      const { system, user } = process.cpuUsage(cpu)
      process.send!({ begun, cpuMs: (system + user) / 1_000 } satisfies Published)
    }, 1)
  })

const ws = async (): Promise<Ready> => {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    path: "/v1/stream",
    perMessageDeflate: false
  })
  await new Promise<void>((resolve) => server.on("listening", resolve))
  let sequence = 0
  onPublish(() => {
    const text = change(++sequence)
    for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text)
    return sequence
  })
  return { port: (server.address() as { port: number }).port, tokens: [] }
}

/** Imports what it needs only when started, because the other servers are bare. */
const exchange = async (): Promise<Ready> => {
  await import("effect/schema/SchemaJITCompiler/enable")
  const { Effect, Layer, Redacted, Scope } = await import("effect")
  const Logging = await import("../src/Logging.ts")
  const { start } = await import("../src/Server.ts")
  const limits = { messagesPerSecondMax: 1_000_000, connectionsMax: 20_000, idleMsMax: 600_000 }
  const scope = Scope.makeUnsafe()
  const started = await Effect.runPromise(
    Effect.gen(function* () {
      const logging = yield* Layer.build(Logging.layer({ logLevel: "Warn" }))
      const config = {
        environment: "development",
        host: "127.0.0.1",
        port: 0,
        folder: folder!,
        database: undefined,
        name: "Pandora Exchange",
        site: "http://localhost",
        issuer: "http://localhost",
        secretKeys: undefined,
        smtp: undefined,
        trustedProxies: new BlockList(),
        demo: true,
        flow: false,
        origins: [],
        logLevel: "Warn",
        json: true
      } as const
      return yield* Effect.provide(start(config, { limits }), logging)
    }).pipe(Effect.provideService(Scope.Scope, scope))
  )
  const account = 1000
  const clientOrderId = "level"
  // Each is one change of the book: the same level appears and disappears.
  let turn = 0
  onPublish(async () => {
    const order = {
      account,
      market: "BTC-USDT",
      side: "buy",
      price: "30000.01",
      quantity: "0.001",
      clientOrderId
    } as const
    const answered =
      turn++ % 2 === 0
        ? await Effect.runPromise(started.exchange.place(order))
        : await Effect.runPromise(started.exchange.cancel({ account, clientOrderId }))
    return answered.sequence
  })
  return { port: started.port, tokens: started.accounts.map(({ token }) => Redacted.value(token)) }
}

process.on("message", (message: Publish | Usage) => {
  if (!("usage" in message)) return
  const { system, user } = process.cpuUsage()
  process.send!((system + user) / 1_000)
})

const ready = await { echo, ws, exchange }[kind as "echo" | "ws" | "exchange"]()
process.send!(ready)
process.on("disconnect", () => process.exit())
