/**
 * Limits on the venue's collections. They are part of the rules: two venues with different limits
 * are two different functions.
 */
export interface Limits {
  readonly assetsMax: number
  readonly marketsMax: number
  readonly accountsMax: number
  readonly openOrdersMax: number
  readonly openOrdersPerAccountMax: number
  /** Open orders of an account that wait for a trigger or a working order. */
  readonly conditionalOrdersPerAccountMax: number
  readonly trailingOrdersPerMarketMax: number
  readonly icebergPartsMax: number
  readonly holdsMax: number
  readonly keysMax: number
  readonly keysPerAccountMax: number
  readonly sourcesMax: number
  readonly priceSourcesPerMarketMax: number
  /** Due items executed before one command. */
  readonly dueWorkMax: number
  readonly keyDropsPerCommandMax: number
}

export const limitsDefault: Limits = {
  assetsMax: 1_000,
  marketsMax: 1_000,
  accountsMax: 1_000_000,
  openOrdersMax: 10_000_000,
  openOrdersPerAccountMax: 10_000,
  conditionalOrdersPerAccountMax: 1_000,
  trailingOrdersPerMarketMax: 1_000,
  icebergPartsMax: 100,
  holdsMax: 1_000_000,
  keysMax: 1_000_000,
  keysPerAccountMax: 10_000,
  sourcesMax: 1_024,
  priceSourcesPerMarketMax: 8,
  dueWorkMax: 64,
  keyDropsPerCommandMax: 64
}
