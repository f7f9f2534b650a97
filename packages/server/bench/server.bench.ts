/**
 * What the server costs. Durable orders on a real Postgres with fsync on, first the journal only
 * and then at a steady rate with all projections. The rest is compared with a bare floor in the
 * same run: orders over HTTP with `node:http` parsing and printing JSON, orders over the WebSocket,
 * and changes of a book to many sockets with `ws` sending them the same.
 *
 * `npm run bench -- server [--json] [--quick] [--seconds N] [--settle-seconds N]`. Servers run in
 * their own processes; this process generates the load over bare connections, so that the load
 * generator is not what is measured.
 */
import { IdempotencyKey } from "@pandora-exchange/client"
import { type ChildProcess, execFile, fork } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { benchOptions } from "../../../scripts/arguments.ts"
import * as Prerequisite from "../../../scripts/Prerequisite.ts"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import * as ServerProcess from "../../adapters-pg/test/support/ServerProcess.ts"
import type { Publish, Published, Ready, Usage } from "./target.ts"

const {
  json,
  quick,
  seconds,
  "settle-seconds": settleSeconds
} = benchOptions({
  seconds: { usual: 5, quick: 0.2 },
  "settle-seconds": { usual: 60, quick: 0.2 }
})
if (!Postgres.available) process.exit(Prerequisite.exitCodeSkipped)

const rounds = quick ? 1 : 5
/** Orders per second with all projections running. */
const settleRate = quick ? 500 : 10_000
const durableWarmUpSeconds = quick ? 0.1 : 2
const warmUpSeconds = quick ? 0.1 : 1.5
/** Sockets that receive changes of a book, and changes per second. */
const audiences: ReadonlyArray<readonly [sockets: number, perSecond: number]> = quick
  ? [[10, 50]]
  : [
      [500, 50],
      [5_000, 4]
    ]
const say = (text: string) => void (json || console.log(text))
const folder = mkdtempSync(join(tmpdir(), "pandora-bench-"))
const now = () => performance.timeOrigin + performance.now()

interface Target extends Ready {
  readonly child: ChildProcess
}

const startTarget = (kind: "echo" | "ws" | "exchange", name: string): Promise<Target> => {
  const child = fork(
    fileURLToPath(new URL("./target.ts", import.meta.url)),
    [kind, join(folder, name)],
    {
      execArgv: ["--conditions=@pandora-exchange/source"]
    }
  )
  return new Promise((resolve, reject) => {
    child.once("message", (ready: Ready) => resolve({ ...ready, child }))
    child.once("exit", (code) => reject(new Error(`${kind} ended with ${code}`)))
  })
}

const stop = ({ child }: Target) => {
  child.removeAllListeners("exit")
  return new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })
}

const median = (values: ReadonlyArray<number>) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const percentile = (values: ReadonlyArray<number>, share: number) =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))]!

/** Orders that meet, so that the book stays small; each account buys as often as it sells. */
const order = (i: number) => ({
  market: "BTC-USDT",
  side: (i >> 1) % 2 === 0 ? "buy" : "sell",
  price: "50000",
  quantity: "0.001"
})

interface Measured {
  readonly perSecond: number
  /** Microseconds of processor time of all threads of the server. */
  readonly cpuUs: number
}

/** What happens in a window that begins once everything is warm. */
const measured = async ({ child }: Target, counter: () => number): Promise<Measured> => {
  const cpuMs = () =>
    new Promise<number>((resolve) => {
      child.once("message", resolve)
      child.send({ usage: true } satisfies Usage)
    })
  await answered(counter)
  await sleep(warmUpSeconds * 1_000)
  const before = await cpuMs()
  const [count, began] = [counter(), performance.now()]
  await sleep(seconds * 1_000)
  await answered(() => counter() - count)
  const done = counter() - count
  const took = performance.now() - began
  return { perSecond: done / (took / 1_000), cpuUs: (((await cpuMs()) - before) * 1_000) / done }
}

/** However slow the machine, something is answered. */
const answered = async (counter: () => number) => {
  while (counter() === 0) await sleep(10)
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const httpConnections = 256

/** Gives the book depth: orders that nobody reaches, on both sides. */
const makeDepth = async ({ port, tokens }: Target): Promise<void> => {
  for (const [side, price] of [
    ["buy", "49990"],
    ["sell", "50010"]
  ]) {
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/orders`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${tokens[2]}` },
      body: JSON.stringify({ market: "BTC-USDT", side, price, quantity: "1" })
    })
    if (status !== 201) throw new Error(`an order was answered with ${status}`)
  }
}

/**
 * Each connection sends its next order when the previous one is answered. Returns the 201 answers
 * per second.
 */
const postOrders = async (target: Target): Promise<Measured> => {
  const { port, tokens } = target
  let done = 0
  let wrong = ""
  let sent = 0
  const sockets = Array.from({ length: httpConnections }, () => {
    const socket = connect(port, "127.0.0.1")
    socket.setNoDelay(true)
    const send = () => {
      const i = sent++
      const body = JSON.stringify(order(i))
      socket.write(
        `POST /v1/orders HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\nauthorization: Bearer ${tokens[i % 2]}\r\n` +
          `idempotency-key: ${IdempotencyKey.make()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      )
    }
    let got = ""
    socket.on("connect", send)
    socket.on("data", (data) => {
      got += data.toString("latin1")
      const head = got.indexOf("\r\n\r\n")
      if (head === -1) return
      const length = Number(/content-length: (\d+)/i.exec(got)![1])
      if (got.length < head + 4 + length) return
      if (got.startsWith("HTTP/1.1 201")) done++
      else wrong = got
      got = ""
      send()
    })
    return socket
  })
  const rate = await measured(target, () => done)
  for (const socket of sockets) socket.destroy()
  if (wrong !== "") throw new Error(wrong)
  // Pending work is finished before the next measurement.
  await sleep(200)
  return rate
}

/** A client's frame. The mask hides nothing here, so it is zero. */
const clientFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const frame = Buffer.alloc((length < 126 ? 6 : 8) + length)
  frame[0] = 0x81
  if (length < 126) frame[1] = 0x80 | length
  else {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  }
  frame.write(text, frame.length - length)
  return frame
}

/** A WebSocket that passes on each text message. */
const openSocket = (
  port: number,
  onText: (text: string) => void,
  token?: string
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1")
    socket.setNoDelay(true)
    socket.on("error", reject)
    const authorization = token === undefined ? "" : `authorization: Bearer ${token}\r\n`
    socket.write(
      `GET /v1/stream HTTP/1.1\r\nhost: bench\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n` +
        `sec-websocket-key: ${randomBytes(16).toString("base64")}\r\n${authorization}\r\n`
    )
    let rest: Buffer = Buffer.alloc(0)
    let open = false
    socket.on("data", (data) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data])
      if (!open) {
        const head = rest.indexOf("\r\n\r\n")
        if (head === -1) return
        if (!rest.toString("latin1", 0, 12).endsWith("101"))
          return reject(new Error(rest.toString()))
        rest = rest.subarray(head + 4)
        open = true
        resolve(socket)
      }
      for (;;) {
        if (rest.length < 2) return
        const short = rest[1]! & 0x7f
        const head = short < 126 ? 2 : short === 126 ? 4 : 10
        if (rest.length < head) return
        const length =
          short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : rest.readUInt32BE(6)
        if (rest.length < head + length) return
        if ((rest[0]! & 0x0f) === 1) onText(rest.toString("latin1", head, head + length))
        rest = rest.subarray(head + length)
      }
    })
  })

/** How a program sends orders over WebSockets. */
interface Sending {
  readonly connections: number
  /** Messages in flight on each connection. */
  readonly window: number
  readonly ordersPerMessage: number
  /** The fields of the message with this number, beside its id. */
  readonly message: (i: number) => object
}

const singly: Sending = {
  connections: 4,
  window: 250,
  ordersPerMessage: 1,
  message: (i) => ({ op: "place", key: IdempotencyKey.make(), order: order(i) })
}

const batchSize = 50
const inBatches: Sending = {
  connections: 1,
  window: 16,
  ordersPerMessage: batchSize,
  message: (i) => ({
    op: "batch",
    items: Array.from({ length: batchSize }, (_, j) => ({
      place: { ...order(i * batchSize + j), selfTradePrevention: "none" },
      key: IdempotencyKey.make()
    }))
  })
}

/** Returns the durable orders per second. */
const streamOrders = async (
  target: Target,
  { connections, message, ordersPerMessage, window }: Sending
): Promise<Measured> => {
  const { port, tokens } = target
  let done = 0
  let sent = 0
  let wrong = ""
  const sockets = await Promise.all(
    Array.from({ length: connections }, async (_, which) => {
      const send = () => {
        const i = sent++
        socket.write(clientFrame(JSON.stringify({ id: String(i), ...message(i) })))
      }
      const socket: Socket = await openSocket(
        port,
        (text) => {
          if (text.startsWith('{"type":"answer"')) done += ordersPerMessage
          else if (text.startsWith('{"type":"problem"')) wrong = text
          else return
          if (text.includes('"problem"')) wrong = text
          send()
        },
        tokens[which % 2]
      )
      for (let i = 0; i < window; i++) send()
      return socket
    })
  )
  const rate = await measured(target, () => done)
  for (const socket of sockets) socket.destroy()
  if (wrong !== "") throw new Error(wrong)
  return rate
}

interface FanOut {
  readonly received: number
  readonly missing: number
  /**
   * From the change (for the exchange: from sending the order, so including execution and
   * durability) to its arrival at a socket.
   */
  readonly p50Ms: number
  readonly p99Ms: number
  /** From its arrival at the first socket to its arrival at the last. */
  readonly spreadMs: number
  readonly cpuUsPerMessage: number
}

const fanOut = async (target: Target, sockets: number, perSecond: number): Promise<FanOut> => {
  /** By the last change a message reports: how many it reports, and when it arrived. */
  const received = new Map<number, { readonly changes: number; readonly times: Array<number> }>()
  const own: Array<Socket> = []
  let subscribed = 0
  const onText = (text: string) => {
    if (text.startsWith('{"type":"depthSnapshot"')) subscribed++
    if (!text.startsWith('{"type":"depth",')) return
    const time = now()
    const last = Number.parseInt(text.slice(text.indexOf('"last":') + 7), 10)
    const known = received.get(last)
    if (known !== undefined) return void known.times.push(time)
    const first = Number.parseInt(text.slice(text.indexOf('"first":') + 8), 10)
    received.set(last, { changes: last - first + 1, times: [time] })
  }
  for (let i = 0; i < sockets; i += 100) {
    const some = await Promise.all(
      Array.from({ length: Math.min(100, sockets - i) }, () => openSocket(target.port, onText))
    )
    own.push(...some)
  }
  if (target.tokens.length > 0) {
    for (const socket of own)
      socket.write(clientFrame('{"op":"subscribe","id":"s","channel":"depth","market":"BTC-USDT"}'))
    while (subscribed < sockets) await sleep(20)
  }
  const publish = (seconds: number) =>
    new Promise<Published>((resolve) => {
      target.child.once("message", resolve)
      target.child.send({ perSecond, seconds } satisfies Publish)
    })
  const told = () =>
    [...received.values()].reduce((sum, { changes, times }) => sum + changes * times.length, 0)
  /** Until every socket knows every change, which an overloaded machine may not achieve. */
  const arrived = async ({ begun }: Published, withinMs: number) => {
    const end = now() + withinMs
    while (told() < begun.length * sockets && now() < end) await sleep(20)
  }
  await arrived(await publish(warmUpSeconds), 10_000)
  received.clear()
  const published = await publish(seconds)
  await arrived(published, 1_000)
  const { begun, cpuMs } = published
  for (const socket of own) socket.destroy()

  // The exchange counts commands and changes of the book separately: each change increments both.
  const starts = begun.toSorted(([a], [b]) => a - b).map(([, time]) => time)
  const messages = [...received].toSorted(([a], [b]) => a - b).map(([, message]) => message)
  const latencies: Array<number> = []
  let at = -1
  for (const { changes, times } of messages) {
    at += changes
    for (const time of times) latencies.push(time - starts[at]!)
  }
  latencies.sort((a, b) => a - b)
  return {
    received: latencies.length,
    missing: starts.length * sockets - told(),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    spreadMs: median(messages.map(({ times }) => Math.max(...times) - Math.min(...times))),
    cpuUsPerMessage: (cpuMs * 1_000) / latencies.length
  }
}

interface Durable {
  readonly ordersPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** From the answer to the ledger entry. */
  readonly settlementP99Ms?: number
  /** The most commands the projections were behind. */
  readonly lagMaxFirstHalf?: number
  readonly lagMaxSecondHalf?: number
}

/** On a Postgres of its own. */
const durable = async (...args: ReadonlyArray<string>): Promise<Durable> => {
  const postgres = await ServerProcess.make()
  try {
    const script = fileURLToPath(new URL("./durable.ts", import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--conditions=@pandora-exchange/source",
      script,
      postgres.urlOf("postgres"),
      String(durableWarmUpSeconds),
      ...args
    ])
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Durable
  } finally {
    await postgres.dispose()
  }
}

const rounded = (value: number, digits = 2) => Number(value.toFixed(digits))
const roundedAll = (result: FanOut) =>
  Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, rounded(value)])
  ) as unknown as FanOut

try {
  const journal = await durable("journal", String(seconds), "0")
  say(
    `Postgres, journal  ${journal.ordersPerSecond} durable orders/s, p50 ${journal.p50Ms} ms, p99 ${journal.p99Ms} ms`
  )
  const settled = await durable("projections", String(settleSeconds), String(settleRate))
  say(
    `with projections  ${settled.ordersPerSecond}/s of ${settleRate} asked for in ${settleSeconds} s, p99 ${settled.p99Ms} ms; answer to ledger entry p99 ` +
      `${settled.settlementP99Ms} ms; at most ${settled.lagMaxFirstHalf} commands behind in the first half, ${settled.lagMaxSecondHalf} in the second`
  )
  const postgres = { journal, settled: { seconds: settleSeconds, asked: settleRate, ...settled } }

  const floors: Array<Measured> = []
  const posts: Array<Measured> = []
  const bare = await startTarget("echo", "echo")
  const exchange = await startTarget("exchange", "orders")
  await makeDepth(exchange)
  for (let i = 0; i < rounds; i++) {
    floors.push(await postOrders(bare))
    posts.push(await postOrders(exchange))
  }
  await stop(bare)
  const of = (all: ReadonlyArray<Measured>) => ({
    perSecond: Math.round(median(all.map(({ perSecond }) => perSecond))),
    cpuUs: rounded(median(all.map(({ cpuUs }) => cpuUs)), 1)
  })
  const http = {
    orders: of(posts),
    bareEcho: of(floors),
    ratio: rounded(median(posts.map(({ perSecond }, i) => perSecond / floors[i]!.perSecond))),
    cpuRatio: rounded(median(posts.map(({ cpuUs }, i) => floors[i]!.cpuUs / cpuUs)))
  }
  say(
    `POST /v1/orders   ${http.orders.perSecond}/s at ${http.orders.cpuUs} us of processor each, bare node:http echo ` +
      `${http.bareEcho.perSecond}/s at ${http.bareEcho.cpuUs} us: ratio ${http.ratio}, of processor time ${http.cpuRatio}`
  )

  const entries: Array<Measured> = []
  for (let i = 0; i < rounds; i++) entries.push(await streamOrders(exchange, singly))
  const stream = { ...of(entries), connections: singly.connections }
  say(
    `WebSocket orders  ${stream.perSecond}/s over ${singly.connections} connections at ${stream.cpuUs} us of processor each`
  )
  const batched: Array<Measured> = []
  for (let i = 0; i < rounds; i++) batched.push(await streamOrders(exchange, inBatches))
  if (!quick) await stop(exchange)
  const batches = { ...of(batched), size: batchSize }
  say(
    `in batches of ${batchSize}     ${batches.perSecond}/s over one connection at ${batches.cpuUs} us of processor each`
  )

  const depth: Array<object> = []
  for (const [sockets, perSecond] of audiences) {
    const bare = await startTarget("ws", "ws")
    const bareWs = await fanOut(bare, sockets, perSecond)
    await stop(bare)
    const target = quick ? exchange : await startTarget("exchange", `depth-${sockets}`)
    const measured = await fanOut(target, sockets, perSecond)
    await stop(target)
    const ratio = {
      spread: rounded(measured.spreadMs / bareWs.spreadMs),
      p99: rounded(measured.p99Ms / bareWs.p99Ms),
      cpu: rounded(measured.cpuUsPerMessage / bareWs.cpuUsPerMessage)
    }
    const [own, floor] = [roundedAll(measured), roundedAll(bareWs)]
    depth.push({ sockets, perSecond, exchange: own, bareWs: floor, ratio })
    say(
      `Depth to ${sockets} sockets, ${perSecond}/s: order to socket p50 ${own.p50Ms} ms, p99 ${own.p99Ms} ms; first to last socket ` +
        `${own.spreadMs} ms, ${own.cpuUsPerMessage} us of processor each, ${own.missing} missing. Bare ws: p99 ${floor.p99Ms} ms, ` +
        `${floor.spreadMs} ms, ${floor.cpuUsPerMessage} us. Ratios: spread ${ratio.spread}, processor ${ratio.cpu}`
    )
  }
  if (json) console.log(JSON.stringify({ postgres, http, stream, batches, depth }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
