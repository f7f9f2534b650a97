/** A risk check of the application: it limits what an account may order per day. */
import { Decimal } from "@pandora-exchange/core"
import type { Guard, Refusal } from "@pandora-exchange/sdk"

/** Decimals of the quote asset and of the base asset. */
const quoteScale = 8
const baseScale = 8

export interface Limits {
  /** The largest value of a single order, in quote. */
  readonly order: string
  /** The largest total value of an account's orders per day, in quote. */
  readonly day: string
}

interface Order {
  readonly account: number
  readonly type?: "limit" | "market"
  readonly price?: string
  readonly quantity?: string
  readonly budget?: string
}

export class RiskCheck {
  private readonly orderMax: bigint
  private readonly dayMax: bigint
  /** What each account ordered today. */
  private readonly ordered = new Map<number, bigint>()

  constructor({ day, order }: Limits) {
    this.orderMax = units(order)
    this.dayMax = units(day)
  }

  /** For the option `guards`. Commands other than `place` pass. */
  readonly guard: Guard = ({ name }, _principal, request) =>
    name === "place" ? this.refusalOf(request as unknown as Order) : undefined

  /** Starts a new day. */
  newDay(): void {
    this.ordered.clear()
  }

  private refusalOf(order: Order): Refusal | undefined {
    const value = valueOf(order)
    if (value === undefined)
      return { code: "BudgetRequired", message: "Market orders need a budget." }
    if (value > this.orderMax)
      return {
        code: "OrderTooLarge",
        message: `One order is worth ${text(this.orderMax)} at most.`
      }
    const today = (this.ordered.get(order.account) ?? 0n) + value
    if (today > this.dayMax)
      return {
        code: "DayLimit",
        message: `Orders of one day are worth ${text(this.dayMax)} at most.`
      }
    this.ordered.set(order.account, today)
    return undefined
  }
}

/** Malformed decimals count as zero here: the exchange refuses them. */
const units = (decimal: string | undefined, scale = quoteScale): bigint => {
  const parsed = Decimal.parse(decimal, scale)
  return typeof parsed === "string" ? 0n : parsed
}

const text = (value: bigint): string => Decimal.format(value, quoteScale)

/** What an order may cost at most; `undefined` when only the market knows. */
const valueOf = ({ budget, price, quantity, type }: Order): bigint | undefined => {
  if (type === "market") return budget === undefined ? undefined : units(budget)
  return (units(price) * units(quantity, baseScale)) / 10n ** BigInt(baseScale)
}
