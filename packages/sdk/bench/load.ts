/** Sends calls to an exchange as its users do, in the same thread. */
import type { PromiseExchange } from "../src/index.ts"
import type { Call } from "./Workload.ts"

const send = (exchange: PromiseExchange, { cancel, place }: Call): Promise<unknown> =>
  place === undefined ? exchange.cancel(cancel!) : exchange.place(place)

/** As fast as it goes: so many callers, each with its next call as soon as it has an answer. Gives the seconds it took. */
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
 * At a fixed rate, whatever becomes of the answers. Gives the milliseconds from when each call was due to its answer: a call that is
 * sent late because the exchange had the thread counts from when it should have been sent.
 */
export const openLoop = async (
  exchange: PromiseExchange,
  calls: Iterable<Call>,
  perSecond: number
): Promise<Float64Array> => {
  const latenciesMs: Array<number> = []
  const answers: Array<Promise<void>> = []
  const begin = performance.now()
  for (const call of calls) {
    const due = begin + (answers.length * 1_000) / perSecond
    while (performance.now() < due) await turn()
    answers.push(send(exchange, call).then(() => void latenciesMs.push(performance.now() - due)))
  }
  await Promise.all(answers)
  return Float64Array.from(latenciesMs)
}

/** Lets everything else happen that can. */
const turn = () => new Promise((resolve) => setImmediate(resolve))
