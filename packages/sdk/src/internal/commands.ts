/**
 * Each command of the exchange: from a request to the venue's command, and from the venue's events
 * to the answer.
 */
import { Refused } from "@pandora-exchange/contract/failure"
import * as Contract from "@pandora-exchange/contract"
import type { Check } from "@pandora-exchange/contract"
import * as Accounts from "@pandora-exchange/contract/operations/accounts"
import * as Markets from "@pandora-exchange/contract/operations/markets"
import * as Orders from "@pandora-exchange/contract/operations/orders"
import { Asset, type Command, Decimal, Ids, Market } from "@pandora-exchange/core"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"
import { amount, lots, rate, rateText, refuse, ticks } from "./fields.ts"
import { rulesCommand } from "./marketRules.ts"
import {
  amendCommand,
  listCommand,
  namedOrder,
  placeCommand,
  replaceCommand
} from "./orderRequests.ts"
import {
  amendedOrder,
  cancelledOrder,
  cancelledOrders,
  type Events,
  only,
  placedList,
  placedOrder,
  replacedOrder
} from "./orderAnswers.ts"

/** One entry of the table below: how a request becomes a command, and events an answer. */
export interface Operation<Request, Answer> {
  readonly declared: Contract.Operation
  /** Whether it lists something that later requests name. */
  readonly lists: boolean
  /** Finds the first fault of a request that `command` does not check itself. */
  readonly check: Check
  /**
   * Throws `InvalidInput` for invalid amounts and symbols. `credential`: the number of the caller's
   * API key, 0 for none.
   */
  readonly command: (request: Request, directory: Directory, credential: number) => Command.Command
  readonly answer: (events: Events, sequence: number, directory: Directory) => Answer
  /** What the venue has to confirm before the request's amounts can be interpreted. */
  readonly hold?: (
    request: Request
  ) => { readonly hold: number; readonly asset: string } | undefined
}

/** The commands that are a single command of the venue. */
export type SingleCommand = Exclude<keyof Requests.Commands, "batch">

export type Operations = {
  readonly [K in SingleCommand]: Operation<
    Parameters<Requests.Commands[K]>[0],
    ReturnType<Requests.Commands[K]>
  >
}

const operation = <Request, Answer>(
  declared: Contract.Operation,
  command: Operation<Request, Answer>["command"],
  answer: Operation<Request, Answer>["answer"],
  lists = false
): Operation<Request, Answer> => ({
  declared,
  check: Contract.checkOf(declared),
  command,
  answer,
  lists
})

/** Throws `Refused` if the events contain a refusal. */
export const throwRefusal = (events: Events, sequence: number): void => {
  const first = events[0]
  if (first?._tag === "Rejected") throw new Refused(first.reason, { sequence })
}

const done = (_: Events, sequence: number): Requests.Done => ({ sequence })

const moved = (request: Requests.Amount, directory: Directory) => {
  const asset = directory.asset("asset", request.asset)
  return {
    accountId: Ids.AccountId(request.account),
    assetId: asset.assetId,
    amount: amount("amount", request.amount, asset)
  }
}

const referenced = (request: Requests.ReferencedAmount, directory: Directory) => ({
  ...moved(request, directory),
  reference: request.reference ?? ""
})

export const operations: Operations = {
  listAsset: operation(
    Markets.listAsset,
    ({ scale = Asset.scaleDefault, symbol }) => ({
      _tag: "ListAsset",
      scale,
      symbol: symbol
    }),
    (events) => {
      const { scale, symbol } = only(events, "AssetListed")
      return { symbol, scale }
    },
    true
  ),
  listMarket: operation(
    Markets.listMarket,
    (request, directory) => ({ _tag: "ListMarket", ...marketTerms(request, directory) }),
    (events, _, directory) =>
      marketInfo({ ...only(events, "MarketListed"), status: "open" }, directory),
    true
  ),
  setMarketStatus: operation(
    Markets.setMarketStatus,
    ({ market, status }, directory) => ({
      _tag: "SetMarketStatus",
      marketId: directory.market("market", market).marketId,
      status
    }),
    done
  ),
  setMarketFees: operation(
    Markets.setMarketFees,
    ({ makerFee, market, takerFee, tier = 0 }, directory) => ({
      _tag: "SetMarketFees",
      marketId: directory.market("market", market).marketId,
      tier: feeTier("tier", tier),
      makerRate: rate("makerFee", makerFee),
      takerRate: rate("takerFee", takerFee)
    }),
    done
  ),
  setMarketRules: operation(Markets.setMarketRules, rulesCommand, done),
  setAccountTerms: operation(
    Accounts.setAccountTerms,
    ({ account, feeTier: tier = 0, tradeGroup = 0 }) => ({
      _tag: "SetAccountTerms",
      accountId: Ids.AccountId(account),
      feeTier: feeTier("feeTier", tier),
      tradeGroup
    }),
    done
  ),
  setPrice: operation(
    Markets.setPrice,
    (request, directory) => {
      const market = directory.market("market", request.market)
      return {
        _tag: "SetPrice",
        marketId: market.marketId,
        source: request.priceSource,
        priceTicks: ticks("price", request.price, market)
      }
    },
    done
  ),
  openAccount: operation(
    Accounts.openAccount,
    ({ kind = "user", reference = "" }) => ({
      _tag: "OpenAccount",
      kind,
      reference: reference
    }),
    (events) => {
      const { accountId, kind, opened, reference } = only(events, "AccountOpened")
      return {
        account: accountId,
        kind,
        opened,
        reference: reference === "" ? undefined : reference
      }
    }
  ),
  credit: operation(
    Accounts.credit,
    (request, directory) => ({ _tag: "Credit", ...referenced(request, directory) }),
    done
  ),
  reverse: operation(
    Accounts.reverse,
    (request, directory) => ({ _tag: "Reverse", ...referenced(request, directory) }),
    (events, sequence, directory) => {
      const { assetId, fromAvailable, toReceivable } = only(events, "Reversed")
      const { scale } = directory.assetOf(assetId)
      return {
        sequence,
        fromAvailable: Decimal.format(fromAvailable, scale),
        toReceivable: Decimal.format(toReceivable, scale)
      }
    }
  ),
  transfer: operation(
    Accounts.transfer,
    (request, directory) => ({
      _tag: "Transfer",
      ...moved(request, directory),
      receiverId: Ids.AccountId(request.to)
    }),
    done
  ),
  hold: operation(
    Accounts.hold,
    (request, directory) => ({ _tag: "Hold", ...referenced(request, directory) }),
    (events, sequence) => ({ sequence, hold: only(events, "Held").holdId })
  ),
  settleHold: {
    ...operation(
      Accounts.settleHold,
      ({ asset, fee, hold }, directory) => ({
        _tag: "SettleHold",
        holdId: Ids.HoldId(hold),
        fee: fee === undefined ? 0n : amount("fee", fee, directory.asset("asset", asset))
      }),
      done
    ),
    hold: ({ asset, hold }) => (asset === undefined ? undefined : { hold, asset })
  },
  releaseHold: operation(
    Accounts.releaseHold,
    ({ hold }) => ({ _tag: "ReleaseHold", holdId: Ids.HoldId(hold) }),
    done
  ),
  place: operation(Orders.place, placeCommand, placedOrder),
  placeList: operation(Orders.placeList, listCommand, placedList),
  cancel: operation(
    Orders.cancel,
    ({ account, clientOrderId, order }) => ({
      _tag: "CancelOrder",
      accountId: Ids.AccountId(account),
      ...namedOrder(order, clientOrderId)
    }),
    (events, sequence, directory) => cancelledOrder(only(events, "OrderEnded"), sequence, directory)
  ),
  cancelList: operation(
    Orders.cancelList,
    ({ account, clientListId, list }) => {
      if ((list === undefined) === (clientListId === undefined))
        return refuse("list", "ListOrClientListId")
      return {
        _tag: "CancelOrderList",
        accountId: Ids.AccountId(account),
        listId: list === undefined ? Ids.ListId(0) : Ids.ListId(list),
        clientListId: clientListId === undefined ? "" : clientListId
      }
    },
    cancelledOrders
  ),
  cancelAll: operation(
    Orders.cancelAll,
    ({ account, market, side }, directory) => ({
      _tag: "CancelAll",
      accountId: Ids.AccountId(account),
      marketId:
        market === undefined ? Ids.MarketId(0) : directory.market("market", market).marketId,
      sides: side === undefined ? "both" : side
    }),
    cancelledOrders
  ),
  replace: operation(Orders.replace, replaceCommand, replacedOrder),
  cancelAfter: operation(
    Orders.cancelAfter,
    ({ account, delay }) => ({
      _tag: "CancelAfter",
      accountId: Ids.AccountId(account),
      delayMs: delay
    }),
    (events, sequence) => {
      const { deadline } = only(events, "CancelAfterSet")
      return { sequence, deadline: deadline === 0 ? undefined : deadline }
    }
  ),
  amend: operation(Orders.amend, amendCommand, amendedOrder)
}

const feeTier = (field: string, tier: number): number =>
  tier <= Market.feeTierMax ? tier : refuse(field, "FeeTierTooHigh")

const ticksMaxDefault = 100_000_000

export function marketTerms(
  request: Requests.ListMarket,
  directory: Directory
): Market.MarketTerms {
  const base = directory.asset("base", request.base)
  const quote = directory.asset("quote", request.quote)
  const tickUnits = Decimal.parse(request.tickSize, Market.tickScaleMax)
  if (typeof tickUnits === "string") return refuse("tickSize", tickUnits)
  const { mantissa, scale } = shortest(tickUnits, Market.tickScaleMax)
  if (mantissa > BigInt(Number.MAX_SAFE_INTEGER)) return refuse("tickSize", "DecimalTooLarge")
  const market = {
    symbol: request.symbol,
    baseAssetId: base.assetId,
    quoteAssetId: quote.assetId,
    tickMantissa: Number(mantissa),
    tickScale: scale,
    lotUnits: amount("lotSize", request.lotSize, base),
    lotsMin: 1,
    lotsMax: Market.lotsMax,
    ticksMax: ticksMaxDefault,
    notionalMin: 0n,
    notionalMax: Decimal.unitsMax,
    makerRate: request.makerFee === undefined ? 0 : rate("makerFee", request.makerFee),
    takerRate: request.takerFee === undefined ? 0 : rate("takerFee", request.takerFee)
  }
  // Zero sizes cannot be counted in ticks and lots; the exchange refuses them.
  if (market.tickMantissa === 0 || market.lotUnits === 0n) return market
  const { lotsMin, maxPrice, maxQuantity, minNotional, maxNotional } = {
    ...request,
    lotsMin: request.minQuantity
  }
  const ticksMax = maxPrice === undefined ? market.ticksMax : ticks("maxPrice", maxPrice, market)
  return {
    ...market,
    ticksMax,
    lotsMin: lotsMin === undefined ? market.lotsMin : lots("minQuantity", lotsMin, market, base),
    lotsMax:
      maxQuantity === undefined
        ? lotsMaxExact(market, ticksMax, base.scale, quote.scale)
        : lots("maxQuantity", maxQuantity, market, base),
    notionalMin:
      minNotional === undefined ? market.notionalMin : amount("minNotional", minNotional, quote),
    notionalMax:
      maxNotional === undefined ? market.notionalMax : amount("maxNotional", maxNotional, quote)
  }
}

/** `units` at `scale` without trailing zeros. */
const shortest = (
  units: bigint,
  scale: number
): { readonly mantissa: bigint; readonly scale: number } => {
  let mantissa = units
  let shorter = scale
  while (shorter > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n
    shorter--
  }
  return { mantissa, scale: shorter }
}

/** The largest number of lots whose notional at the highest price is still exact. */
const lotsMaxExact = (
  market: Market.MarketTerms,
  ticksMax: number,
  baseScale: number,
  quoteScale: number
): number => {
  const perTickLot = Market.quotePerTickLot(market, baseScale, quoteScale)
  if (perTickLot === undefined || ticksMax === 0) return Market.lotsMax
  const most = Decimal.unitsMax / (perTickLot * BigInt(ticksMax))
  return most > BigInt(Market.lotsMax) ? Market.lotsMax : Number(most)
}

/** The most that one order may move, regardless of the market's own limits. */
const orderAmountMax = BigInt(Number.MAX_SAFE_INTEGER)

export const marketInfo = (market: Market.Market, directory: Directory): Requests.MarketInfo => {
  const { base, quote } = directory.termsOf(market.marketId)
  const quantity = (count: number) => Market.quantityText(market, base.scale, count)
  return {
    symbol: market.symbol,
    base: base.symbol,
    quote: quote.symbol,
    tickSize: Market.priceText(market, 1),
    lotSize: quantity(1),
    minQuantity: quantity(market.lotsMin),
    maxQuantity: quantity(Math.min(market.lotsMax, Number(orderAmountMax / market.lotUnits))),
    maxPrice: Market.priceText(market, market.ticksMax),
    minNotional: Decimal.format(market.notionalMin, quote.scale),
    maxNotional: Decimal.format(
      market.notionalMax < orderAmountMax ? market.notionalMax : orderAmountMax,
      quote.scale
    ),
    makerFee: rateText(market.makerRate),
    takerFee: rateText(market.takerRate),
    status: market.status
  }
}
