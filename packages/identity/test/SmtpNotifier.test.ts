import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Notifier } from "../src/Notifier.ts"
import * as SmtpNotifier from "../src/SmtpNotifier.ts"
import { mailServer } from "./support/mailServer.ts"

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
      const body = text
        .slice(text.indexOf("\r\n\r\n"))
        .replaceAll("=\r\n", "")
        .replaceAll("\r\n", "\n")
      const decoded = Buffer.from(
        body.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16))
        ),
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
      const verdict = (to: string) =>
        Effect.map(Effect.flip(send({ ...message, to })), ({ code, permanent }) => ({
          code,
          permanent
        }))
      assert.deepStrictEqual(yield* verdict("nobody@example.com"), { code: "550", permanent: true })
      assert.deepStrictEqual(yield* verdict("busy@example.com"), { code: "451", permanent: false })
      const encrypted = yield* Layer.build(
        SmtpNotifier.layer({ ...options, encryption: "startTls" })
      )
      const refused = Effect.provide(
        Effect.flatMap(Notifier, ({ send }) => send(message)),
        encrypted
      )
      assert.strictEqual((yield* Effect.flip(refused))._tag, "NotSent")
    }).pipe(Effect.scoped)
  )
})
