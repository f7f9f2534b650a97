/** The listed assets and markets by symbol and number. Learnt from durable state and durable answers only. */
import { InvalidInput } from "@pandora-exchange/contract/failure"
import type { Asset, Event, Market } from "@pandora-exchange/core"
import type { State } from "@pandora-exchange/engine"

export interface Listed {
  readonly assets: ReadonlyArray<Asset.Asset>
  readonly markets: ReadonlyArray<Market.Market>
}

export class Directory {
  private readonly assetBySymbol = new Map<string, Asset.Asset>()
  private readonly assetById = new Map<number, Asset.Asset>()
  private readonly marketBySymbol = new Map<string, Market.Market>()
  private readonly marketById = new Map<number, Market.Market>()

  static listedIn(state: State.State): Listed {
    return {
      assets: state.assets.filter((asset) => asset !== undefined),
      markets: state.markets.flatMap((market) => (market === undefined ? [] : [market.terms]))
    }
  }

  static from(listed: Listed): Directory {
    const directory = new Directory()
    directory.add(listed)
    return directory
  }

  add({ assets, markets }: Listed): void {
    for (const asset of assets) this.addAsset(asset)
    for (const market of markets) this.addMarket(market)
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
    if (asset === undefined) throw new InvalidInput("UnknownAsset", field)
    return asset
  }

  market(field: string, symbol: unknown): Market.Market {
    const market = this.marketBySymbol.get(symbol as string)
    if (market === undefined) throw new InvalidInput("UnknownMarket", field)
    return market
  }

  assetOf(assetId: number): Asset.Asset {
    return this.assetById.get(assetId)!
  }

  marketOf(marketId: number): Market.Market {
    return this.marketById.get(marketId)!
  }

  scalesOf(market: Market.Market): { readonly base: Asset.Asset; readonly quote: Asset.Asset } {
    return { base: this.assetOf(market.baseAssetId), quote: this.assetOf(market.quoteAssetId) }
  }
}
