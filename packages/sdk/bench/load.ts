/** Sends calls to an exchange as its users do, in the same thread. */
import type { PromiseExchange } from "../src/index.ts"
import type { Call } from "./Workload.ts"

const send = (exchange: PromiseExchange, { cancel, place }: Call): Promise<unknown> =>
  place === undefined ? exchange.cancel(cancel!) : exchange.place(place)

/**
 * At full speed: this many callers, each of which makes its next call as soon as it has an answer.
 * Returns the seconds it took.
 */
export const closedLoop = async (
  exchange: PromiseExchange,
  calls: ReadonlyArray<Call>,
  callers: number
): Promise<number> => {
  let next = 0
  const caller = async () => {
    while (next < calls.length) await send(exchange, calls[next++]!)
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: Math.min(callers, calls.length) }, caller))
  return (performance.now() - begin) / 1_000
}

/**
 * At a fixed rate, regardless of the answers. Returns the milliseconds from the time each call was
 * due to its answer: a call delayed because the exchange had the thread counts from when it should
 * have been sent. `turn` yields the thread between checks for due calls.
 */
export const openLoop = (
  exchange: PromiseExchange,
  calls: Iterable<Call>,
  perSecond: number,
  turn: (next: () => void) => unknown = setImmediate
): Promise<ReadonlyArray<number>> =>
  new Promise((resolve, reject) => {
    const latenciesMs: Array<number> = []
    const waiting = calls[Symbol.iterator]()
    const begin = performance.now()
    let next = waiting.next()
    let sent = 0
    const sendNext = (call: Call): void => {
      const due = begin + (sent++ * 1_000) / perSecond
      next = waiting.next()
      send(exchange, call).then(() => {
        latenciesMs.push(performance.now() - due)
        if (next.done === true && latenciesMs.length === sent) resolve(latenciesMs)
      }, reject)
    }
    const sendDue = (): void => {
      const isDue = () => begin + (sent * 1_000) / perSecond <= performance.now()
      while (next.done !== true && isDue()) sendNext(next.value)
      if (next.done !== true) turn(sendDue)
    }
    sendDue()
  })
