/**
 * Commands and answers as they stand in a message, many to one.
 *
 * ```
 * command  u32 id, u32 length, command and request key
 * answer   u32 id, u8 outcome, u64 sequence, u32 length, events
 * ```
 */
import { Batch, Command, Layout } from "@pandora-exchange/core"
import type { Waiter } from "./Inbox.ts"
import { invariant } from "./invariant.ts"
import { notify } from "./notify.ts"
import type { Outgoing } from "./Outgoing.ts"
import { OutcomeUnknown, type SubmitError, Unavailable } from "./SubmitError.ts"

const commandHeaderBytes = 8
const answerHeaderBytes = 17

/** The numbered outcomes of a command: answered, or the reason why not. */
const outcomes = [
  "answered",
  "OutcomeUnknown",
  "Overloaded",
  "JournalFull",
  "NotLeader",
  "Stopped",
  "Closed"
] as const

export const writeCommand = (
  out: Outgoing,
  id: number,
  command: Command.Command,
  requestKey: Command.RequestKey | undefined
): void =>
  out.add(commandHeaderBytes + 2 * Layout.recordBytesMax, (view, at) => {
    const from = at + commandHeaderBytes
    const end = Command.encode(view, from, command, requestKey)
    view.setUint32(at, id, true)
    view.setUint32(at + 4, end - from, true)
    return end
  })

export const readCommands = (
  frames: Uint8Array,
  take: (id: number, command: Uint8Array) => void
): void => {
  const view = Batch.viewOf(frames)
  for (let at = 0; at < frames.length; ) {
    invariant(at + commandHeaderBytes <= frames.length, "a command's header is within its message")
    const id = view.getUint32(at, true)
    const from = at + commandHeaderBytes
    at = from + view.getUint32(at + 4, true)
    invariant(at <= frames.length, "a command is within its message")
    take(id, frames.subarray(from, at))
  }
}

/** Writes what the waiter of the command `id` is told. */
export const answerer = (out: Outgoing, id: number): Waiter => ({
  answered: (events, begin, end, sequence) =>
    out.add(answerHeaderBytes + end - begin, (view, at, bytes) => {
      writeAnswerHeader(view, at, id, 0, sequence, end - begin)
      bytes.set(
        new Uint8Array(events.buffer, events.byteOffset + begin, end - begin),
        at + answerHeaderBytes
      )
      return at + answerHeaderBytes + end - begin
    }),
  failed: (error) =>
    out.add(answerHeaderBytes, (view, at) => {
      writeAnswerHeader(view, at, id, outcomeOf(error), 0, 0)
      return at + answerHeaderBytes
    })
})

const writeAnswerHeader = (
  view: DataView,
  at: number,
  id: number,
  outcome: number,
  sequence: number,
  eventBytes: number
): void => {
  view.setUint32(at, id, true)
  view.setUint8(at + 4, outcome)
  Layout.writeU53(view, at + 5, sequence)
  view.setUint32(at + 13, eventBytes, true)
}

/** Passes each answer to its waiter; `waiterOf` returns and forgets it. */
export const readAnswers = (
  frames: Uint8Array,
  waiterOf: (id: number) => Waiter | undefined
): void => {
  const view = Batch.viewOf(frames)
  for (let at = 0; at < frames.length; ) {
    invariant(at + answerHeaderBytes <= frames.length, "an answer's header is within its message")
    const waiter = waiterOf(view.getUint32(at, true))
    const outcome = view.getUint8(at + 4)
    const sequence = Layout.readU53(view, at + 5)
    const from = at + answerHeaderBytes
    at = from + view.getUint32(at + 13, true)
    invariant(at <= frames.length, "an answer is within its message")
    const end = at
    notify(() => {
      if (outcome === 0) waiter?.answered(view, from, end, sequence)
      else waiter?.failed(errorOf(outcome))
    })
  }
}

const outcomeOf = (error: SubmitError): number =>
  outcomes.indexOf(error._tag === "OutcomeUnknown" ? "OutcomeUnknown" : error.reason)

const errorOf = (outcome: number): SubmitError => {
  const name = outcomes[outcome]
  return name === undefined || name === "answered" || name === "OutcomeUnknown"
    ? new OutcomeUnknown()
    : new Unavailable({ reason: name })
}
