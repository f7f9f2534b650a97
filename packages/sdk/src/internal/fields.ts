/** Functions that each read one field of a request, or throw the failure for the field's code. */
import { ofFault } from "@pandora-exchange/contract/failure"
import type { FaultCode } from "@pandora-exchange/contract/Fault"
import { type Asset, type Command, Decimal, IdempotencyKey, Market } from "@pandora-exchange/core"
import type { Again } from "../Requests.ts"

export const refuse = (field: string, code: FaultCode): never => {
  throw ofFault({ code, field })
}

/** Refuses undeclared fields, so that a misspelt one is not ignored. */
export const closed = (request: unknown, known: ReadonlySet<string>, within?: string): void => {
  if (typeof request !== "object" || request === null || Array.isArray(request))
    refuse(within ?? "request", "NotAnObject")
  for (const field of Object.keys(request as object)) {
    if (!known.has(field))
      refuse(within === undefined ? field : `${within}.${field}`, "UnknownField")
  }
}

export const amount = (field: string, value: unknown, asset: Asset.Asset): bigint => {
  const units = Decimal.parse(value, asset.scale)
  if (typeof units === "string") return refuse(field, units)
  return units
}

export const lots = (
  field: string,
  value: unknown,
  market: Market.MarketTerms,
  base: Asset.Asset
): number => {
  const count = Market.lotsOf(market, base.scale, value)
  return typeof count === "string" ? refuse(field, count) : count
}

export const ticks = (field: string, value: unknown, market: Market.MarketTerms): number => {
  const count = Market.ticksOf(market, value)
  return typeof count === "string" ? refuse(field, count) : count
}

const rateScale = 5
const u32Max = 4_294_967_295

/** Decimal text as a whole number at `scale`, below 2^32. */
export const decimal = (field: string, value: unknown, scale: number): number => {
  const units = Decimal.parse(value, scale, BigInt(u32Max))
  return typeof units === "string" ? refuse(field, units) : Number(units)
}

/** A fraction such as `"0.001"` as tenths of a basis point. */
export const rate = (field: string, value: unknown): number => decimal(field, value, rateScale)

export const rateText = (rate: number): string => Decimal.format(BigInt(rate), rateScale)

/** A whole number from 1, below 2^53. */
const positive = (
  field: string,
  value: unknown,
  code: FaultCode,
  max = Number.MAX_SAFE_INTEGER
): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= max
    ? value
    : refuse(field, code)

export const time = (field: string, value: unknown): number =>
  positive(field, value instanceof Date ? value.getTime() : value, "NotATime")

export const requestKeyOf = ({ key, source }: Again): Command.RequestKey | undefined => {
  if (key !== undefined && source !== undefined) return refuse("source", "KeyAndSource")
  if (key !== undefined)
    return { _tag: "Key", key: IdempotencyKey.isKey(key) ? key : refuse("key", "MalformedKey") }
  if (source === undefined) return undefined
  closed(source, sourceFields)
  const name = typeof source.name === "string" && /^[A-Za-z0-9._:/-]{1,64}$/.test(source.name)
  if (!name) return refuse("source.name", "MalformedText")
  return {
    _tag: "Source",
    source: source.name,
    number: positive("source.number", source.number, "NotANumber")
  }
}

const sourceFields: ReadonlySet<string> = new Set(["name", "number"])
