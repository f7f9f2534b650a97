/**
 * An asset and its ledger scale: one whole unit is 10^scale ledger units, the smallest amount the
 * venue knows.
 */
import type { AssetId } from "./Ids.ts"

export interface Asset {
  readonly assetId: AssetId
  readonly symbol: string
  readonly scale: number
}

export const scaleDefault = 8
export const scaleMax = 18
export const assetSymbolPattern = /^[A-Z0-9]{1,16}$/
