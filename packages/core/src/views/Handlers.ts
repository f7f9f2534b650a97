/** Readers of events, with a handler for each kind: a missing handler does not compile. */
import { type Event, type EventOf, type OrderEvent, otherLayouts } from "../Event.ts"

export type Handlers<Rest extends ReadonlyArray<unknown>, E extends Event = Event> = {
  readonly [Tag in E["_tag"]]: (event: EventOf<Tag>, ...rest: Rest) => void
}

/** The handler for events a view does not need. */
export const nothing = (): void => {}

const ofOthers = Object.fromEntries(otherLayouts.map(({ tag }) => [tag, nothing])) as {
  readonly [Tag in Exclude<Event, OrderEvent>["_tag"]]: () => void
}

/** The handlers of a view of orders, which needs no other events. */
export const ofOrders = <Rest extends ReadonlyArray<unknown>>(
  handlers: Handlers<Rest, OrderEvent>
): Handlers<Rest> => ({ ...ofOthers, ...handlers }) as unknown as Handlers<Rest>

/** The handler of an event, typed for events of any kind. */
export const handlerOf = <Rest extends ReadonlyArray<unknown>>(
  handlers: Handlers<Rest>,
  event: Event
) => handlers[event._tag] as (event: Event, ...rest: Rest) => void
