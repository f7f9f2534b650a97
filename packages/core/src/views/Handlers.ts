/** Readers of events, one for each kind: a kind that has none does not compile. */
import type { Event, EventOf } from "../Event.ts"

export type Handlers<Rest extends ReadonlyArray<unknown>> = {
  readonly [Tag in Event["_tag"]]: (event: EventOf<Tag>, ...rest: Rest) => void
}

/** The handler of events that a view does not need. */
export const nothing = (): void => {}

/** The handler of an event, typed for events of any kind. */
export const handlerOf = <Rest extends ReadonlyArray<unknown>>(handlers: Handlers<Rest>, event: Event) =>
  handlers[event._tag] as (event: Event, ...rest: Rest) => void
