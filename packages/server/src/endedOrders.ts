/**
 * What happened to an order that a command did not find open: the venue knows only open orders, and
 * the history knows the others.
 */
import type { Order } from "@pandora-exchange/contract/generated/sdk"
import * as WireId from "@pandora-exchange/contract/WireId"
import type { Principal } from "@pandora-exchange/contract"
import { Refused } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import type { HistoryService } from "./History.ts"
import { ApiFailure, type Failure } from "./http/Failure.ts"

type Perform = (principal: Principal, request: object) => Effect.Effect<unknown, Failure>

/** A command about one order. */
interface OfOrder {
  readonly account: number
  readonly order?: number
  readonly clientOrderId?: string
  readonly market?: string
}

/**
 * Performs a command about one order. If the venue does not find it open, the refusal says whether
 * it has ended, and how, or was never placed, unless the history cannot tell in time.
 */
export const tellingEnds =
  (perform: Perform, history: HistoryService): Perform =>
  (principal, request) =>
    Effect.catchIf(perform(principal, request), isUnknownOrder, (refused) =>
      found(history, request as OfOrder, refused.sequence).pipe(
        Effect.orElseSucceed((): Told => ({})),
        Effect.flatMap((told) =>
          Effect.fail(
            told.detail === undefined
              ? refused
              : new ApiFailure({
                  code: "UnknownOrder",
                  parameter: "order",
                  sequence: refused.sequence,
                  ...told
                })
          )
        )
      )
    )

interface UnknownOrder extends Refused {
  readonly sequence: number
}

const isUnknownOrder = (failure: Failure): failure is UnknownOrder =>
  failure instanceof Refused && failure.code === "UnknownOrder" && failure.sequence !== undefined

interface Told {
  /** Absent if nothing is known. */
  readonly detail?: string
  readonly orderStatus?: Order["status"]
}

/**
 * An ended order is found at once; for anything else the history must first include the refusal.
 */
const found = (
  history: HistoryService,
  { account, clientOrderId, market, order }: OfOrder,
  sequence: number
) => {
  const read = history.order({ account, order: order ?? { clientOrderId: clientOrderId! } })
  const later = Effect.andThen(history.awaitPosition("trading", sequence), read)
  return read.pipe(
    Effect.flatMap((order) =>
      order?.endReason === undefined ? later : Effect.succeed<Order | undefined>(order)
    ),
    Effect.map((order) => toldOf(order, market))
  )
}

const toldOf = (order: Order | undefined, market: string | undefined): Told => {
  if (order === undefined) return { detail: noSuchOrder }
  const { endReason, status } = order
  const id = WireId.order.write(order.order)
  if (endReason !== undefined)
    return { detail: `order: ${id} has ended (${endReason}).`, orderStatus: status }
  return market === undefined || market === order.market
    ? {}
    : { detail: `order: ${id} is in the market ${order.market}, not in ${market}.` }
}

/** For an order the account never had. */
export const noSuchOrder = "order: The account has no such order."
