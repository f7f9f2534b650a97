/** The server's end of a stream: an in-memory transport whose messages are written by the test. */
import type { Hello, Message, ProblemDetails } from "@pandora-exchange/contract/wire"
import { onTestFinished } from "vitest"
import { openStream, type StreamOptions, type Transport } from "../src/index.ts"

type Sent = Readonly<Record<string, any>>

export class Peer implements Transport {
  onopen: Transport["onopen"] = null
  onmessage: Transport["onmessage"] = null
  onclose: Transport["onclose"] = null
  onerror: Transport["onerror"] = null
  /** What the client sent, without the ids. */
  readonly sent: Array<Sent> = []
  private readonly ids: Array<string> = []
  private hasEnded = false

  send(text: string): void {
    const { id, ...message } = JSON.parse(text) as Sent
    this.ids.push(id)
    this.sent.push(message)
  }

  close(): void {
    this.end(1000)
  }

  end(code: number): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.onclose?.({ code, reason: "" })
  }

  open(hello: Partial<Hello> = {}): this {
    this.onopen?.()
    const constant = { type: "hello", protocol: "pandora.v1", pingMs: 15_000, time: 0 } as const
    this.say({ ...constant, run: "run 1", journal: "journal 1", ...hello })
    return this
  }

  say(...messages: ReadonlyArray<Message>): void {
    for (const message of messages) this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** Answers the last message with these fields. */
  answer(fields: Sent, result: unknown = {}): void {
    this.say({ type: "answer", id: this.idOf(fields), result })
  }

  refuse(fields: Sent, code: string, retry: ProblemDetails["retry"] = "never"): void {
    this.say({ type: "problem", id: this.idOf(fields), problem: problemOf(code, retry) })
  }

  private idOf(fields: Sent): string {
    const index = this.sent.findLastIndex((message) =>
      Object.entries(fields).every(([name, value]) => message[name] === value)
    )
    if (index < 0) throw new Error(`nothing like ${JSON.stringify(fields)} was sent`)
    return this.ids[index]!
  }
}

export const problemOf = (code: string, retry: ProblemDetails["retry"]): ProblemDetails => ({
  type: `/docs/errors#${code}`,
  title: code,
  status: 400,
  detail: "why",
  code,
  retry,
  requestId: "msg_1"
})

/** A stream, and the peers of its connections, one after another. */
export const opened = (options: Partial<StreamOptions> = {}) => {
  const peers: Array<Peer> = []
  const waiting: Array<() => void> = []
  const stream = openStream({
    url: "http://exchange.test",
    connect: () => {
      const peer = new Peer()
      peers.push(peer)
      for (const look of waiting.splice(0)) look()
      return peer
    },
    ...options
  })
  onTestFinished(stream.close)
  /** The peer of the connection with this number, counted from 1. */
  const connection = async (number: number): Promise<Peer> => {
    while (peers.length < number) await new Promise<void>((resolve) => waiting.push(resolve))
    return peers[number - 1]!
  }
  return { stream, connection, first: peers[0]! }
}
