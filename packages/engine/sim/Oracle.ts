/**
 * Sees each batch at the moment it becomes durable, and knows from then on what is true: the
 * reference venue must produce the journal's events for every command, and the books kept from
 * these events must agree with it.
 */
import { Batch, type Event } from "@pandora-exchange/core"
import { isDeepStrictEqual } from "node:util"
import type { Limits } from "../src/Limits.ts"
import { EngineVenue } from "../test/EngineVenue.ts"
import { Bookkeeping } from "../test/reference/Bookkeeping.ts"
import { check } from "../test/reference/check.ts"
import { everyOrderAddsUp, invariants } from "../test/reference/invariants.ts"
import { NaiveVenue } from "../test/reference/NaiveVenue.ts"
import type { Receipts } from "./Receipts.ts"

/** A repeated or late command's own events. */
const notExecuted: ReadonlyArray<string> = [
  "KeyConflict",
  "KeyExpired",
  "KeyInFuture",
  "UnknownAccount",
  "SourceNumberUsed",
  "SourceNumberGap",
  "TooManySources"
]

export const printed = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))

export class Oracle {
  readonly naive: NaiveVenue
  readonly engine: EngineVenue
  readonly bookkeeping = new Bookkeeping()
  /** State hashes by the last sequence of each batch. */
  readonly hashes = new Map<number, string>()
  /** The answer to each command, by sequence. */
  readonly answers = new Map<number, string>()
  head = { lastSequence: 0, hash: Batch.genesisHash }
  /** Whether its rules are this build's. */
  rulesAreChanged = true
  private readonly receipts: Receipts
  private readonly executedKeys = new Set<string>()
  private readonly sources = new Map<string, number>()
  private unread: Array<Event.Event> = []

  constructor(limits: Limits, receipts: Receipts) {
    this.naive = new NaiveVenue(limits)
    this.engine = new EngineVenue(limits)
    this.receipts = receipts
    this.hashes.set(0, this.engine.hash())
  }

  landed(batch: Batch.Batch): void {
    check(
      batch.firstSequence === this.head.lastSequence + 1,
      `batch ${batch.firstSequence} follows on the one before it`
    )
    check(
      Batch.sameBytes(batch.previousHash, this.head.hash),
      `batch ${batch.firstSequence} names the one before it`
    )
    for (const entry of Batch.entries(batch)) this.entry(entry, batch.time)
    this.head = { lastSequence: Batch.lastSequence(batch), hash: batch.hash }
    this.hashes.set(this.head.lastSequence, this.engine.hash())
    this.receipts.landed(batch)
  }

  private entry({ requestKey, command, events, sequence }: Batch.Entry, time: number): void {
    const expected = this.naive.apply(time, command, requestKey)
    const place = `command ${sequence}, ${printed({ time, command, requestKey })}`
    check(
      isDeepStrictEqual(events, expected.events),
      `the journal has the reference venue's events for ${place}: ${printed(events)}, not ${printed(expected.events)}`
    )
    this.engine.apply(time, command, requestKey)
    this.bookkeeping.accept(events)
    invariants(this.naive, this.bookkeeping)
    this.answers.set(sequence, printed(events.slice(expected.events.length - expected.own.length)))
    this.unread.push(...events)
    if (events.some(({ _tag }) => _tag === "RulesChanged")) this.rulesAreChanged = true

    const first = expected.own[0]
    if (requestKey === undefined || first?._tag === "Repeated") return
    if (first?._tag === "Rejected" && notExecuted.includes(first.reason)) return
    if (requestKey._tag === "Source") {
      check(
        requestKey.number === (this.sources.get(requestKey.source) ?? 0) + 1,
        `source ${requestKey.source} has no gap before ${requestKey.number}`
      )
      this.sources.set(requestKey.source, requestKey.number)
    } else {
      check(!this.executedKeys.has(requestKey.key), `key ${requestKey.key} is executed once`)
      this.executedKeys.add(requestKey.key)
    }
  }

  /** All events since the last call. */
  news(): ReadonlyArray<Event.Event> {
    const news = this.unread
    this.unread = []
    return news
  }

  finish(): void {
    invariants(this.engine, this.bookkeeping)
    everyOrderAddsUp(this.bookkeeping)
  }
}
