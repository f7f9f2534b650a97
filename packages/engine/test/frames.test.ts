import { assert, describe, it } from "@effect/vitest"
import { Batch, Command, IdempotencyKey } from "@pandora-exchange/core"
import { answerer, readAnswers, readCommands, writeCommand } from "../src/frames.ts"
import type { Waiter } from "../src/Inbox.ts"
import { InvariantBroken } from "../src/invariant.ts"
import { Outgoing } from "../src/Outgoing.ts"
import { type SubmitError, Unavailable } from "../src/SubmitError.ts"
import { uncaughtIn } from "./uncaught.ts"

const listAsset = (symbol: string): Command.Command => ({ _tag: "ListAsset", symbol, scale: 8 })

/** The message made of what `write` adds. */
const messageOf = (write: (out: Outgoing) => void): Uint8Array => {
  let message = new Uint8Array()
  const out = new Outgoing((frames) => {
    message = frames.slice()
  })
  write(out)
  out.flush()
  return message
}

const commands = messageOf((out) => {
  writeCommand(out, 1, listAsset("BTC"), undefined)
  writeCommand(out, 2, listAsset("USDT"), {
    _tag: "Key",
    key: IdempotencyKey.make(1_800_000_000_000)
  })
})

const events = new Uint8Array([1, 2, 3, 4, 5])

const answers = messageOf((out) => {
  answerer(out, 7).answered(Batch.viewOf(events), 1, 4, 42)
  answerer(out, 8).failed(new Unavailable({ reason: "Overloaded" }))
})

describe("frames", () => {
  it("carry commands with their ids", () => {
    const read: Array<unknown> = []
    readCommands(commands, (id, command) =>
      read.push([id, Command.decode(Batch.viewOf(command), 0)])
    )
    assert.deepStrictEqual(read, [
      [1, listAsset("BTC")],
      [2, listAsset("USDT")]
    ])
  })

  it("carry answers and refusals to the waiters of their ids", () => {
    const heard: Array<unknown> = []
    const waiterOf = (id: number): Waiter => ({
      answered: (view, from, to, sequence) =>
        heard.push([
          id,
          sequence,
          [...new Uint8Array(view.buffer, view.byteOffset + from, to - from)]
        ]),
      failed: (error: SubmitError) => heard.push([id, error])
    })
    readAnswers(answers, waiterOf)
    assert.deepStrictEqual(heard, [
      [7, 42, [2, 3, 4]],
      [8, new Unavailable({ reason: "Overloaded" })]
    ])
  })

  it("error: a waiter that throws costs those behind it nothing", async () => {
    const bug = new Error("a waiter's own")
    const heard: Array<unknown> = []
    const waiterOf = (id: number): Waiter => ({
      answered: () => {
        throw bug
      },
      failed: (error) => heard.push([id, error])
    })
    assert.deepStrictEqual(await uncaughtIn(() => readAnswers(answers, waiterOf)), [bug])
    assert.deepStrictEqual(heard, [[8, new Unavailable({ reason: "Overloaded" })]])
  })

  it("error: a message that is cut off within a frame is refused with what is not true of it", () => {
    const taken: Array<number> = []
    const read = (length: number) =>
      readCommands(commands.subarray(0, length), (id) => taken.push(id))
    assert.throws(() => read(5), InvariantBroken, "a command's header is within its message")
    assert.throws(
      () => read(commands.length - 1),
      InvariantBroken,
      "a command is within its message"
    )
    assert.deepStrictEqual(taken, [1])
    const waiterOf = () => undefined
    assert.throws(
      () => readAnswers(answers.subarray(0, 10), waiterOf),
      InvariantBroken,
      "an answer's header"
    )
    assert.throws(
      () => readAnswers(answers.subarray(0, 18), waiterOf),
      InvariantBroken,
      "an answer is within"
    )
  })
})
