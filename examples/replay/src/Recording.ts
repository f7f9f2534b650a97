/**
 * Recorded order flow in one form, whichever exchange it comes from: the requests to make, and the
 * trades that were recorded.
 */
import { Decimal } from "@pandora-exchange/core"
import { Schema } from "effect"

export interface Recording {
  readonly format: "bitstamp" | "lobster"
  readonly base: RecordedAsset
  readonly quote: RecordedAsset
  readonly tickSize: string
  readonly lotSize: string
  readonly maxPrice: string
  readonly calls: ReadonlyArray<Call>
  readonly trades: ReadonlyArray<RecordedTrade>
}

export interface RecordedAsset {
  readonly symbol: string
  /** Enough decimals to make every price times quantity in the market a whole number. */
  readonly scale: number
  /** What each account is given: more than the recording can use. */
  readonly credit: string
}

export type Side = "buy" | "sell"

/** One request. Orders are identified by their id in the recording. */
export type Call = {
  /** When it was recorded, in milliseconds since 1970; never before the previous request. */
  readonly time: number
  readonly side: Side
} & (
  | {
      readonly kind: "place"
      readonly id: string
      readonly price: string
      readonly quantity: string
    }
  /** An order that trades at once or ends, and so needs no id. */
  | { readonly kind: "take"; readonly price: string; readonly quantity: string }
  | { readonly kind: "cancel"; readonly id: string }
  /** Less quantity at the same price. `quantity` is the new total, including what has filled. */
  | { readonly kind: "reduce"; readonly id: string; readonly quantity: string }
)

/** Price and quantity as the exchange writes them: the shortest decimals. */
export interface RecordedTrade {
  readonly price: string
  readonly quantity: string
  /**
   * The resting order, where the recording names it. A trade with another order is then a different
   * trade.
   */
  readonly maker: string | undefined
}

/** A file that cannot be replayed. The message is one sentence that names it. */
export class NotARecording extends Schema.TaggedError<NotARecording>()("NotARecording", {
  file: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `${this.file}: ${this.problem}.`
  }
}

/** Thrown by parsers; `line` counts from 1. */
export class MalformedLine extends Error {
  override readonly name = "MalformedLine"

  constructor(line: number, problem: string) {
    super(`line ${line} ${problem}`)
  }
}

/**
 * The shortest decimal form of a field. Throws `MalformedLine` unless it is a decimal with at most
 * `scale` decimals.
 */
export const decimals = (line: number, field: string, text: unknown, scale: number): string => {
  const units = Decimal.parse(text, scale)
  if (typeof units === "string")
    throw new MalformedLine(line, `has no decimal text of ${scale} decimals as its ${field}`)
  return Decimal.format(units, scale)
}
