/**
 * The exchange as an Effect service. `createExchange` offers the same to callers who do not use
 * Effect.
 */
import { type ExchangeOperations, system } from "@pandora-exchange/contract"
import { InvalidInput } from "@pandora-exchange/contract/failure"
import type { EffectMethods } from "@pandora-exchange/contract/generated/sdkMethods"
import { Asset, Batch, Ids, type Journal, Market } from "@pandora-exchange/core"
import { quantityText } from "@pandora-exchange/core/views/Directory"
import { Sequencer, VenueClient } from "@pandora-exchange/engine"
import { Context, Effect, Layer, Semaphore, Stream } from "effect"
import type { ExchangeFailure } from "./ExchangeError.ts"
import type { ExchangeOptions, OpenError } from "./ExchangeOptions.ts"
import { Access, checkIdentity, layer as accessLayer } from "./internal/accessLayer.ts"
import { attempt, command, CommandLine, query, unanswered } from "./internal/CommandLine.ts"
import { marketTerms, operations } from "./internal/commands.ts"
import { Directory } from "./internal/Directory.ts"
import { ExchangeVenue } from "./internal/ExchangeVenue.ts"
import { answer, queryNames, valueOf } from "./internal/queries.ts"
import { closed } from "./internal/fields.ts"
import { checkGuards, guardingOf } from "./internal/guards.ts"
import { performing } from "./internal/performing.ts"
import { portOver } from "./internal/port.ts"
import { venueOver } from "./internal/venue.ts"
import { venueThread } from "./internal/venueThread.ts"
import type { ListAsset, ListMarket, PublicTrade, Queries } from "./Requests.ts"
import * as Storage from "./Storage.ts"
import type { UserAccess } from "./UserAccess.ts"

/** One command in the journal with its events. */
export interface JournalEntry extends Batch.Entry {
  readonly time: number
}

export interface Feeds {
  /**
   * Every command and its events in the venue's own terms, starting with the command `from` (the
   * first is 1), then each new one once it is durable.
   */
  readonly entries: (options?: {
    readonly from?: number
  }) => Stream.Stream<JournalEntry, Journal.Damaged | Journal.Unknown>
  /**
   * The journal as stored, starting with the batch that contains `from`, then each new batch once
   * it is durable. For projections.
   */
  readonly batches: (
    from: Ids.Sequence
  ) => Stream.Stream<Batch.Batch, Journal.Damaged | Journal.Unknown>
  /**
   * Trades of one market or all, each once it is durable; from now on, or starting with the command
   * `from`.
   */
  readonly trades: (options?: {
    readonly market?: string
    readonly from?: number
  }) => Stream.Stream<PublicTrade, Journal.Damaged | Journal.Unknown>
}

export interface Operating {
  /** Whether commands are accepted, and how far the journal is durable. */
  readonly status: Effect.Effect<Sequencer.Status>
  /**
   * Confirms, as the operator, that the wall clock is right after it jumped ahead by more than 10
   * s.
   */
  readonly acceptClock: Effect.Effect<void>
}

export interface ExchangeService extends EffectMethods, Feeds, Operating, UserAccess {
  /**
   * The same for faces such as a server: called with a principal, and with lists that say which
   * command they reflect. Check requests first (`checkOf`, `httpReaderOf` and `messageReaderOf` of
   * `@pandora-exchange/contract`): they are not checked again.
   */
  readonly operations: ExchangeOperations<ExchangeFailure>
}

export class Exchange extends Context.Service<Exchange, ExchangeService>()(
  "@pandora-exchange/sdk/Exchange"
) {
  static readonly layer = (options: ExchangeOptions = {}): Layer.Layer<Exchange, OpenError> =>
    Layer.provide(Layer.effect(Exchange, make), opened(options))
}

const optionNames: ReadonlySet<string> = new Set([
  "storage",
  "assets",
  "markets",
  "snapshotEvery",
  "inboxMax",
  "limits",
  "thread",
  "guards",
  "guardTimeoutMs",
  "onRecovery",
  "identity"
] satisfies ReadonlyArray<keyof ExchangeOptions>)

/** A misspelt option would open a different exchange than intended. */
const checked = (options: ExchangeOptions): Effect.Effect<ExchangeOptions, ExchangeFailure> =>
  attempt(() => {
    closed(options, optionNames)
    Storage.check(options.storage)
    checkIdentity(options)
    checkGuards(options)
    return options
  })

/**
 * What both APIs are built on: a venue over the storage, in this thread or its own, with its
 * assets, markets and users.
 */
export const opened = (options: ExchangeOptions): Layer.Layer<CommandLine | Access, OpenError> =>
  Layer.unwrap(
    Effect.map(checked(options), (options) =>
      Layer.provideMerge(
        accessLayer(options),
        Layer.provide(
          Layer.effect(CommandLine, open(options)),
          options.thread === true ? venueThread(options) : venueHere(options)
        )
      )
    )
  )

const venueHere = (options: ExchangeOptions): Layer.Layer<ExchangeVenue, OpenError> =>
  Layer.provide(Layer.effect(ExchangeVenue, VenueClient.here(answer)), venueOver(options))

const open = Effect.fnUntraced(function* (options: ExchangeOptions) {
  const venue = yield* ExchangeVenue
  const { answer: listed } = yield* Effect.mapError(venue.query("listed", undefined), unanswered)
  const directory = new Directory(yield* valueOf(listed))
  const line = CommandLine.of({
    venue,
    directory,
    guarding: guardingOf(options),
    oneJournalRead: (yield* Semaphore.make(1)).withPermit
  })
  for (const asset of options.assets ?? []) yield* ensureAsset(line, asset)
  for (const market of options.markets ?? []) yield* ensureMarket(line, market)
  return line
})

const ensureAsset = Effect.fnUntraced(function* (line: CommandLine["Service"], request: ListAsset) {
  const listed = line.directory.findAsset(request.symbol)
  if (listed === undefined) return yield* command(line, operations.listAsset, request)
  if (listed.scale === (request.scale ?? Asset.scaleDefault)) return undefined
  return yield* new InvalidInput("ListedDifferently", `assets.${request.symbol}`)
})

const ensureMarket = Effect.fnUntraced(function* (
  line: CommandLine["Service"],
  request: ListMarket
) {
  const listed = line.directory.find(request.symbol)?.market
  if (listed === undefined) return yield* command(line, operations.listMarket, request)
  const wanted = yield* attempt(() => marketTerms(request, line.directory))
  const agrees = Object.entries({
    ...wanted,
    makerRate: listed.makerRate,
    takerRate: listed.takerRate
  }).every(([name, value]) => listed[name as keyof Market.Market] === value)
  if (agrees) return undefined
  return yield* new InvalidInput("ListedDifferently", `markets.${request.symbol}`)
})

const make = Effect.gen(function* () {
  const line = yield* CommandLine
  const access = yield* Access
  const commands = mapValues(
    performing,
    ({ ordered }) =>
      (request: object) =>
        ordered(line, system, request)
  )
  return Exchange.of({
    ...({
      ...commands,
      ...askedBy((name, of) => query(line, name, of as never))
    } as unknown as EffectMethods),
    operations: portOver(line),
    ...feeds(line),
    status: line.venue.status,
    acceptClock: line.venue.acceptClock,
    ...access
  })
})

/** A method for each query. */
export const askedBy = <B>(ask: (name: keyof Queries, of: unknown) => B) =>
  Object.fromEntries(queryNames.map((name) => [name, (of: unknown) => ask(name, of)]))

export const mapValues = <T extends object, B>(
  table: T,
  f: (value: T[keyof T], name: keyof T) => B
): { readonly [K in keyof T]: B } =>
  Object.fromEntries(
    Object.entries(table).map(([name, value]) => [name, f(value as T[keyof T], name as keyof T)])
  ) as never

export const feeds = ({ directory, venue }: CommandLine["Service"]): Feeds => {
  const batches = (from: number | undefined) =>
    from === undefined
      ? Stream.unwrap(
          Effect.map(venue.status, ({ durableSequence }) =>
            Sequencer.follow(venue.batches, Ids.Sequence(durableSequence + 1))
          )
        )
      : Sequencer.follow(venue.batches, Ids.Sequence(Math.max(1, from)))
  return {
    entries: ({ from } = {}) =>
      Stream.flatMap(batches(from), (batch) =>
        Stream.fromIterable(
          Batch.entries(batch)
            .filter(({ sequence }) => sequence >= (from ?? 0))
            .map((entry) => ({ ...entry, time: batch.time }))
        )
      ),
    batches: (from) => Sequencer.follow(venue.batches, from),
    trades: ({ from, market } = {}) =>
      Stream.flatMap(batches(from), (batch) =>
        Stream.fromIterable(
          Batch.sequencedEvents(batch)
            .filter(({ sequence }) => sequence >= (from ?? 0))
            .flatMap((command) => publicTrades(command, directory, market))
        )
      )
  }
}

const publicTrades = (
  { events, sequence, time }: Batch.SequencedEvents,
  directory: Directory,
  only: string | undefined
): Array<PublicTrade> =>
  events.flatMap((event) => {
    directory.learn(event)
    if (event._tag !== "Trade") return []
    const terms = directory.termsOf(event.marketId)
    if (only !== undefined && terms.market.symbol !== only) return []
    return [
      {
        sequence,
        market: terms.market.symbol,
        trade: event.tradeId,
        price: Market.priceText(terms.market, event.priceTicks),
        quantity: quantityText(terms, event.lots),
        takerSide: event.takerSide,
        time,
        makerOrder: event.makerOrderId,
        takerOrder: event.takerOrderId
      }
    ]
  })
