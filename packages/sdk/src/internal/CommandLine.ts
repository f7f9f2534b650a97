/** What both faces of the exchange send commands through. */
import { Event } from "@pandora-exchange/core"
import type { VenueClient } from "@pandora-exchange/engine"
import { Context, Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Again } from "../Requests.ts"
import { type Operation, throwRefusal } from "./commands.ts"
import type { Directory, Listed } from "./Directory.ts"
import { ask, closed } from "./fields.ts"
import type { Question } from "./queries.ts"

/** Learns what was listed without an answer that said so. */
const refresh = ({ directory, venue }: CommandLine["Service"]): void => {
  const listed = venue.query({ name: "listed", of: undefined } satisfies Question)
  Effect.runFork(
    Effect.matchCause(listed, {
      onSuccess: ({ answer }) => directory.add((answer as { readonly value: Listed }).value),
      onFailure: () => {}
    })
  )
}

export class CommandLine extends Context.Service<
  CommandLine,
  { readonly venue: VenueClient.VenueClient["Service"]; readonly directory: Directory }
>()("@pandora-exchange/sdk/CommandLine") {
  /** Tells `succeed` or `fail` exactly once, when the answer is durable or there will be none. */
  static send<Request extends Again, Answer>(
    line: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    request: Request,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void
  ): void {
    const { directory, venue } = line
    try {
      closed(request, operation.fields)
      venue.submitUnsafe(operation.command(request, directory), ask(request), {
        answered: (view, from, to, sequence) => {
          try {
            const events = Event.decodeAll(view, from, to)
            if (operation.lists && events[0]?._tag === "Rejected") refresh(line)
            throwRefusal(events, sequence)
            for (const event of events) directory.learn(event)
            succeed(operation.answer(events, sequence, directory))
          } catch (failure) {
            fail(failure as ExchangeFailure)
          }
        },
        failed: (failure) => {
          if (failure._tag === "OutcomeUnknown" && operation.lists) refresh(line)
          fail(failure)
        }
      })
    } catch (failure) {
      fail(failure as ExchangeFailure)
    }
  }
}
