/** Listed assets and markets by number and symbol, learnt from the events of the journal. */
import { type Asset, type Event, Market } from "@pandora-exchange/core"

export interface Terms {
  readonly market: Market.Market
  readonly base: Asset.Asset
  readonly quote: Asset.Asset
}

export class Directory {
  private readonly assets = new Map<number, Asset.Asset>()
  private readonly byId = new Map<number, Terms>()
  private readonly bySymbol = new Map<string, Terms>()

  learn(event: Event.Event): void {
    if (event._tag === "AssetListed") this.assets.set(event.assetId, event)
    if (event._tag !== "MarketListed") return
    const market: Market.Market = { ...event, status: "open" }
    const terms = { market, base: this.assetOf(event.baseAssetId), quote: this.assetOf(event.quoteAssetId) }
    this.byId.set(event.marketId, terms)
    this.bySymbol.set(event.symbol, terms)
  }

  assetOf(assetId: number): Asset.Asset {
    return this.assets.get(assetId)!
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
