/**
 * What a caller may do with their own accounts, in the API's terms over the exchange's: the same for HTTP and WebSocket.
 * Accounts of others do not exist here.
 */
import type * as Orders from "@pandora-exchange/client/api/Orders"
import * as WireId from "@pandora-exchange/contract/WireId"
import type {
  AmendedOrder,
  CancelledOrders,
  Exchange,
  ExchangeFailure,
  OrderPreview,
  PlacedOrder,
  PlaceList,
  PlaceOrder,
  ReplaceOrder
} from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { ApiFailure } from "./http/Failure.ts"
import type { Principal } from "./Authentication.ts"

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

  cancelAll(
    asking: Asking,
    of: { readonly market?: string | undefined; readonly side?: "buy" | "sell" | undefined }
  ): Effect.Effect<Orders.CancelledOrders, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const request = { account, ...given({ market: of.market, side: of.side }) }
    return Effect.map(this.exchange.cancelAll(withKey(asking, request)), (cancelled) =>
      this.cancelledView(account, cancelled)
    )
  }

  placeList(asking: Asking, list: Orders.PlaceList): Effect.Effect<Orders.PlacedList, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    return Effect.map(
      this.exchange.placeList(withKey(asking, { ...list, account }) as PlaceList),
      ({ list, orders, sequence }) => {
        this.tell(account, sequence)
        return { sequence, list: WireId.list.write(list), orders: orders.map(placedView) }
      }
    )
  }

  cancelList(asking: Asking, list: string): Effect.Effect<Orders.CancelledOrders, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const clientListId = clientIdOf(list)
    const number = WireId.list.read(list)
    if (clientListId === undefined && number === undefined) {
      return Effect.fail(new ApiFailure({ code: "UnknownOrderList", parameter: "list" }))
    }
    const named = clientListId === undefined ? { account, list: number! } : { account, clientListId }
    return Effect.map(this.exchange.cancelList(withKey(asking, named)), (cancelled) =>
      this.cancelledView(account, cancelled)
    )
  }

  replace(
    asking: Asking,
    order: string,
    replacement: Orders.ReplaceOrder
  ): Effect.Effect<Orders.ReplacedOrder, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    const named = orderNamed(order)
    if (named === undefined) return Effect.fail(noSuchOrder())
    const request = { ...replacement, account, ...(typeof named === "number" ? { order: named } : named) }
    return Effect.map(
      this.exchange.replace(withKey(asking, request) as ReplaceOrder),
      ({ cancelled, placed, refused, sequence }) => {
        this.tell(account, sequence)
        return {
          sequence,
          ...(cancelled && { cancelled: { ...cancelled, order: WireId.order.write(cancelled.order) } }),
          ...(placed && { placed: placedView(placed) }),
          refused
        }
      }
    )
  }

  cancelAfter(asking: Asking, delay: number): Effect.Effect<Orders.CancelAfterSet, ApiFailure | ExchangeFailure> {
    const account = accountOf(asking)
    if (typeof account !== "number") return Effect.fail(account)
    return Effect.map(this.exchange.cancelAfter(withKey(asking, { account, delay })), ({ deadline, sequence }) => {
      this.tell(account, sequence)
      return { sequence, ...given({ deadline }) }
    })
  }

  private cancelledView(account: number, { orders, sequence }: CancelledOrders): Orders.CancelledOrders {
    this.tell(account, sequence)
    return { sequence, orders: orders.map(WireId.order.write) }
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
  clientIdOf(text) === undefined ? WireId.order.read(text) : { clientOrderId: clientIdOf(text)! }

const clientIdOf = (text: string): string | undefined =>
  text.startsWith("client:") && text.length > 7 ? text.slice(7) : undefined

export const noSuchOrder = () => new ApiFailure({ code: "UnknownOrder", parameter: "order" })

const withKey = <A extends object>({ key }: Asking, request: A): A & { readonly key?: string } =>
  key === undefined ? request : { ...request, key }

/** Without the fields that are undefined. */
const given = <A extends object>(fields: A): { readonly [K in keyof A]?: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

const placedView = (placed: PlacedOrder | AmendedOrder): Orders.PlacedOrder => ({
  sequence: placed.sequence,
  order: WireId.order.write(placed.order),
  ...given({ clientOrderId: placed.clientOrderId, endReason: placed.endReason, price: placed.price }),
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
