/** A journal of a busy venue: accounts that place and cancel limit orders in four markets. */
import { Batch, Command, Event, Ids, OrderRecord } from "@pandora-exchange/core"
import { limitsDefault } from "../../engine/src/Limits.ts"
import { Venue } from "../../engine/src/Venue.ts"
import { Random } from "../../engine/test/reference/randomCommands.ts"

export interface OrderFlow {
  readonly batches: ReadonlyArray<Batch.Batch>
  readonly orders: number
  readonly trades: number
}

const marketsMax = 4
const startTime = 1_800_000_000_000
const cancelShare = 0.2
const spreadTicks = 20

/**
 * `orders` orders of the accounts with their cancels, `commandsPerBatch` commands per batch, all in
 * epoch 1.
 */
export const orderFlow = (
  orders: number,
  commandsPerBatch: number,
  accounts: number
): OrderFlow => {
  const random = new Random(1)
  const out = new Recorder(commandsPerBatch)
  for (const symbol of ["USDT", "BTC", "ETH", "SOL", "XRP"])
    out.command({ _tag: "ListAsset", scale: 8, symbol })
  for (let market = 1; market <= marketsMax; market++) {
    out.command({
      _tag: "ListMarket",
      symbol: `M${market}`,
      baseAssetId: Ids.AssetId(market + 1),
      quoteAssetId: Ids.AssetId(1),
      tickMantissa: 1,
      tickScale: 2,
      lotUnits: 100_000n,
      lotsMin: 1,
      lotsMax: 1_000_000,
      ticksMax: 100_000_000,
      notionalMin: 0n,
      notionalMax: 1n << 52n,
      makerRate: 100,
      takerRate: 200
    })
  }
  for (let i = 0; i < accounts; i++) {
    out.command({ _tag: "OpenAccount", kind: "user", reference: "" })
    for (let assetId = 1; assetId <= marketsMax + 1; assetId++) {
      const accountId = Ids.AccountId(1000 + i)
      out.command({
        _tag: "Credit",
        accountId,
        assetId: Ids.AssetId(assetId),
        amount: 10n ** 15n,
        reference: ""
      })
    }
  }
  const open = new Map<Ids.OrderId, Ids.AccountId>()
  const ids: Array<Ids.OrderId> = []
  let placed = 0
  let trades = 0
  while (placed < orders) {
    const cancelled = random.chance(cancelShare)
      ? ids[random.int(Math.max(0, ids.length - 5_000), ids.length - 1)]
      : undefined
    const owner = cancelled === undefined ? undefined : open.get(cancelled)
    const events =
      cancelled !== undefined && owner !== undefined
        ? out.command({
            _tag: "CancelOrder",
            accountId: owner,
            orderId: cancelled,
            clientOrderId: ""
          })
        : out.command({
            _tag: "PlaceOrder",
            accountId: Ids.AccountId(1000 + random.int(0, accounts - 1)),
            marketId: Ids.MarketId(random.int(1, marketsMax)),
            ...OrderRecord.noTerms,
            side: random.chance(0.5) ? "buy" : "sell",
            priceTicks: 100_000 + random.int(-spreadTicks, spreadTicks),
            lots: random.int(1, 100),
            selfTradePrevention: "expireMaker",
            clientOrderId: `bench-${placed}`
          })
    for (const event of events) {
      if (event._tag === "OrderAccepted") placed++
      else if (event._tag === "Trade") trades++
      else if (event._tag === "OrderEnded") open.delete(event.orderId)
      else if (event._tag === "OrderRested") ids.push(event.orderId)
      if (event._tag === "OrderAccepted") open.set(event.orderId, event.accountId)
    }
  }
  return { batches: out.finish(), orders: placed, trades }
}

class Recorder {
  private readonly batches: Array<Batch.Batch> = []
  private readonly venue = Venue.make(limitsDefault)
  private readonly writer = new Batch.BatchWriter(1 << 20)
  private readonly scratch = new Uint8Array(1024)
  private readonly commandsPerBatch: number
  private previousHash = Batch.genesisHash
  private sequence = 1

  constructor(commandsPerBatch: number) {
    this.commandsPerBatch = commandsPerBatch
  }

  command(command: Command.Command): ReadonlyArray<Event.Event> {
    const { scratch, venue, writer } = this
    const commandAt = writer.beginEntry(
      scratch,
      0,
      Command.encode(Batch.viewOf(scratch), 0, command)
    )
    const eventsAt = writer.at
    venue.apply(writer, commandAt, this.time)
    writer.endEntry()
    const events = Event.decodeAll(writer.view, eventsAt, writer.at)
    if (writer.count === this.commandsPerBatch) this.seal()
    return events
  }

  finish(): ReadonlyArray<Batch.Batch> {
    if (this.writer.count > 0) this.seal()
    return this.batches
  }

  /** One batch every 20 ms. */
  private get time(): number {
    return startTime + 20 * this.batches.length
  }

  private seal(): void {
    const { previousHash, sequence, time, writer } = this
    const head = {
      epoch: Ids.Epoch(1),
      firstSequence: Ids.Sequence(sequence),
      time,
      rulesVersion: 1,
      previousHash
    }
    const batch = Batch.decode(writer.seal(head).bytes.slice()) as Batch.Batch
    this.batches.push(batch)
    this.previousHash = batch.hash
    this.sequence = Batch.lastSequence(batch) + 1
    writer.reset()
  }
}
