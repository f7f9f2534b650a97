import { Notifier } from "@pandora-exchange/identity/Notifier"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { createServer } from "node:net"
import * as Logging from "../src/Logging.ts"
import * as Mail from "../src/Mail.ts"

const message = {
  to: "ann@pandora.example",
  kind: "verification",
  subject: "Your address",
  text: "https://pandora.example/register#k1.abc.def"
}

const logged = async (layer: Layer.Layer<Notifier>, to: string, kind = message.kind) => {
  const lines: Array<string> = []
  const logging = Logging.layer({ logLevel: "Info" }, (line) => lines.push(line))
  const send = Notifier.use(({ send }) => send({ ...message, to, kind }))
  await Effect.runPromise(Effect.provide(send, Layer.mergeAll(layer, logging)))
  return lines.map((line) => (JSON.parse(line) as { readonly message: unknown }).message)
}

it("without a mail server mails are in the log, whole, so that a developer can follow the link", async () => {
  const { subject, text, to } = message
  expect(await logged(Mail.layer({ smtp: undefined }), to)).toEqual([
    ["No mail server is set, so here is the mail", { to, subject, text }]
  ])
})

it("nothing is sent to the demo's users, who live nowhere", async () => {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve((server.address() as { readonly port: number }).port)
    )
  })
  const smtp = Mail.smtpOf(`smtp://127.0.0.1:${port}`, "exchange@pandora.example")
  // In the log they have theirs, but for what every start of the demo would say.
  expect((await logged(Mail.layer({ smtp: undefined }), "alice@demo.test")).length).toBe(1)
  expect(await logged(Mail.layer({ smtp: undefined }), "alice@demo.test", "newDevice")).toEqual([])
  expect(await logged(Mail.layer({ smtp }), "alice@demo.test")).toEqual([])
  expect(connections).toBe(0)
  const sent = await Effect.runPromise(
    Effect.exit(
      Effect.provide(
        Notifier.use(({ send }) => send(message)),
        Mail.layer({ smtp })
      )
    )
  )
  expect(sent._tag).toBe("Failure")
  expect(connections).toBeGreaterThan(0)
  server.close()
})
