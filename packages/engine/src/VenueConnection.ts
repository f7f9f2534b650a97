/** The client of a venue in another thread. */
import { type Batch, type Ids, Journal } from "@pandora-exchange/core"
import { Effect, Exit } from "effect"
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import { readAnswers, writeCommand } from "./frames.ts"
import type { Waiter } from "./Inbox.ts"
import { notify } from "./notify.ts"
import { Outgoing } from "./Outgoing.ts"
import { RecentBatches } from "./RecentBatches.ts"
import type { Status } from "./Sequencer.ts"
import { SharedAnswers } from "./SharedAnswers.ts"
import { OutcomeUnknown, Unavailable } from "./SubmitError.ts"
import type { Answered, Questions, VenueClient } from "./VenueClient.ts"
import {
  exitOf,
  type Request,
  type RequestError,
  type ToCaller,
  type ToVenue
} from "./venueMessages.ts"

/**
 * Connects to the venue that `VenueServer.serve` serves at the other end of `port`. `onEnd`
 * registers a callback for the end of the other thread: pending commands then fail with
 * `OutcomeUnknown` and all further ones with `Stopped`, or with `Closed` once the scope is closing.
 */
export const connect = Effect.fnUntraced(function* <Q extends Questions<Q>>(
  port: MessagePort,
  onEnd: (ended: () => void) => void
) {
  const connection = new Connection<Q>(port)
  onEnd(() => connection.end())
  yield* Effect.addFinalizer(() => Effect.sync(() => connection.close()))
  return clientOf(connection)
})

const clientOf = <Q extends Questions<Q>>(connection: Connection<Q>): VenueClient<Q> => {
  const received = new RecentBatches()
  const shared = new SharedAnswers<
    ReadonlyArray<Batch.Batch> | undefined,
    Journal.Damaged | Journal.Unknown
  >()
  return {
    submitUnsafe: (command, requestKey, waiter) =>
      connection.submit(waiter, (commands, id) => writeCommand(commands, id, command, requestKey)),
    query: (name, of) =>
      Effect.catchTags(
        connection.request<Answered<Q[typeof name]["answer"]>>({ query: { name, of } }),
        neverJournal
      ),
    batches: (from) => shared.ask(from, batches(connection, received, from)),
    status: Effect.catch(connection.request<Status>({ status: true }), () =>
      Effect.succeed(statusOfLost)
    ),
    acceptClock: Effect.ignore(connection.request<void>({ acceptClock: true }))
  }
}

/**
 * Followers at the same position share a request. Others get the same object for a batch, although
 * its bytes are sent again.
 */
const batches = Effect.fnUntraced(
  function* <Q extends Questions<Q>>(
    connection: Connection<Q>,
    received: RecentBatches,
    from: Ids.Sequence
  ) {
    const found = yield* connection.request<ReadonlyArray<Uint8Array> | undefined>({
      batches: from
    })
    if (found === undefined) return undefined
    const batches: Array<Batch.Batch> = []
    for (const bytes of found) {
      const batch = received.of(bytes)
      if (typeof batch === "string") {
        const place = "a message from the venue's thread"
        return yield* new Journal.Damaged({ place, sequence: from, problem: batch })
      }
      batches.push(batch)
    }
    return batches
  },
  Effect.catchTag("Unavailable", () => Effect.succeed(undefined))
)

const neverJournal = { Damaged: Effect.die, Unknown: Effect.die }

const statusOfLost: Status = {
  condition: "stopped",
  cause: "the venue's thread has ended",
  epoch: 0,
  durableSequence: 0,
  waiting: 0,
  clockLeapMs: 0
}

class Connection<Q extends Questions<Q>> {
  private readonly waiters = new Map<number, Waiter>()
  /** The type of an answer from the other thread follows from its request. */
  private readonly asked = new Map<number, (outcome: Exit.Exit<any, RequestError>) => void>()
  private lastId = 0
  private over: Unavailable | undefined
  private readonly port: MessagePort
  private readonly commands: Outgoing

  constructor(port: MessagePort) {
    this.port = port
    this.commands = new Outgoing((frames) =>
      port.postMessage({ commands: frames }, [frames.buffer as ArrayBuffer])
    )
    port.on("message", (message: ToCaller) => this.onMessage(message))
  }

  submit(waiter: Waiter, write: (commands: Outgoing, id: number) => void): void {
    if (this.over !== undefined) return waiter.failed(this.over)
    const id = this.nextId()
    write(this.commands, id)
    this.waiters.set(id, waiter)
  }

  request<A>(message: Request<Q>): Effect.Effect<A, RequestError> {
    return Effect.callback((resume) => {
      if (this.over !== undefined) return resume(Effect.fail(this.over))
      const id = this.nextId()
      this.asked.set(id, resume)
      this.post({ ...message, id })
      return Effect.sync(() => {
        if (this.asked.delete(id)) this.post({ id, cancel: true })
      })
    })
  }

  private nextId(): number {
    return (this.lastId = (this.lastId + 1) >>> 0)
  }

  private post(message: ToVenue<Q>): void {
    this.port.postMessage(message)
  }

  private onMessage(message: ToCaller): void {
    if ("answers" in message) return readAnswers(message.answers, (id) => this.takeWaiter(id))
    const resume = this.asked.get(message.id)
    this.asked.delete(message.id)
    resume?.("value" in message ? Exit.succeed(message.value) : exitOf(message.failure))
  }

  private takeWaiter(id: number): Waiter | undefined {
    const waiter = this.waiters.get(id)
    this.waiters.delete(id)
    return waiter
  }

  /** The other thread has ended. Everything it sent before is still valid. */
  end(): void {
    for (
      let last = receiveMessageOnPort(this.port);
      last !== undefined;
      last = receiveMessageOnPort(this.port)
    ) {
      this.onMessage(last.message as ToCaller)
    }
    const stopped = new Unavailable({ reason: "Stopped" })
    this.over ??= stopped
    for (const waiter of this.waiters.values()) notify(() => waiter.failed(new OutcomeUnknown()))
    for (const resume of this.asked.values()) resume(Exit.fail(stopped))
    this.waiters.clear()
    this.asked.clear()
  }

  close(): void {
    this.over ??= new Unavailable({ reason: "Closed" })
    // Sent the same way as the commands, and after them.
    this.commands.flush()
    this.post({ close: true })
  }
}
