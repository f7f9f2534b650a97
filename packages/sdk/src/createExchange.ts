/** The exchange for callers who do not use Effect: promises, async iterables and one error class. */
import type { Sequencer } from "@pandora-exchange/engine"
import { Cause, type Effect, Exit, ManagedRuntime, Stream } from "effect"
import { askedBy, commandLine, type ExchangeOptions, feeds, type JournalEntry, mapValues, query } from "./Exchange.ts"
import { ExchangeError } from "./ExchangeError.ts"
import { CommandLine } from "./internal/CommandLine.ts"
import { type Operation, operations } from "./internal/commands.ts"
import type { Again, Commands, PublicTrade, Queries } from "./Requests.ts"

type Promises<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

/** Every method rejects with `ExchangeError` and nothing else. */
export interface PromiseExchange extends Promises<Commands>, Promises<Queries>, AsyncDisposable {
  /** Every command and its events in the venue's own terms, from `from` (1 is the first; now, unless said otherwise) on, as they become durable. */
  readonly entries: (options?: { readonly from?: number }) => AsyncIterable<JournalEntry>
  /** Trades of one market or all, as they become durable. */
  readonly trades: (options?: { readonly market?: string; readonly from?: number }) => AsyncIterable<PublicTrade>
  readonly status: () => Promise<Sequencer.Status>
  /** An operator's word that the wall clock, which leapt ahead by more than 10 s, is right. */
  readonly acceptClock: () => Promise<void>
  /** Refuses new commands, finishes those that wait, and lets go of the storage. */
  readonly close: () => Promise<void>
}

/**
 * Opens an exchange: a venue in this process, over the storage of your choice.
 *
 * Errors: `ExchangeError`, for instance `FolderLocked` when another process has the folder, or `Damaged` when the journal is not
 * what was written.
 */
export const createExchange = async (options: ExchangeOptions = {}): Promise<PromiseExchange> => {
  const runtime = ManagedRuntime.make(commandLine(options))
  const run = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
    const exit = await runtime.runPromiseExit(effect)
    if (Exit.isSuccess(exit)) return exit.value
    throw ExchangeError.from(Cause.squash(exit.cause))
  }
  const opened = await runtime.runPromiseExit(CommandLine)
  if (Exit.isFailure(opened)) {
    await runtime.dispose()
    throw ExchangeError.from(Cause.squash(opened.cause))
  }
  const line = opened.value
  const { entries, trades } = feeds(line)
  const close = () => runtime.dispose()

  const commands = mapValues(
    operations,
    (operation) => (request: Again) =>
      new Promise((resolve, reject) => {
        CommandLine.send(line, operation as Operation<Again, unknown>, request, resolve, (failure) =>
          reject(ExchangeError.from(failure))
        )
      })
  )
  const questions = askedBy((name, of) => run(query(line, name, of as never)))

  return {
    ...(commands as unknown as Promises<Commands>),
    ...(questions as unknown as Promises<Queries>),
    entries: (options) => iterate(entries(options)),
    trades: (options) => iterate(trades(options)),
    status: () => run(line.venue.status),
    acceptClock: () => run(line.venue.acceptClock),
    close,
    [Symbol.asyncDispose]: close
  }
}

async function* iterate<A, E>(stream: Stream.Stream<A, E>): AsyncGenerator<A> {
  try {
    yield* Stream.toAsyncIterable(stream)
  } catch (failure) {
    throw ExchangeError.from(failure)
  }
}
