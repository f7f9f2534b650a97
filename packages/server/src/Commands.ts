/**
 * What a caller may do with their own accounts, in the API's terms over the exchange's: the same for HTTP and WebSocket.
 * Accounts of others do not exist here.
 */
import type * as Orders from "@pandora-exchange/client/api/Orders"
import * as WireId from "@pandora-exchange/client/WireId"
import type {
  AmendedOrder,
  Exchange,
  ExchangeFailure,
  OrderPreview,
  PlacedOrder,
  PlaceOrder
} from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { ApiFailure } from "./http/Failure.ts"
import type { Principal } from "./Identity.ts"

/** Who asks, for which account, under which key. */
export interface Asking {
  readonly principal: Principal
  /** As on the wire; the caller's first account without. */
  readonly account?: string | undefined
  readonly key?: string | undefined
}

export class Commands {
  private readonly exchange: Exchange["Service"]
  /** The last command that each account was told of: what its reads of the history wait for. */
  private readonly told = new Map<number, number>()

  constructor(exchange: Exchange["Service"]) {
    this.exchange = exchange
  }

  place(asking: Asking, order: Orders.PlaceOrder): Effect.Effect<Orders.PlacedOrder, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    return Effect.map(this.exchange.place(withKey(asking, { ...order, account }) as PlaceOrder), (placed) => {
      this.tell(account, placed.sequence)
      return placedView(placed)
    })
  }

  preview(asking: Asking, order: Orders.PlaceOrder): Effect.Effect<Orders.Preview, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    return Effect.map(this.exchange.preview({ ...order, account } as PlaceOrder), previewView)
  }

  cancel(asking: Asking, order: string): Effect.Effect<Orders.CancelledOrder, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const named = orderNamed(order)
    if (named === undefined) return Effect.fail(noSuchOrder())
    const request = typeof named === "number" ? { account, order: named } : { account, ...named }
    return Effect.map(this.exchange.cancel(withKey(asking, request)), (cancelled) => {
      this.tell(account, cancelled.sequence)
      return { ...cancelled, order: WireId.order.write(cancelled.order) }
    })
  }

  cancelAll(asking: Asking, market?: string): Effect.Effect<Orders.CancelledOrders, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const request = market === undefined ? { account } : { account, market }
    return Effect.map(this.exchange.cancelAll(withKey(asking, request)), ({ orders, sequence }) => {
      this.tell(account, sequence)
      return { sequence, orders: orders.map(WireId.order.write) }
    })
  }

  amend(
    asking: Asking,
    order: string,
    change: Orders.AmendOrder
  ): Effect.Effect<Orders.AmendedOrder, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const number = WireId.order.read(order)
    if (number === undefined) return Effect.fail(noSuchOrder())
    return Effect.map(this.exchange.amend(withKey(asking, { account, order: number, ...change })), (amended) => {
      this.tell(account, amended.sequence)
      return { ...placedView(amended), keptPriority: amended.keptPriority }
    })
  }

  /** The last command that the account was told of. */
  toldOf(account: number): number {
    return this.told.get(account) ?? 0
  }

  private tell(account: number, sequence: number): void {
    if (sequence > this.toldOf(account)) this.told.set(account, sequence)
  }
}

/** The account that is meant, if it is the caller's. */
export const accountOf = ({ account, principal }: Asking): number | ApiFailure => {
  const number = account === undefined ? principal.accountIds[0] : WireId.account.read(account)
  return number !== undefined && principal.accountIds.includes(number)
    ? number
    : new ApiFailure({ code: "UnknownAccount", parameter: "account" })
}

/** `ord_17`, or `client:ID`. */
export const orderNamed = (text: string): number | { readonly clientOrderId: string } | undefined =>
  text.startsWith("client:") && text.length > 7 ? { clientOrderId: text.slice(7) } : WireId.order.read(text)

export const noSuchOrder = () => new ApiFailure({ code: "UnknownOrder", parameter: "order" })

const withKey = <A extends object>({ key }: Asking, request: A): A & { readonly key?: string } =>
  key === undefined ? request : { ...request, key }

const placedView = (placed: PlacedOrder | AmendedOrder): Orders.PlacedOrder => ({
  sequence: placed.sequence,
  order: WireId.order.write(placed.order),
  ...(placed.clientOrderId === undefined ? {} : { clientOrderId: placed.clientOrderId }),
  status: placed.status,
  quantity: placed.quantity,
  filledQuantity: placed.filledQuantity,
  remainingQuantity: placed.remainingQuantity,
  filledNotional: placed.filledNotional,
  fee: placed.fee,
  feeAsset: placed.feeAsset,
  fills: placed.fills.map((fill) => ({ ...fill, trade: WireId.trade.write(fill.trade) }))
})

const previewView = ({ filledNotional, ...preview }: OrderPreview): Orders.Preview => ({
  ...preview,
  cost: filledNotional
})
