/** What both faces of the exchange send commands through. */
import { Event } from "@pandora-exchange/core"
import type { VenueClient } from "@pandora-exchange/engine"
import { Context } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Again } from "../Requests.ts"
import { type Operation, throwRefusal } from "./commands.ts"
import type { Directory } from "./Directory.ts"
import { ask, closed } from "./fields.ts"

export class CommandLine extends Context.Service<
  CommandLine,
  { readonly venue: VenueClient.VenueClient["Service"]; readonly directory: Directory }
>()("@pandora-exchange/sdk/CommandLine") {
  /** Tells `succeed` or `fail` exactly once, when the answer is durable or there will be none. */
  static send<Request extends Again, Answer>(
    { directory, venue }: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    request: Request,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void
  ): void {
    try {
      closed(request, operation.fields)
      venue.submitUnsafe(operation.command(request, directory), ask(request), {
        answered: (view, from, to, sequence) => {
          try {
            const events = Event.decodeAll(view, from, to)
            throwRefusal(events, sequence)
            for (const event of events) directory.learn(event)
            succeed(operation.answer(events, sequence, directory))
          } catch (failure) {
            fail(failure as ExchangeFailure)
          }
        },
        failed: fail
      })
    } catch (failure) {
      fail(failure as ExchangeFailure)
    }
  }
}
