import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Logger, Queue } from "effect"
import { TestClock } from "effect/testing"
import { Messages } from "../src/Messages.ts"
import { type Message, Notifier, type NotSent } from "../src/Notifier.ts"
import { Settings } from "../src/Settings.ts"
import { settings } from "./support/exchange.ts"
import { mailServer } from "./support/mailServer.ts"

const notice = { kind: "registeredAlready" } as const

/** The messages passed to the sender, what is logged of them, and a signal after each attempt. */
const messagesBy = Effect.fnUntraced(function* (
  send: (message: Message) => Effect.Effect<void, NotSent>
) {
  const lines = yield* Queue.unbounded<unknown>()
  const tried = yield* Queue.unbounded<string>()
  const logger = Logger.make(({ message }) => {
    Queue.offerUnsafe(lines, message)
  })
  const notifier = Layer.succeed(Notifier, {
    send: (message) => Effect.onExit(send(message), () => Queue.offer(tried, message.to))
  })
  const layer = Messages.layer.pipe(
    Layer.provide(Layer.mergeAll(notifier, Settings.layer(settings))),
    Layer.provideMerge(Logger.layer([logger]))
  )
  const { send: offer } = Context.get(yield* Layer.build(layer), Messages)
  return {
    send: (to: string) => offer(to, notice),
    tried: Queue.take(tried),
    line: Queue.take(lines)
  }
})

/** Time passes by itself. */
const passing = Effect.forkScoped(
  Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow))
)

const givenUp = (to: string, code: string) => [
  "A message could not be sent",
  { kind: notice.kind, to, code }
]

describe("Messages", () => {
  it.effect("no message repeats what the caller says of itself", () =>
    Effect.gen(function* () {
      const sent = yield* Queue.unbounded<Message>()
      const notifier = Layer.succeed(Notifier, { send: (message) => Queue.offer(sent, message) })
      const layer = Layer.provide(
        Messages.layer,
        Layer.mergeAll(notifier, Settings.layer(settings))
      )
      const { send } = Context.get(yield* Layer.build(layer), Messages)
      const caller = { address: "192.0.2.1", agent: "Firefox on Windows NT: https://evil.example" }
      const notices = [
        { kind: "passwordChanged", caller },
        { kind: "emailChangeAsked", caller },
        { kind: "emailChanged", caller },
        { kind: "factorsChanged", what: "A passkey was added", caller },
        { kind: "newDevice", caller }
      ] as const
      for (const notice of notices) yield* send("ann@example.com", notice)
      for (const { kind } of notices) {
        const message = yield* Queue.take(sent)
        assert.strictEqual(message.kind, kind)
        assert.include(message.text, "from 192.0.2.1")
        assert.notInclude(message.text, "evil")
      }
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: what the server refuses for good is tried once, and the log has no whole address",
    () =>
      Effect.gen(function* () {
        const server = yield* mailServer
        const { line, send } = yield* messagesBy(server.send)
        yield* passing
        yield* send("nobody@example.com")
        assert.deepStrictEqual(yield* line, givenUp("n…@example.com", "550"))
        assert.deepStrictEqual(server.asked, ["nobody@example.com"])
      }).pipe(Effect.scoped)
  )

  it.effect("error: what the server will not take now is given up after five tries", () =>
    Effect.gen(function* () {
      const server = yield* mailServer
      const { line, send } = yield* messagesBy(server.send)
      yield* passing
      yield* send("busy@example.com")
      assert.deepStrictEqual(yield* line, givenUp("b…@example.com", "451"))
      assert.deepStrictEqual(server.asked, Array<string>(5).fill("busy@example.com"))
    }).pipe(Effect.scoped)
  )

  it.effect("what waits for another try keeps nobody waiting, and arrives", () =>
    Effect.gen(function* () {
      const server = yield* mailServer
      const { send, tried } = yield* messagesBy(server.send)
      const late = Array.from({ length: 20 }, (_, i) => `late${i}@example.com`)
      for (const to of late) yield* send(to)
      yield* send("ann@example.com")
      // No time passes until all of them were tried.
      for (let i = 0; i <= late.length; i++) yield* tried
      assert.deepStrictEqual(
        server.received.map(({ to }) => to),
        [["ann@example.com"]]
      )
      yield* passing
      for (let i = 0; i < late.length; i++) yield* tried
      assert.deepStrictEqual(
        server.received.flatMap(({ to }) => to).sort(),
        ["ann@example.com", ...late].sort()
      )
    }).pipe(Effect.scoped)
  )

  it.effect("error: a sender that breaks stops at the one message", () =>
    Effect.gen(function* () {
      const { line, send, tried } = yield* messagesBy(({ to }) =>
        to.startsWith("ann") ? Effect.die(new Error(`broken by ${to}`)) : Effect.void
      )
      for (let i = 0; i < 4; i++) {
        yield* send("ann@example.com")
        assert.deepStrictEqual(yield* line, givenUp("a…@example.com", "Defect"))
        assert.strictEqual(yield* tried, "ann@example.com")
      }
      yield* send("bob@example.com")
      assert.strictEqual(yield* tried, "bob@example.com")
    }).pipe(Effect.scoped)
  )
})
