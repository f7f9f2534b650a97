/**
 * The requests and answers of an exchange, generated from the declarations of
 * `@pandora-exchange/contract`. Amounts, prices, quantities and rates are decimal text in whole
 * units (`"0.015"` BTC); assets and markets are named by symbol; accounts, orders and holds by
 * number.
 */
import type { Side } from "@pandora-exchange/contract/generated/sdk"

export type * from "@pandora-exchange/contract/generated/sdk"
export type {
  Commands,
  OwnCommands,
  OwnQueries,
  Queries
} from "@pandora-exchange/contract/generated/sdkMethods"

/** An answer, and the last command it reflects. */
export interface Sequenced<A> {
  readonly data: A
  readonly sequence: number
}

/** One match, as the market sees it. */
export interface PublicTrade {
  readonly sequence: number
  readonly market: string
  readonly trade: number
  readonly price: string
  readonly quantity: string
  readonly takerSide: Side
  /** Milliseconds since 1970, in venue time. */
  readonly time: number
  readonly makerOrder: number
  readonly takerOrder: number
}
