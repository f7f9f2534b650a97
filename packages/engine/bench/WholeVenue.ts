/** The whole venue in memory: binary commands in, balances moved, events encoded. */
import { Batch, Command, Event, Ids, OrderRecord } from "@pandora-exchange/core"
import { Venue } from "../src/Venue.ts"
import { cancel, limit, priceMax, type Workload } from "./Workload.ts"

const accounts = 10_000
const firstAccount = 1_000
const time = 1_800_000_000_000
const flushBytes = 1 << 16
/** All of it is paid by the external account, so it must stay below 2^63. */
const funds = 4n * 10n ** 14n
const base = Ids.AssetId(1)
const quote = Ids.AssetId(2)
const marketId = Ids.MarketId(1)

export interface Commands {
  readonly bytes: Uint8Array
  /** The offset of each; one more for the end. */
  readonly at: Uint32Array
}

/**
 * The workload's operations, encoded. Accounts alternate; an order is cancelled by its own account.
 */
export const commandsOf = ({ count, kinds, lots, orders, prices, sides }: Workload): Commands => {
  const bytes = new Uint8Array(count * 128)
  const view = Batch.viewOf(bytes)
  const at = new Uint32Array(count + 1)
  for (let i = 0; i < count; i++) {
    const kind = kinds[i]!
    const order = orders[i]!
    const accountId = Ids.AccountId(firstAccount + (order % accounts))
    const isLimit = kind === limit
    at[i + 1] = Command.encode(
      view,
      at[i]!,
      kind === cancel
        ? { _tag: "CancelOrder", accountId, orderId: Ids.OrderId(order), clientOrderId: "" }
        : {
            _tag: "PlaceOrder",
            accountId,
            marketId,
            ...OrderRecord.noTerms,
            side: sides[i] === 0 ? "buy" : "sell",
            type: isLimit ? "limit" : "market",
            timeInForce: isLimit ? "GTC" : "IOC",
            priceTicks: isLimit ? prices[i]! : 0,
            lots: lots[i]!
          }
    )
  }
  return { bytes: bytes.subarray(0, at[count]), at }
}

export class WholeVenue {
  readonly venue = Venue.make()
  private readonly out = new Batch.BatchWriter(2 * flushBytes)

  constructor() {
    this.execute({ _tag: "ListAsset", scale: 1, symbol: "B" })
    this.execute({ _tag: "ListAsset", scale: 0, symbol: "Q" })
    this.execute({
      _tag: "ListMarket",
      baseAssetId: base,
      quoteAssetId: quote,
      tickMantissa: 1,
      tickScale: 0,
      lotUnits: 10n,
      lotsMin: 1,
      lotsMax: 1_000_000,
      ticksMax: priceMax,
      notionalMin: 0n,
      notionalMax: 2n ** 63n - 1n,
      makerRate: 80,
      takerRate: 100,
      symbol: "B/Q"
    })
    for (let i = 0; i < accounts; i++) {
      this.execute({ _tag: "OpenAccount", kind: "user", reference: "" })
      const accountId = Ids.AccountId(firstAccount + i)
      for (const assetId of [base, quote])
        this.execute({ _tag: "Credit", accountId, assetId, amount: funds, reference: "" })
    }
  }

  private execute(command: Command.Command): void {
    const { out } = this
    const bytes = new Uint8Array(1024)
    out.reset()
    const at = out.beginEntry(bytes, 0, Command.encode(Batch.viewOf(bytes), 0, command))
    this.venue.apply(out, at, time)
    for (const event of Event.decodeAll(out.view, this.venue.ownEventsAt, out.at)) {
      if (event._tag === "Rejected")
        throw new Error(`The bench's ${command._tag} was refused: ${event.reason}.`)
    }
  }

  /** Executes commands `from` to `to`, in a writer that is emptied now and then, as batches are. */
  run(commands: Commands, from: number, to: number): void {
    for (let i = from; i < to; i++) this.step(commands, i)
  }

  step({ at, bytes }: Commands, i: number): void {
    const { out, venue } = this
    if (out.at > flushBytes) out.reset()
    const commandAt = out.beginEntry(bytes, at[i]!, at[i + 1]!)
    venue.apply(out, commandAt, time)
    out.endEntry()
  }

  /** One command's events, decoded. */
  eventsOf(commands: Commands, i: number): ReadonlyArray<Event.Event> {
    this.out.reset()
    this.step(commands, i)
    return Event.decodeAll(this.out.view, this.venue.ownEventsAt, this.out.at)
  }

  get trades(): number {
    return this.venue.state.markets[marketId]!.lastTradeId
  }
}
