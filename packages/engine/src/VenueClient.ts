/**
 * A venue as its callers see it, in this thread or in another one.
 *
 * Between threads, commands and answers travel in the journal's binary form, many to a message; questions about the state and their
 * answers travel as plain values. Whoever serves the venue says what questions there are.
 */
import { Batch, Command, Ids, Journal, Layout } from "@pandora-exchange/core"
import { Cause, Effect, Exit, Fiber } from "effect"
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import type { Waiter } from "./Inbox.ts"
import { type Batches, Sequencer, type Status } from "./Sequencer.ts"
import type { State } from "./State.ts"
import { OutcomeUnknown, type SubmitError, Unavailable } from "./SubmitError.ts"

/**
 * Questions by name: what each is about, and its answer. Both are plain values that can be copied to
 * another thread.
 */
export type Questions<Q> = { readonly [K in keyof Q]: { readonly of: unknown; readonly answer: unknown } }

export interface Question<Q extends Questions<Q>, K extends keyof Q = keyof Q> {
  readonly name: K
  readonly of: Q[K]["of"]
}

/** Answers a question from the state. */
export type Answerer<Q extends Questions<Q>> = <K extends keyof Q>(
  state: State,
  question: Question<Q, K>
) => Q[K]["answer"]

export interface Answered<A> {
  readonly sequence: Ids.Sequence
  readonly answer: A
}

export interface VenueClient<Q extends Questions<Q>> {
  /** As `Sequencer.submitUnsafe`. */
  readonly submitUnsafe: (command: Command.Command, ask: Command.Ask | undefined, waiter: Waiter) => void
  /** Answers when all that was looked at is durable. */
  readonly query: <K extends keyof Q>(name: K, of: Q[K]["of"]) => Effect.Effect<Answered<Q[K]["answer"]>, Unavailable>
  readonly batches: Batches
  readonly status: Effect.Effect<Status>
  readonly acceptClock: Effect.Effect<void>
}

/** The client of the sequencer in this thread. */
export const here = <Q extends Questions<Q>>(answer: Answerer<Q>): Effect.Effect<VenueClient<Q>, never, Sequencer> =>
  Effect.map(Sequencer, (sequencer) => ({
    submitUnsafe: sequencer.submitUnsafe,
    query: (name, of) => look(sequencer, answer, { name, of }),
    batches: sequencer.batches,
    status: sequencer.status,
    acceptClock: sequencer.acceptClock
  }))

const look = <Q extends Questions<Q>, K extends keyof Q>(
  sequencer: Sequencer["Service"],
  answer: Answerer<Q>,
  question: Question<Q, K>
): Effect.Effect<Answered<Q[K]["answer"]>, Unavailable> =>
  Effect.map(
    sequencer.read((state) => answer(state, question)),
    ({ sequence, value }) => ({ sequence, answer: value })
  )

/** What is asked of the venue's thread, and answered under the number it is asked with. */
type Request<Q extends Questions<Q>> =
  | { readonly query: Question<Q> }
  | { readonly batches: number }
  | { readonly status: true }
  | { readonly acceptClock: true }

/** From the caller's thread. `commands`: `u32 id, u32 length, command and ask` one after the other. */
type ToVenue<Q extends Questions<Q>> =
  | { readonly commands: Uint8Array }
  | ({ readonly id: number } & Request<Q>)
  | { readonly id: number; readonly cancel: true }
  | { readonly close: true }

/** From the venue's thread. `answers`: `u32 id, u8 outcome, u64 sequence, u32 length, events` one after the other. */
type ToCaller =
  | { readonly answers: Uint8Array }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }

type Failure =
  | { readonly _tag: "Unavailable"; readonly reason: Unavailable["reason"] }
  | { readonly _tag: "Unknown"; readonly cause: string }
  | { readonly _tag: "Damaged"; readonly place: string; readonly sequence: number; readonly problem: string }
  /** A bug in whoever answers. */
  | { readonly _tag: "Defect"; readonly message: string }

const commandHeaderBytes = 8
const answerHeaderBytes = 17

/** Outcomes of a command by their number: answered, or why not. */
const outcomes = ["answered", "OutcomeUnknown", "Overloaded", "JournalFull", "NotLeader", "Stopped", "Closed"] as const

/** Frames that go out together, when the thread is done with what it is doing. */
class Outgoing {
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  private at = 0
  private scheduled = false
  private readonly post: (frames: Uint8Array) => void

  constructor(post: (frames: Uint8Array) => void) {
    this.post = post
  }

  /** Lets `write` put a frame of at most `bytesMax` bytes, and return where it ends. */
  add(bytesMax: number, write: (view: DataView, at: number, bytes: Uint8Array) => number): void {
    if (this.at + bytesMax > this.bytes.length) this.grow(bytesMax)
    this.at = write(this.view, this.at, this.bytes)
    if (this.scheduled) return
    this.scheduled = true
    queueMicrotask(() => this.flush())
  }

  flush(): void {
    this.scheduled = false
    if (this.at === 0) return
    this.post(this.bytes.slice(0, this.at))
    this.at = 0
  }

  private grow(bytesMax: number): void {
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.at + bytesMax))
    bytes.set(this.bytes.subarray(0, this.at))
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}

/**
 * Serves the sequencer of this thread to the one at the other end of `port`, until the scope closes. `onClose` is told when the client
 * closes; what it sent before has been taken then.
 */
export const serve = Effect.fnUntraced(function* <Q extends Questions<Q>>(
  port: MessagePort,
  answer: Answerer<Q>,
  onClose: () => void
) {
  const sequencer = yield* Sequencer
  const services = yield* Effect.context<never>()
  const run = Effect.runForkWith(services)
  const asked = new Map<number, Fiber.Fiber<void>>()
  const post = (message: ToCaller, transfer: ReadonlyArray<ArrayBuffer> = []) =>
    port.postMessage(message, [...transfer])
  const answers = new Outgoing((frames) => post({ answers: frames }, [frames.buffer as ArrayBuffer]))

  const reply = <A, E extends Unavailable | Journal.Damaged | Journal.Unknown>(
    id: number,
    effect: Effect.Effect<A, E>
  ) => {
    const told = Effect.matchCause(effect, {
      onSuccess: (value) => post({ id, value }),
      onFailure: (cause) => {
        const error = Cause.squash(cause)
        post({ id, failure: isExpected(error) ? failureOf(error) : { _tag: "Defect", message: String(error) } })
      }
    })
    const fiber = run(told)
    if (fiber.pollUnsafe() !== undefined) return
    asked.set(id, fiber)
    fiber.addObserver(() => asked.delete(id))
  }

  const submit = (commands: Uint8Array): void => {
    const view = Batch.viewOf(commands)
    for (let at = 0; at < commands.length; ) {
      const id = view.getUint32(at, true)
      const from = at + commandHeaderBytes
      at = from + view.getUint32(at + 4, true)
      sequencer.submitBytesUnsafe(commands.subarray(from, at), {
        answered: (events, begin, end, sequence) =>
          answers.add(answerHeaderBytes + end - begin, (out, to, bytes) => {
            writeAnswer(out, to, id, 0, sequence, end - begin)
            bytes.set(new Uint8Array(events.buffer, events.byteOffset + begin, end - begin), to + answerHeaderBytes)
            return to + answerHeaderBytes + end - begin
          }),
        failed: (error) =>
          answers.add(answerHeaderBytes, (out, to) => {
            writeAnswer(out, to, id, outcomeOf(error), 0, 0)
            return to + answerHeaderBytes
          })
      })
    }
  }

  const onMessage = (message: ToVenue<Q>): void => {
    if ("commands" in message) return submit(message.commands)
    if ("close" in message) return onClose()
    const { id } = message
    if ("query" in message) return reply(id, look(sequencer, answer, message.query))
    if ("batches" in message) {
      const found = sequencer.batches(Ids.Sequence(message.batches))
      return reply(
        id,
        Effect.map(found, (batches) => batches?.map(({ bytes }) => bytes))
      )
    }
    if ("status" in message) return reply(id, Effect.map(sequencer.status, plainStatus))
    if ("acceptClock" in message) return reply(id, sequencer.acceptClock)
    const fiber = asked.get(id)
    if (fiber !== undefined) run(Fiber.interrupt(fiber))
  }

  port.on("message", onMessage)
  yield* Effect.addFinalizer(() => Effect.sync(() => port.off("message", onMessage)))
})

const writeAnswer = (
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

const outcomeOf = (error: SubmitError): number =>
  outcomes.indexOf(error._tag === "OutcomeUnknown" ? "OutcomeUnknown" : error.reason)

const errorOf = (outcome: number): SubmitError => {
  const name = outcomes[outcome]
  return name === undefined || name === "answered" || name === "OutcomeUnknown"
    ? new OutcomeUnknown()
    : new Unavailable({ reason: name })
}

/** Causes are for reading; an error of any class does not cross threads. */
const plainStatus = (status: Status): Status => ({
  ...status,
  cause: status.cause === undefined ? undefined : String(status.cause)
})

const failureOf = (error: Unavailable | Journal.Damaged | Journal.Unknown): Failure => {
  switch (error._tag) {
    case "Unavailable":
      return { _tag: "Unavailable", reason: error.reason }
    case "Unknown":
      return { _tag: "Unknown", cause: String(error.cause) }
    case "Damaged":
      return { _tag: "Damaged", place: error.place, sequence: error.sequence, problem: error.problem }
  }
}

const isExpected = (error: unknown): error is Unavailable | Journal.Damaged | Journal.Unknown =>
  error instanceof Unavailable || error instanceof Journal.Damaged || error instanceof Journal.Unknown

const exitOf = (failure: Failure): Exit.Exit<never, Unavailable | Journal.Damaged | Journal.Unknown> => {
  switch (failure._tag) {
    case "Unavailable":
      return Exit.fail(new Unavailable(failure))
    case "Unknown":
      return Exit.fail(new Journal.Unknown(failure))
    case "Damaged":
      return Exit.fail(new Journal.Damaged(failure))
    case "Defect":
      return Exit.die(new Error(failure.message))
  }
}

/**
 * The client of a venue that `serve` serves at the other end of `port`. `onEnd` registers who is told when
 * the other thread has ended: what is in flight then answers `OutcomeUnknown`, and all further commands `Stopped`; `Closed` from the
 * moment on that the scope closes.
 */
export const connect = Effect.fnUntraced(function* <Q extends Questions<Q>>(
  port: MessagePort,
  onEnd: (ended: () => void) => void
) {
  const waiters = new Map<number, Waiter>()
  /** An answer from the other thread has the type that its request says. */
  const asked = new Map<number, (outcome: Exit.Exit<any, Unavailable | Journal.Damaged | Journal.Unknown>) => void>()
  let lastId = 0
  let over: Unavailable | undefined
  const nextId = (): number => (lastId = (lastId + 1) >>> 0)
  const post = (message: ToVenue<Q>, transfer: ReadonlyArray<ArrayBuffer> = []) =>
    port.postMessage(message, [...transfer])
  const commands = new Outgoing((frames) => post({ commands: frames }, [frames.buffer as ArrayBuffer]))

  const onAnswers = (answers: Uint8Array): void => {
    const view = Batch.viewOf(answers)
    for (let at = 0; at < answers.length; ) {
      const id = view.getUint32(at, true)
      const outcome = view.getUint8(at + 4)
      const sequence = Layout.readU53(view, at + 5)
      const from = at + answerHeaderBytes
      at = from + view.getUint32(at + 13, true)
      const waiter = waiters.get(id)
      waiters.delete(id)
      if (outcome === 0) waiter?.answered(view, from, at, sequence)
      else waiter?.failed(errorOf(outcome))
    }
  }

  const onMessage = (message: ToCaller): void => {
    if ("answers" in message) return onAnswers(message.answers)
    const tell = asked.get(message.id)
    asked.delete(message.id)
    tell?.("value" in message ? Exit.succeed(message.value) : exitOf(message.failure))
  }
  port.on("message", onMessage)

  onEnd(() => {
    // What the thread had said before it ended counts.
    for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
      onMessage(last.message as ToCaller)
    }
    const stopped = new Unavailable({ reason: "Stopped" })
    over ??= stopped
    for (const waiter of waiters.values()) waiter.failed(new OutcomeUnknown())
    for (const tell of asked.values()) tell(Exit.fail(stopped))
    waiters.clear()
    asked.clear()
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      over ??= new Unavailable({ reason: "Closed" })
      // On the same way as the commands, and behind them.
      commands.flush()
      post({ close: true })
    })
  )

  const request = <A>(message: Request<Q>) =>
    Effect.callback<A, Unavailable | Journal.Damaged | Journal.Unknown>((resume) => {
      if (over !== undefined) return resume(Effect.fail(over))
      const id = nextId()
      asked.set(id, resume)
      post({ ...message, id })
      return Effect.sync(() => {
        if (asked.delete(id)) post({ id, cancel: true })
      })
    })

  const client: VenueClient<Q> = {
    submitUnsafe: (command, ask, waiter) => {
      if (over !== undefined) return waiter.failed(over)
      const id = nextId()
      commands.add(commandHeaderBytes + 2 * Layout.recordBytesMax, (view, at) => {
        const from = at + commandHeaderBytes
        const end = Command.encode(view, from, command, ask)
        view.setUint32(at, id, true)
        view.setUint32(at + 4, end - from, true)
        return end
      })
      waiters.set(id, waiter)
    },
    query: (name, of) =>
      Effect.catchTags(request<Answered<Q[typeof name]["answer"]>>({ query: { name, of } }), neverJournal),
    batches: (from) =>
      Effect.map(
        Effect.catchTag(request<ReadonlyArray<Uint8Array> | undefined>({ batches: from }), "Unavailable", () =>
          Effect.succeed(undefined)
        ),
        (found) => found?.map((bytes) => Batch.decode(bytes) as Batch.Batch)
      ),
    status: Effect.catch(request<Status>({ status: true }), () => Effect.succeed(statusOfLost)),
    acceptClock: Effect.ignore(request<void>({ acceptClock: true }))
  }
  return client
})

const neverJournal = { Damaged: Effect.die, Unknown: Effect.die }

const statusOfLost: Status = {
  condition: "stopped",
  cause: "the venue's thread has ended",
  epoch: 0,
  durableSequence: 0,
  waiting: 0,
  clockLeapMs: 0
}
