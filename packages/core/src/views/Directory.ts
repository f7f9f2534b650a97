/** The listed assets and markets by number and by symbol. */
import type { Asset } from "../Asset.ts"
import type { Event } from "../Event.ts"
import * as Market from "../Market.ts"

/** A market with its assets. */
export interface Terms {
  readonly market: Market.Market
  readonly base: Asset
  readonly quote: Asset
}

export interface Listed {
  readonly assets: ReadonlyArray<Asset>
  readonly markets: ReadonlyArray<Market.Market>
}

export class Directory {
  private readonly assetsById = new Map<number, Asset>()
  private readonly assetsBySymbol = new Map<string, Asset>()
  private readonly marketsById = new Map<number, Terms>()
  private readonly marketsBySymbol = new Map<string, Terms>()

  /** `listed`: everything listed before the first event that is learnt. */
  constructor(listed: Listed = { assets: [], markets: [] }) {
    this.add(listed)
  }

  add({ assets, markets }: Listed): void {
    for (const asset of assets) this.addAsset(asset)
    for (const market of markets) this.addMarket(market)
  }

  /** Learns what an event lists, or changes about a market: its status, and the rates of tier 0. */
  learn(event: Event): void {
    if (event._tag === "AssetListed") {
      const { _tag, ...asset } = event
      this.addAsset(asset)
    } else if (event._tag === "MarketListed") {
      const { _tag, ...terms } = event
      this.addMarket({ ...terms, status: "open" })
    } else if (event._tag === "MarketStatusChanged") {
      this.change(event.marketId, { status: event.status })
    } else if (event._tag === "MarketFeesChanged" && event.tier === 0) {
      this.change(event.marketId, { makerRate: event.makerRate, takerRate: event.takerRate })
    }
  }

  private change(marketId: number, change: Partial<Market.Market>): void {
    this.addMarket({ ...this.termsOf(marketId).market, ...change })
  }

  private addAsset(asset: Asset): void {
    this.assetsById.set(asset.assetId, asset)
    this.assetsBySymbol.set(asset.symbol, asset)
  }

  private addMarket(market: Market.Market): void {
    const terms = {
      market,
      base: this.assetOf(market.baseAssetId),
      quote: this.assetOf(market.quoteAssetId)
    }
    this.marketsById.set(market.marketId, terms)
    this.marketsBySymbol.set(market.symbol, terms)
  }

  findAsset(symbol: string): Asset | undefined {
    return this.assetsBySymbol.get(symbol)
  }

  find(symbol: string): Terms | undefined {
    return this.marketsBySymbol.get(symbol)
  }

  /** The asset must be listed, because an event or an answer names it. */
  assetOf(assetId: number): Asset {
    return this.assetsById.get(assetId)!
  }

  /** The market must be listed, because an event or an answer names it. */
  termsOf(marketId: number): Terms {
    return this.marketsById.get(marketId)!
  }
}

export const quantityText = (
  { base, market }: Pick<Terms, "base" | "market">,
  lots: number
): string => Market.quantityText(market, base.scale, lots)
