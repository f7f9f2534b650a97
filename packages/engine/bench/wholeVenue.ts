/** The whole venue in memory: validation, balances, holds, fees, and events encoded for the journal. */
import { Batch, Command, Ids } from "@pandora-exchange/core"
import { Venue } from "../src/Venue.ts"
import type { Engine, Run } from "./books.ts"
import { add, cancel, type Workload } from "./Workload.ts"

export const accounts = 10_000
const batchMax = 256

const accountOf = (id: number) => Ids.AccountId(1000 + (id % accounts))

class VenueRun implements Run {
  private readonly venue = Venue.make()
  private readonly out = new Batch.BatchWriter()
  private readonly bytes: Uint8Array
  /** Where each command begins among them. */
  private readonly starts: Uint32Array

  constructor(workload: Workload) {
    this.open(workload)
    this.bytes = new Uint8Array(workload.kinds.length * 90)
    this.starts = new Uint32Array(workload.kinds.length + 1)
    const view = Batch.viewOf(this.bytes)
    for (let i = 0; i < workload.kinds.length; i++) {
      this.starts[i + 1] = Command.encode(view, this.starts[i]!, commandAt(workload, i))
    }
  }

  private open({ priceMax }: Workload): void {
    for (const symbol of ["BASE", "QUOTE"]) this.ask({ _tag: "ListAsset", symbol, scale: 0 })
    this.ask({
      _tag: "ListMarket",
      baseAssetId: Ids.AssetId(1),
      quoteAssetId: Ids.AssetId(2),
      tickMantissa: 1,
      tickScale: 0,
      lotUnits: 1n,
      lotsMin: 1,
      lotsMax: 1_000_000,
      ticksMax: priceMax,
      notionalMin: 0n,
      notionalMax: 2n ** 52n,
      makerRate: 100,
      takerRate: 200,
      symbol: "BASE/QUOTE"
    })
    for (let i = 0; i < accounts; i++) {
      const accountId = accountOf(i)
      this.ask({ _tag: "OpenAccount", kind: "user", reference: "" })
      for (const asset of [1, 2])
        this.ask({ _tag: "Credit", accountId, assetId: Ids.AssetId(asset), amount: 10n ** 14n })
    }
  }

  private ask(command: Command.Command): void {
    const bytes = new Uint8Array(512)
    const end = Command.encode(Batch.viewOf(bytes), 0, command)
    this.out.reset()
    this.venue.apply(this.out, this.out.beginEntry(bytes, 0, end), 1)
  }

  run(from: number, to: number): void {
    const { bytes, out, starts, venue } = this
    for (let i = from; i < to; i++) {
      if (i % batchMax === 0) out.reset()
      venue.apply(out, out.beginEntry(bytes, starts[i]!, starts[i + 1]!), 1)
      out.endEntry()
    }
  }

  trades(): number {
    return this.venue.state.markets[1]!.lastTradeId
  }

  /** Not kept by the venue; its trades are counted. */
  volume(): number {
    return Number.NaN
  }
}

const commandAt = ({ ids, kinds, lots, prices, sides }: Workload, i: number): Command.Command => {
  const id = ids[i]!
  const accountId = accountOf(id)
  if (kinds[i] === cancel) return { _tag: "CancelOrder", accountId, orderId: Ids.OrderId(id), clientOrderId: "" }
  return {
    _tag: "PlaceOrder",
    accountId,
    marketId: Ids.MarketId(1),
    ...Command.noTerms,
    side: sides[i] === 0 ? "buy" : "sell",
    lots: lots[i]!,
    ...(kinds[i] === add ? { priceTicks: prices[i]! } : { type: "market", timeInForce: "IOC" })
  }
}

export const venue: Engine = (workload) => new VenueRun(workload)
