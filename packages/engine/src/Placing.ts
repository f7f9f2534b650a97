/** Placing orders and lists. `docs/concepts/venue-rules.md`, from "Placing an order" on. */
import { type Batch, Command, Layout, Order, type RejectReason } from "@pandora-exchange/core"
import { type Admission, isClientId } from "./Admission.ts"
import { ListDraft, oco } from "./ListDraft.ts"
import { emit, orderAccepted, orderWaiting } from "./emit.ts"
import { feeOfAll } from "./Fees.ts"
import type { Matching } from "./Matching.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import { type OrderExtra, triggerWait, untilWorkingOrder, workingOrderWait } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import { accountIdOf, clientListName, type State } from "./State.ts"
import { Taker } from "./Taker.ts"
import type { Walk } from "./Walk.ts"

type Reason = RejectReason.RejectReason

const placeAt = Command.PlaceOrder.offsets
const listAt = Command.PlaceOrderList.offsets

/**
 * What an order would come to. Amounts in ledger units: `held` and `quoteUnits` as in the events,
 * `fee` in what is received.
 */
export interface Preview {
  readonly lots: number
  readonly held: bigint
  /** By level, best first. */
  readonly fills: ReadonlyArray<{ readonly priceTicks: number; readonly lots: number }>
  readonly quoteUnits: bigint
  readonly fee: bigint
  readonly restingLots: number
}

export class Placing {
  private readonly state: State
  private readonly open: OpenOrders
  private readonly admission: Admission
  private readonly matching: Matching
  private readonly walk: Walk
  private readonly placed = new Taker()

  constructor(
    state: State,
    open: OpenOrders,
    admission: Admission,
    matching: Matching,
    walk: Walk
  ) {
    this.state = state
    this.open = open
    this.admission = admission
    this.matching = matching
    this.walk = walk
  }

  /**
   * Places the order of a command whose account, market and terms are laid out like `PlaceOrder`,
   * or returns the reason against it.
   */
  place(out: Batch.BatchWriter, at: number, clientOrderId: string): Reason | undefined {
    const order = this.placed
    const refusal = this.read(order, out.view, at, clientOrderId) ?? this.admission.admit(order)
    if (refusal !== undefined) return refusal
    this.accept(out, order, order.needed)
    if (order.trigger === 0) this.matching.run(out, order)
    else this.wait(out, this.matching.record(order), order)
    return undefined
  }

  /**
   * What placing the order would come to now, by the checks and the walk of `place`, but over what
   * the book shows. Changes nothing.
   */
  preview(command: Layout.Type<typeof Command.PlaceOrder>): Reason | Preview {
    this.walk.shownOnly = true
    try {
      return this.previewShown(command)
    } finally {
      this.walk.shownOnly = false
    }
  }

  private previewShown(command: Layout.Type<typeof Command.PlaceOrder>): Reason | Preview {
    const order = this.placed
    const view = new DataView(new ArrayBuffer(Layout.recordBytesMax))
    Command.encode(view, 0, command)
    const refusal = this.read(order, view, 0, command.clientOrderId) ?? this.admission.admit(order)
    if (refusal !== undefined) return refusal

    const { lots, market, side } = order
    const held = BigInt(order.needed)
    if (order.trigger !== 0)
      return { lots, held, fills: [], quoteUnits: 0n, fee: 0n, restingLots: 0 }
    const { walk } = this
    const fills: Array<Preview["fills"][number]> = []
    walk.levels = fills
    walk.find(market, side, order, order.limitTicks, lots)
    walk.levels = undefined
    const { lotUnits, quotePerTickLot } = market.terms
    let quoteUnits = 0n
    let baseUnits = 0n
    for (const fill of fills) {
      quoteUnits += BigInt(fill.priceTicks) * BigInt(fill.lots) * quotePerTickLot
      baseUnits += BigInt(fill.lots) * lotUnits
    }
    const { takerRate } = market.ratesOf(this.state.accounts.feeTier(order.account))
    const fee = feeOfAll(side === buy ? baseUnits : quoteUnits, takerRate)
    const rests =
      order.canRest && !walk.expired && !walk.isBeyondRange(market, side, order.limitTicks)
        ? lots - walk.lots - walk.prevented
        : 0
    return { lots, held, fills, quoteUnits, fee, restingLots: rests }
  }

  private read(
    order: Taker,
    view: DataView,
    at: number,
    clientOrderId: string
  ): Reason | undefined {
    const { accounts, markets } = this.state
    order.account = accounts.indexOf(view.getUint32(at + placeAt.accountId, true))
    if (order.account === 0) return "UnknownAccount"
    const market = markets[view.getUint16(at + placeAt.marketId, true)]
    if (market === undefined) return "UnknownMarket"
    order.market = market
    order.read(view, at)
    order.clientOrderId = clientOrderId
    return undefined
  }

  // ---- Acceptance

  private accept(out: Batch.BatchWriter, order: Taker, held: number): void {
    const { state } = this
    const { account, market, side } = order
    const { makerRate, takerRate } = market.ratesOf(state.accounts.feeTier(account))
    if (held !== 0) state.funds.reserve(account, market.heldAsset(side), held)
    order.orderId = ++state.lastOrderId
    order.makerRate = makerRate
    order.takerRate = takerRate
    order.begin(order.lots, held)
    orderAccepted(out, order)
  }

  /** The order's record waits for its trigger. */
  private wait(out: Batch.BatchWriter, slot: number, order: Taker): void {
    const extra = this.addExtra(slot, order)
    extra.held = order.held
    extra.neededWaiting = this.admission.neededWaiting(order)
    orderWaiting(out, this.state.orders, slot, extra, triggerWait)
    this.open.waitForTrigger(order.market, slot, extra)
  }

  private addExtra(slot: number, order: Taker): OrderExtra {
    const { orders } = this.state
    const extra = order.toExtra()
    orders.setExtra(slot, extra)
    orders.setRemaining(slot, order.lots)
    this.open.countWaiting(slot, extra, 1)
    return extra
  }

  // ---- Lists

  placeList(out: Batch.BatchWriter, at: number): Reason | undefined {
    const { state } = this
    const { view } = out
    const account = state.accounts.indexOf(view.getUint32(at + listAt.accountId, true))
    if (account === 0) return "UnknownAccount"
    const market = state.markets[view.getUint16(at + listAt.marketId, true)]
    if (market === undefined) return "UnknownMarket"
    const contingency = view.getUint8(at + listAt.contingency)
    const texts = Command.decode(view, at) as Layout.Type<typeof Command.PlaceOrderList>
    const orders = [new Taker(), new Taker(), new Taker()] as const
    const ids = [texts.firstClientOrderId, texts.secondClientOrderId, texts.thirdClientOrderId]
    for (const [i, sideAt] of [listAt.firstSide, listAt.secondSide, listAt.thirdSide].entries()) {
      orders[i]!.account = account
      orders[i]!.market = market
      orders[i]!.read(view, at + sideAt - placeAt.side)
      orders[i]!.clientOrderId = ids[i]!
    }
    const list = new ListDraft(contingency, orders)
    const refusal = this.admitList(list, texts.clientListId)
    if (refusal !== undefined) return refusal
    this.acceptList(out, list, texts.clientListId)
    return undefined
  }

  /** Prepares the list's orders for acceptance, or returns the first reason against it. */
  private admitList(list: ListDraft, clientListId: string): Reason | undefined {
    const { admission } = this
    const [first] = list.orders
    const { market } = first!
    const byMarket =
      admission.refusedByMarket(first!) ??
      (market.status === "postOnly" ? "MarketPostOnly" : undefined)
    if (byMarket !== undefined) return byMarket
    if (!list.isSound()) return "ListTermsInvalid"
    list.sizeExits()
    if (!isClientId(clientListId)) return "MalformedText"
    for (const order of list.orders) {
      const byTerms = admission.refusedByTerms(order)
      if (byTerms !== undefined) return byTerms
      admission.find(order)
      const byFound = admission.refusedByFound(order)
      if (byFound !== undefined) return byFound
    }
    const refusal = this.listRefusal(list, clientListId)
    if (refusal !== undefined) return refusal
    this.prepareList(list)
    return this.listRefusedByBook(list)
  }

  private listRefusal(list: ListDraft, clientListId: string): Reason | undefined {
    const { admission } = this
    const { orders, waiting } = list
    const [first] = orders
    const { account, market } = first!
    const ids = orders.map((order) => order.clientOrderId).filter((id) => id !== "")
    return (
      list.pricesRefusal() ??
      (list.contingency === oco
        ? firstOf(orders, (order) => admission.wouldTrigger(order))
        : undefined) ??
      firstOf(orders, (order) => admission.duplicate(order)) ??
      (new Set(ids).size < ids.length ||
      this.state.listsByClientId.has(clientListName(account, clientListId))
        ? "DuplicateClientOrderId"
        : undefined) ??
      admission.tooMany(first!, orders.length) ??
      admission.tooManyConditional(
        first!,
        waiting.length,
        waiting.filter((order) => order.trailingUnit !== 0).length
      ) ??
      (market.rules.positionMax === 0n
        ? undefined
        : firstOf(orders, (order) => admission.positionTooLarge(order, order.lots, 0)))
    )
  }

  /**
   * Sets what each order requires: zero for pending ones, and for a stop only the additional
   * amount.
   */
  private prepareList({ contingency, orders: [first, second] }: ListDraft): void {
    this.admission.find(first!)
    this.admission.prepare(first!)
    if (contingency !== oco) return
    second!.needed = Math.max(0, this.admission.neededWaiting(second!) - first!.needed)
  }

  private listRefusedByBook({
    contingency,
    orders: [first, second]
  }: ListDraft): Reason | undefined {
    const { admission } = this
    if (contingency !== oco) return admission.refusedByBook(first!, 0)
    const waits = first!.trigger !== 0
    const byMakers = waits ? undefined : admission.refusedByMakers(first!)
    if (byMakers !== undefined) return byMakers
    if (!admission.canReserve(first!, first!.needed + second!.needed)) return "InsufficientFunds"
    return !waits && admission.levelIsFull(first!, first!.lots, 0) ? "LevelFull" : undefined
  }

  private acceptList(
    out: Batch.BatchWriter,
    { contingency, exits, matched, orders, waiting }: ListDraft,
    clientListId: string
  ): void {
    const { state } = this
    const { account, market } = orders[0]!
    const listId = ++state.lastListId
    const orderIds = orders.map((_, i) => state.lastOrderId + 1 + i)
    this.open.addList({
      listId,
      account,
      marketId: market.marketId,
      contingency,
      clientListId,
      orderIds,
      exits,
      broughtUnits: 0
    })
    emit(out, {
      _tag: "OrderListAccepted",
      listId: listId,
      accountId: accountIdOf(account),
      marketId: market.marketId,
      contingency: Order.contingencies[contingency]!,
      firstOrderId: orderIds[0]!,
      secondOrderId: orderIds[1]!,
      thirdOrderId: orderIds[2] ?? 0,
      clientListId
    })
    for (const order of orders) {
      order.listId = listId
      this.accept(out, order, order.needed)
      order.slot = this.matching.record(order)
    }
    for (const order of waiting) {
      if (contingency === oco) this.wait(out, order.slot, order)
      else {
        const extra = this.addExtra(order.slot, order)
        extra.place = untilWorkingOrder
        extra.wait = workingOrderWait
        orderWaiting(out, state.orders, order.slot, extra, workingOrderWait)
      }
    }
    if (matched === undefined) return
    state.orders.setExtra(matched.slot, matched.toExtra())
    this.matching.run(out, matched)
  }
}

const firstOf = (
  orders: ReadonlyArray<Taker>,
  refusal: (order: Taker) => Reason | undefined
): Reason | undefined => {
  for (const order of orders) {
    const found = refusal(order)
    if (found !== undefined) return found
  }
  return undefined
}
