/**
 * The listed assets and markets, for requests that name them. Learnt only from durable state and
 * durable answers.
 */
import { Refused } from "@pandora-exchange/contract/failure"
import { type Asset, Directory as View, type Market } from "@pandora-exchange/core"
import type { State } from "@pandora-exchange/engine"

export const listedIn = (state: State.State): View.Listed => ({
  assets: state.assets.filter((asset) => asset !== undefined),
  markets: state.markets.flatMap((market) => (market === undefined ? [] : [market.present]))
})

export class Directory extends View.Directory {
  /** Throws `Refused` if the field does not name an asset. */
  asset(field: string, symbol: unknown): Asset.Asset {
    const asset = this.findAsset(symbol as string)
    if (asset === undefined) throw new Refused("UnknownAsset", { field })
    return asset
  }

  /** Throws `Refused` if the field does not name a market. */
  market(field: string, symbol: unknown): Market.Market {
    const terms = this.find(symbol as string)
    if (terms === undefined) throw new Refused("UnknownMarket", { field })
    return terms.market
  }
}
