/**
 * The exchange for callers who do not use Effect: promises, async iterables and one error class.
 */
import { system } from "@pandora-exchange/contract"
import { Unavailable } from "@pandora-exchange/contract/failure"
import type {
  OwnPromiseMethods,
  PromiseMethods
} from "@pandora-exchange/contract/generated/sdkMethods"
import type { Sequencer } from "@pandora-exchange/engine"
import { Cause, Effect, Exit, ManagedRuntime, type Redacted, Stream } from "effect"
import { askedBy, feeds, type JournalEntry, mapValues, opened } from "./Exchange.ts"
import { ExchangeError } from "./ExchangeError.ts"
import type { AccountOf, ExchangeOptions, IdentityOptions } from "./ExchangeOptions.ts"
import { Access } from "./internal/accessLayer.ts"
import { CommandLine, query } from "./internal/CommandLine.ts"
import { type Operation, operations } from "./internal/commands.ts"
import { type Performing, performing } from "./internal/performing.ts"
import type { Again, PublicTrade } from "./Requests.ts"
import type { IdentityServices } from "./UserAccess.ts"

/** Every method rejects only with `ExchangeError`. */
export interface PromiseExchange extends PromiseMethods, AsyncDisposable {
  /**
   * Every command and its events in the venue's own terms, as they become durable. `from` is the
   * first command's sequence. Default: the next command. Ends when the exchange is closed.
   */
  readonly entries: (options?: { readonly from?: number }) => AsyncIterable<JournalEntry>
  /**
   * Trades of one market or of all, as they become durable. `from` is the sequence of the first
   * command whose trades are included. Default: the next command. Ends when the exchange is closed.
   */
  readonly trades: (options?: {
    readonly market?: string
    readonly from?: number
  }) => AsyncIterable<PublicTrade>
  /** Whether commands are accepted, and how far the journal is durable. */
  readonly status: () => Promise<Sequencer.Status>
  /**
   * Confirms, as the operator, that the wall clock is right after it jumped ahead by more than 10
   * s.
   */
  readonly acceptClock: () => Promise<void>
  /** Refuses new commands, finishes pending ones, and releases the storage. */
  readonly close: () => Promise<void>
}

/**
 * Everything a user can do with one account. With identity, each call checks that the session is
 * alive and has the permission.
 */
export interface PromiseTrader extends OwnPromiseMethods {
  readonly account: number
}

/** Effects as methods that return promises, streams as methods that return async iterables. */
export type Promised<Service> = {
  readonly [K in keyof Service]: Service[K] extends (
    ...args: infer A
  ) => Effect.Effect<infer R, any>
    ? (...args: A) => Promise<R>
    : Service[K] extends Effect.Effect<infer R, any>
      ? () => Promise<R>
      : Service[K] extends Stream.Stream<infer R, any>
        ? () => AsyncIterable<R>
        : never
}

/** For a host with its own users. */
export interface ForUsers<HostUser> {
  /**
   * Acts as the user. `subAccount` is a name of your choice, 1 to 64 of `A-Z a-z 0-9 . _ : -`.
   * Default: the main account.
   */
  readonly as: (user: HostUser, subAccount?: string) => Promise<PromiseTrader>
}

/** With users of `@pandora-exchange/identity`. */
export interface WithIdentity {
  /**
   * Acts as the user of the access token. `account` is the number of one of their accounts.
   * Default: the main account.
   */
  readonly as: (accessToken: string | Redacted.Redacted, account?: number) => Promise<PromiseTrader>
  readonly identity: { readonly [K in keyof IdentityServices]: Promised<IdentityServices[K]> }
}

/**
 * Opens an exchange: a venue in this process, over the storage of your choice.
 *
 * Errors: `ExchangeError`, for instance `FolderLocked` if another process has the folder, or
 * `Damaged` if the journal is not what was written.
 */
export function createExchange<HostUser>(
  options: ExchangeOptions & { readonly identity: AccountOf<HostUser> }
): Promise<PromiseExchange & ForUsers<HostUser>>
export function createExchange(
  options: ExchangeOptions & { readonly identity: IdentityOptions }
): Promise<PromiseExchange & WithIdentity>
export function createExchange(options?: ExchangeOptions): Promise<PromiseExchange>
export async function createExchange(options: ExchangeOptions = {}): Promise<PromiseExchange> {
  const runtime = ManagedRuntime.make(opened(options))
  let closing: Promise<void> | undefined
  const close = () => (closing ??= runtime.dispose())
  const run = async <A, E>(effect: Effect.Effect<A, E>): Promise<A> => {
    const exit = await (closing === undefined
      ? runtime.runPromiseExit(effect)
      : Exit.fail(new Unavailable("Closed")))
    if (Exit.isSuccess(exit)) return exit.value
    throw rejection(Cause.squash(exit.cause), run)
  }
  async function* iterate<A, E>(stream: Stream.Stream<A, E>): AsyncGenerator<A> {
    try {
      if (closing !== undefined) throw new Unavailable("Closed")
      yield* Stream.toAsyncIterable(stream)
    } catch (failure) {
      throw rejection(failure, iterate)
    }
  }
  const ready = await runtime.runPromiseExit(Effect.all([CommandLine, Access]))
  if (Exit.isFailure(ready)) {
    await runtime.dispose()
    throw rejection(Cause.squash(ready.cause), createExchange)
  }
  const [line, { as, identity }] = ready.value
  const { entries, trades } = feeds(line)

  const command =
    ({ ordered }: Performing) =>
    (request: object) =>
      run(ordered(line, system, request))
  /** Without guards there is nothing to wait for, and so no fiber is needed. */
  const directCommand = (operation: Operation<Again, unknown>) => {
    const method = async (request: Again) => {
      try {
        return await new Promise((resolve, reject) =>
          CommandLine.send(line, operation, request, resolve, reject)
        )
      } catch (failure) {
        throw rejection(failure, method)
      }
    }
    return method
  }
  const commands = {
    ...mapValues(performing, command),
    ...(line.guarding === undefined &&
      mapValues(operations, (operation) => directCommand(operation as Operation<Again, unknown>)))
  }
  const questions = askedBy((name, of) => run(query(line, name, of as never)))
  const promised = (service: object) =>
    mapValues(service as Record<string, unknown>, (member) => {
      if (typeof member === "function")
        return (...args: ReadonlyArray<unknown>) => run(member(...args))
      if (Effect.isEffect(member)) return () => run(member as Effect.Effect<unknown, unknown>)
      return Stream.isStream(member) ? () => iterate(member as Stream.Stream<unknown>) : member
    })
  const access = {
    as: (who: unknown, account?: string | number) => run(Effect.map(as(who, account), promised)),
    ...(identity === undefined ? {} : { identity: mapValues(identity, promised) })
  }

  return {
    ...({ ...commands, ...questions } as unknown as PromiseMethods),
    entries: (options) => iterate(entries(options)),
    trades: (options) => iterate(trades(options)),
    status: () => run(line.venue.status),
    acceptClock: () => run(line.venue.acceptClock),
    close,
    [Symbol.asyncDispose]: close,
    ...(options.identity === undefined ? {} : access)
  }
}

/**
 * The failure as an error whose stack begins where the caller awaits: V8 follows awaiting functions
 * from the one that throws, so this must be called in `method` itself. It costs nothing unless a
 * call fails.
 */
const rejection = (failure: unknown, method: (...args: never) => unknown): ExchangeError => {
  const error = ExchangeError.from(failure)
  Error.captureStackTrace?.(error, method)
  return error
}
