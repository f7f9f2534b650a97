import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { AddressInfo } from "node:net"
import { SMTPServer } from "smtp-server"
import { Notifier } from "../src/Notifier.ts"
import * as SmtpNotifier from "../src/SmtpNotifier.ts"

interface Received {
  readonly to: ReadonlyArray<string>
  readonly text: string
}

/** A mail server on this machine that keeps what it is given. */
const mailServer = Effect.gen(function* () {
  const received: Array<Received> = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("nobody@") ? new Error("there is no such mailbox") : null),
    onData: (stream, { envelope }, done) => {
      const chunks: Array<Buffer> = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        received.push({ to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
        done()
      })
    }
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed((server.server.address() as AddressInfo).port)))
    }),
    () => Effect.callback<void>((resume) => server.close(() => resume(Effect.void)))
  )
  const options = { host: "127.0.0.1", port, from: "Pandora <noreply@pandora.example>", encryption: "none" } as const
  const context = yield* Layer.build(SmtpNotifier.layer(options))
  return {
    received,
    send: yield* Effect.provide(
      Effect.map(Notifier, ({ send }) => send),
      context
    ),
    options
  }
})

const message = {
  to: "ann@example.com",
  kind: "passwordReset",
  subject: "Ein neues Paßwort",
  text: "Der Link:\n\nhttps://…"
}

describe("SmtpNotifier", () => {
  it.live("a message arrives at its receiver as it was written", () =>
    Effect.gen(function* () {
      const { received, send } = yield* mailServer
      yield* send(message)
      assert.deepStrictEqual(
        received.map(({ to }) => to),
        [["ann@example.com"]]
      )
      const { text } = received[0]!
      assert.include(text, "From: Pandora <noreply@pandora.example>")
      assert.match(text, /Subject: =\?UTF-8\?[QB]\?/)
      const body = text.slice(text.indexOf("\r\n\r\n")).replaceAll("=\r\n", "").replaceAll("\r\n", "\n")
      const decoded = Buffer.from(
        body.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        "latin1"
      ).toString()
      assert.strictEqual(decoded.trim(), message.text)
    }).pipe(Effect.scoped)
  )

  it.live("error: nothing in an address or a subject becomes a header or another receiver", () =>
    Effect.gen(function* () {
      const { received, send } = yield* mailServer
      yield* Effect.exit(send({ ...message, to: "ann@example.com,eve@example.com" }))
      yield* Effect.exit(send({ ...message, to: "ann@example.com>\r\nRCPT TO:<eve@example.com" }))
      yield* send({ ...message, subject: "Hello\r\nBcc: eve@example.com" })
      for (const { to } of received) assert.notInclude(to, "eve@example.com")
      assert.notMatch(received.at(-1)!.text, /^Bcc:/m)
    }).pipe(Effect.scoped)
  )

  it.live("error: what the server does not take, or no server at all, is NotSent", () =>
    Effect.gen(function* () {
      const { options, send } = yield* mailServer
      assert.strictEqual((yield* Effect.flip(send({ ...message, to: "nobody@example.com" })))._tag, "NotSent")
      const encrypted = yield* Layer.build(SmtpNotifier.layer({ ...options, encryption: "startTls" }))
      const refused = Effect.provide(
        Effect.flatMap(Notifier, ({ send }) => send(message)),
        encrypted
      )
      assert.strictEqual((yield* Effect.flip(refused))._tag, "NotSent")
    }).pipe(Effect.scoped)
  )
})
