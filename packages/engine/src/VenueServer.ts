/** Serves a venue to another thread. */
import { Ids } from "@pandora-exchange/core"
import { Cause, Effect, Fiber } from "effect"
import type { MessagePort } from "node:worker_threads"
import { answerer, readCommands } from "./frames.ts"
import { Outgoing } from "./Outgoing.ts"
import { Sequencer, type Status } from "./Sequencer.ts"
import { type Answerer, look, type Questions } from "./VenueClient.ts"
import {
  failureOf,
  isExpected,
  type Request,
  type RequestError,
  type ToCaller,
  type ToVenue
} from "./venueMessages.ts"

/**
 * Serves the sequencer of this thread to the `VenueConnection` at the other end of `port`, until
 * the scope closes. Calls `onClose` when the client closes; by then everything it sent has been
 * taken.
 */
export const serve = Effect.fnUntraced(function* <Q extends Questions<Q>>(
  port: MessagePort,
  answer: Answerer<Q>,
  onClose: () => void
) {
  const sequencer = yield* Sequencer
  const answers = new Outgoing((frames) =>
    port.postMessage({ answers: frames }, [frames.buffer as ArrayBuffer])
  )
  const requests = new Requests(port, Effect.runForkWith(yield* Effect.context<never>()))

  const onMessage = (message: ToVenue<Q>): void => {
    if ("commands" in message) {
      return readCommands(message.commands, (id, command) =>
        sequencer.submitBytesUnsafe(command, answerer(answers, id))
      )
    }
    if ("close" in message) return onClose()
    if ("cancel" in message) return requests.cancel(message.id)
    requests.run(message.id, answered(sequencer, answer, message))
  }

  port.on("message", onMessage)
  yield* Effect.addFinalizer(() => Effect.sync(() => port.off("message", onMessage)))
})

const answered = <Q extends Questions<Q>>(
  sequencer: Sequencer["Service"],
  answer: Answerer<Q>,
  request: Request<Q>
): Effect.Effect<unknown, RequestError> => {
  if ("query" in request) return look(sequencer, answer, request.query)
  if ("batches" in request) {
    const found = sequencer.batches(Ids.Sequence(request.batches))
    return Effect.map(found, (batches) => batches?.map(({ bytes }) => bytes))
  }
  return "status" in request ? Effect.map(sequencer.status, plainStatus) : sequencer.acceptClock
}

/** Pending requests: each is either answered once or cancelled. */
class Requests {
  private readonly running = new Map<number, Fiber.Fiber<void>>()
  private readonly port: MessagePort
  private readonly fork: ReturnType<typeof Effect.runForkWith<never>>

  constructor(port: MessagePort, fork: ReturnType<typeof Effect.runForkWith<never>>) {
    this.port = port
    this.fork = fork
  }

  run(id: number, request: Effect.Effect<unknown, RequestError>): void {
    const fiber = this.fork(
      Effect.matchCause(request, {
        onSuccess: (value) => this.post({ id, value }),
        onFailure: (cause) => this.post({ id, failure: failureIn(cause) })
      })
    )
    if (fiber.pollUnsafe() !== undefined) return
    this.running.set(id, fiber)
    fiber.addObserver(() => this.running.delete(id))
  }

  cancel(id: number): void {
    const fiber = this.running.get(id)
    if (fiber !== undefined) this.fork(Fiber.interrupt(fiber))
  }

  private post(message: ToCaller): void {
    this.port.postMessage(message)
  }
}

const failureIn = (cause: Cause.Cause<RequestError>) => {
  const error = Cause.squash(cause)
  return isExpected(error) ? failureOf(error) : { _tag: "Defect" as const, message: String(error) }
}

/** Causes are informational; error classes do not cross threads. */
const plainStatus = (status: Status): Status => ({
  ...status,
  cause: status.cause === undefined ? undefined : String(status.cause)
})
