/**
 * Reads the journal with `follow` over a channel that duplicates, delays and cuts, and keeps its
 * own books.
 */
import { Batch, Ids } from "@pandora-exchange/core"
import { Effect, Stream } from "effect"
import { follow } from "../src/Sequencer.ts"
import { Bookkeeping } from "../test/reference/Bookkeeping.ts"
import { check } from "../test/reference/check.ts"
import type { Random } from "../test/reference/randomCommands.ts"
import type { Cluster, Server, World } from "./Cluster.ts"
import type { Faults } from "./Faults.ts"
import { printed } from "./Oracle.ts"

const checkMs = 300

export class Follower {
  readonly bookkeeping = new Bookkeeping()
  head = { lastSequence: 0, hash: Batch.genesisHash }
  private readonly name: string
  private readonly world: World
  private readonly cluster: Cluster
  private readonly faults: Faults
  private readonly random: Random
  /** Counts its streams: anything delivered by an earlier one is ignored. */
  private stream = 0
  private before = -1

  constructor(name: string, world: World, cluster: Cluster, faults: Faults, random: Random) {
    this.name = name
    this.world = world
    this.cluster = cluster
    this.faults = faults
    this.random = random
    this.watch()
  }

  /** Follows another server if nothing has arrived for a while. */
  private watch(): void {
    const { ready } = this.cluster
    if (this.head.lastSequence === this.before && ready.length > 0)
      this.begin(this.random.pick(ready))
    this.before = this.head.lastSequence
    this.world.loop.after(checkMs, () => this.watch(), undefined)
  }

  private begin({ machine, sequencer }: Server): void {
    const stream = ++this.stream
    const from = Ids.Sequence(this.head.lastSequence + 1)
    const batches = follow(sequencer!.batches, from).pipe(
      Stream.takeWhile(() => stream === this.stream)
    )
    machine.run(
      Stream.runForEach(batches, (batch) => Effect.sync(() => this.send(batch.bytes.slice()))),
      () => undefined
    )
  }

  private send(bytes: Uint8Array): void {
    const { faults } = this
    const copies = faults.strikes("followersCut", 0.1) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      const delay = faults.strikes("followersCut", 0.1)
        ? faults.of("followersCut").int(1, 1_000)
        : 1
      const arrived = faults.strikes("followersCut", 0.05)
        ? bytes.subarray(0, faults.of("followersCut").int(0, bytes.length - 1))
        : bytes
      this.world.loop.after(
        delay,
        () => this.world.trace.checked(() => this.receive(arrived)),
        undefined
      )
    }
  }

  private receive(bytes: Uint8Array): void {
    const batch = Batch.decode(bytes)
    // Cut, already seen, or past a gap: the next stream continues.
    if (typeof batch === "string" || batch.firstSequence !== this.head.lastSequence + 1) return
    check(
      Batch.sameBytes(batch.previousHash, this.head.hash),
      `${this.name} gets the batch that follows on its own`
    )
    if (!this.world.planted.overlooks(batch)) {
      for (const { events } of Batch.entries(batch)) this.bookkeeping.accept(events)
    }
    this.head = { lastSequence: Batch.lastSequence(batch), hash: batch.hash }
    check(
      this.head.lastSequence <= this.world.oracle.head.lastSequence,
      `what ${this.name} gets is durable`
    )
    this.world.trace.add(`${this.name} is at ${this.head.lastSequence}`)
  }

  get isLevel(): boolean {
    return this.head.lastSequence === this.world.oracle.head.lastSequence
  }

  finish(): void {
    const { bookkeeping, head } = this.world.oracle
    check(Batch.sameBytes(this.head.hash, head.hash), `${this.name} ends at the journal's head`)
    check(
      books(this.bookkeeping) === books(bookkeeping),
      `${this.name} keeps the books of the journal`
    )
  }
}

const books = ({ balances, open }: Bookkeeping): string =>
  printed([[...balances], [...open].map(([id, order]) => [id, order.held, order.filledLots])])
