/** The listed assets and markets by symbol and number. Learnt from durable state and durable answers only. */
import type { Asset, Event, Market } from "@pandora-exchange/core"
import type { State } from "@pandora-exchange/engine"
import { InvalidInput } from "../ExchangeError.ts"

export class Directory {
  private readonly assetBySymbol = new Map<string, Asset.Asset>()
  private readonly assetById = new Map<number, Asset.Asset>()
  private readonly marketBySymbol = new Map<string, Market.Market>()
  private readonly marketById = new Map<number, Market.Market>()

  static from(state: State.State): Directory {
    const directory = new Directory()
    for (const asset of state.assets) if (asset !== undefined) directory.addAsset(asset)
    for (const market of state.markets) if (market !== undefined) directory.addMarket(market.market)
    return directory
  }

  addAsset(asset: Asset.Asset): void {
    this.assetBySymbol.set(asset.symbol, asset)
    this.assetById.set(asset.assetId, asset)
  }

  addMarket(market: Market.Market): void {
    this.marketBySymbol.set(market.symbol, market)
    this.marketById.set(market.marketId, market)
  }

  /** Learns what an answer lists. */
  learn(event: Event.Event): void {
    if (event._tag === "AssetListed") this.addAsset(event)
    if (event._tag === "MarketListed") this.addMarket({ ...event, status: "open" })
  }

  findAsset(symbol: string): Asset.Asset | undefined {
    return this.assetBySymbol.get(symbol)
  }

  findMarket(symbol: string): Market.Market | undefined {
    return this.marketBySymbol.get(symbol)
  }

  asset(field: string, symbol: unknown): Asset.Asset {
    const asset = this.assetBySymbol.get(symbol as string)
    if (asset === undefined) throw new InvalidInput({ code: "UnknownAsset", field })
    return asset
  }

  market(field: string, symbol: unknown): Market.Market {
    const market = this.marketBySymbol.get(symbol as string)
    if (market === undefined) throw new InvalidInput({ code: "UnknownMarket", field })
    return market
  }

  assetOf(assetId: number): Asset.Asset {
    return this.assetById.get(assetId)!
  }

  marketOf(marketId: number): Market.Market {
    return this.marketById.get(marketId)!
  }

  knowsMarket(marketId: number): boolean {
    return this.marketById.has(marketId)
  }

  scalesOf(market: Market.Market): { readonly base: Asset.Asset; readonly quote: Asset.Asset } {
    return { base: this.assetOf(market.baseAssetId), quote: this.assetOf(market.quoteAssetId) }
  }
}
