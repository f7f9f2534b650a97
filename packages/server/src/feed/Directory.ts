/** Listed assets and markets by number and symbol, learnt from the events of the journal. */
import { type Asset, type Event, Market } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"

export interface Terms {
  readonly market: Market.Market
  readonly base: Asset.Asset
  readonly quote: Asset.Asset
}

export class Directory {
  private readonly assets = new Map<number, Asset.Asset>()
  private readonly assetsBySymbol = new Map<string, Asset.Asset>()
  private readonly byId = new Map<number, Terms>()
  private readonly bySymbol = new Map<string, Terms>()

  constructor({ assets, markets }: Pick<Contents.Contents, "assets" | "markets">) {
    for (const asset of assets) this.addAsset(asset)
    for (const { market } of markets) this.addMarket(market)
  }

  learn(event: Event.Event): void {
    if (event._tag === "AssetListed") this.addAsset(event)
    if (event._tag === "MarketListed") this.addMarket({ ...event, status: "open" })
  }

  private addAsset({ assetId, scale, symbol }: Asset.Asset): void {
    const asset = { assetId, scale, symbol }
    this.assets.set(assetId, asset)
    this.assetsBySymbol.set(symbol, asset)
  }

  private addMarket(market: Market.Market): void {
    const terms = { market, base: this.assetOf(market.baseAssetId), quote: this.assetOf(market.quoteAssetId) }
    this.byId.set(market.marketId, terms)
    this.bySymbol.set(market.symbol, terms)
  }

  assetOf(assetId: number): Asset.Asset {
    return this.assets.get(assetId)!
  }

  findAsset(symbol: string): Asset.Asset | undefined {
    return this.assetsBySymbol.get(symbol)
  }

  termsOf(marketId: number): Terms {
    return this.byId.get(marketId)!
  }

  find(symbol: string): Terms | undefined {
    return this.bySymbol.get(symbol)
  }
}

export const quantityText = ({ base, market }: Terms, lots: number): string =>
  Market.quantityText(market, base.scale, lots)
