import { Effect, Layer } from "effect"
import type { AddressInfo } from "node:net"
import { SMTPServer } from "smtp-server"
import { Notifier } from "../../src/Notifier.ts"
import * as SmtpNotifier from "../../src/SmtpNotifier.ts"

interface Received {
  readonly to: ReadonlyArray<string>
  readonly text: string
}

/** What the server replies to messages for these addresses. */
const refusals: Readonly<Record<string, readonly [code: number, text: string]>> = {
  nobody: [550, "there is no such mailbox"],
  busy: [451, "come again later"],
  late: [451, "come again later"]
}

/**
 * A mail server on this machine that keeps what it receives, and records the recipients it was
 * asked to accept. It does not know `nobody`, never accepts mail for `busy`, and accepts mail for
 * `late` only on the second attempt.
 */
export const mailServer = Effect.gen(function* () {
  const received: Array<Received> = []
  const asked: Array<string> = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }, _session, done) => {
      const again = asked.includes(address)
      asked.push(address)
      const name = address.replace(/[0-9]*@.*/, "")
      const refusal = name === "late" && again ? undefined : refusals[name]
      if (refusal === undefined) done()
      else
        done(Object.assign(new Error(`${refusal[1]}, <${address}>`), { responseCode: refusal[0] }))
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Array<Buffer> = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        received.push({
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString()
        })
        done()
      })
    }
  })
  const port = yield* Effect.acquireRelease(
    Effect.callback<number>((resume) => {
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed((server.server.address() as AddressInfo).port))
      )
    }),
    () => Effect.callback<void>((resume) => server.close(() => resume(Effect.void)))
  )
  const options = {
    host: "127.0.0.1",
    port,
    from: "Pandora <noreply@pandora.example>",
    encryption: "none"
  } as const
  const context = yield* Layer.build(SmtpNotifier.layer(options))
  const { send } = yield* Effect.provide(Notifier, context)
  return { received, asked, send, options }
})
