/** A risk check of the application: it bounds what an account may order in one day. */
import { Decimal } from "@pandora-exchange/core"
import type { Guard, Refusal } from "@pandora-exchange/sdk"

/** Decimals of the quote asset and of the base asset. */
const quoteScale = 8
const baseScale = 8

export interface Limits {
  /** The most that one order may be worth, in quote. */
  readonly order: string
  /** The most that the orders of one account may be worth in a day, in quote. */
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

  /** For the option `guards`. Other commands than `place` pass. */
  readonly guard: Guard = ({ name }, _principal, request) =>
    name === "place" ? this.refusalOf(request as unknown as Order) : undefined

  /** Begins a new day. */
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

/** Text that is no decimal is worth nothing here: the exchange refuses it. */
const units = (decimal: string | undefined, scale = quoteScale): bigint => {
  const parsed = Decimal.parse(decimal, scale)
  return typeof parsed === "string" ? 0n : parsed
}

const text = (value: bigint): string => Decimal.format(value, quoteScale)

/** What an order may cost; `undefined` when only the market knows. */
const valueOf = ({ budget, price, quantity, type }: Order): bigint | undefined => {
  if (type === "market") return budget === undefined ? undefined : units(budget)
  return (units(price) * units(quantity, baseScale)) / 10n ** BigInt(baseScale)
}
