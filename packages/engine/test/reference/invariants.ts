/** What is true of a venue after every command. Throws at the first violation. */
import type { Account } from "@pandora-exchange/core"
import { type Bookkeeping, remainingOf, type TrackedOrder } from "./Bookkeeping.ts"
import { check } from "./check.ts"
import type { Readers } from "./Readers.ts"

export const invariants = (venue: Readers, bookkeeping?: Bookkeeping): void => {
  conserved(venue)
  heldIsNeeded(venue)
  neverCrossed(venue)
  if (bookkeeping !== undefined) asTheEventsTell(venue, bookkeeping)
}

const unitsMax = 2n ** 63n - 1n

const conserved = (venue: Readers): void => {
  const kinds = new Map<number, Account.AccountKind>(
    venue.accounts().map(({ accountId, kind }) => [accountId, kind])
  )
  const sums = new Map<number, bigint>()
  const positive = new Map<number, bigint>()
  for (const { accountId, assetId, available, held } of venue.balances()) {
    sums.set(assetId, (sums.get(assetId) ?? 0n) + available + held)
    const kind = kinds.get(accountId)
    if (kind === "user" || kind === "house") {
      check(
        available >= 0n,
        `account ${accountId} has not less than nothing of asset ${assetId} available`
      )
      check(held >= 0n, `account ${accountId} has not less than nothing of asset ${assetId} held`)
      positive.set(assetId, (positive.get(assetId) ?? 0n) + available + held)
    } else {
      check(available <= 0n, `${kind} has not more than nothing of asset ${assetId}`)
      check(held === 0n, `${kind} holds nothing of asset ${assetId}`)
    }
  }
  for (const [assetId, sum] of sums)
    check(sum === 0n, `all balances of asset ${assetId} add up to zero`)
  for (const [assetId, sum] of positive)
    check(sum <= unitsMax, `what came in of asset ${assetId} is at most 2^63 - 1`)
}

const heldIsNeeded = (venue: Readers): void => {
  const markets = new Map<number, ReturnType<Readers["markets"]>[number]>(
    venue.markets().map((market) => [market.marketId, market])
  )
  const needed = new Map<string, bigint>()
  const need = (accountId: number, assetId: number, amount: bigint): void => {
    const key = `${accountId}/${assetId}`
    needed.set(key, (needed.get(key) ?? 0n) + amount)
  }
  for (const order of venue.openOrders()) {
    const { baseAssetId, lotUnits, quoteAssetId, quotePerTickLot } = markets.get(order.marketId)!
    const lots = BigInt(order.remainingLots)
    check(lots > 0n, `something is left of open order ${order.orderId}`)
    check(
      order.shownLots <= order.remainingLots,
      `no more is shown of order ${order.orderId} than is left`
    )
    if (order.shownLots > 0) {
      const inBook =
        order.side === "buy" ? BigInt(order.priceTicks) * lots * quotePerTickLot : lots * lotUnits
      check(order.held === inBook, `order ${order.orderId} in the book holds what it can cost`)
    }
    need(order.accountId, order.side === "buy" ? quoteAssetId : baseAssetId, order.held)
  }
  for (const { accountId, amount, assetId } of venue.holds()) need(accountId, assetId, amount)
  for (const { accountId, assetId, held } of venue.balances()) {
    const key = `${accountId}/${assetId}`
    check(
      held === (needed.get(key) ?? 0n),
      `account ${accountId} holds of asset ${assetId} what its orders and holds need`
    )
    needed.delete(key)
  }
  for (const [key, amount] of needed) check(amount === 0n, `something is held for ${key}`)
}

const neverCrossed = (venue: Readers): void => {
  for (const { marketId } of venue.markets()) {
    const inBook = venue
      .openOrders()
      .filter((order) => order.marketId === marketId && order.shownLots > 0)
    const bids = inBook.filter((order) => order.side === "buy").map((order) => order.priceTicks)
    const asks = inBook.filter((order) => order.side === "sell").map((order) => order.priceTicks)
    check(
      bids.every((bid) => asks.every((ask) => bid < ask)),
      `the book of market ${marketId} is not crossed`
    )
  }
}

/** The venue's own state agrees with its events. */
const asTheEventsTell = (venue: Readers, bookkeeping: Bookkeeping): void => {
  let balances = 0
  for (const { accountId, assetId, available, held } of venue.balances()) {
    const told = bookkeeping.balances.get(`${accountId}/${assetId}`)
    check(
      told?.available === available && told.held === held,
      `events tell the balance of ${accountId} in ${assetId}`
    )
    balances++
  }
  const told = [...bookkeeping.balances.values()].filter(
    ({ available, held }) => available !== 0n || held !== 0n
  )
  check(told.length === balances, "events tell of no other balance")

  const open = venue.openOrders()
  check(open.length === bookkeeping.open.size, "events tell of as many open orders")
  const levels = new Map<string, bigint>()
  for (const order of open) {
    const tracked = bookkeeping.open.get(order.orderId)
    check(tracked !== undefined, `events tell of open order ${order.orderId}`)
    check(
      tracked.accepted.accountId === order.accountId,
      `events tell whose order ${order.orderId} is`
    )
    check(
      tracked.lots === order.lots &&
        tracked.filledLots === order.filledLots &&
        remainingOf(tracked) === order.remainingLots,
      `events tell order ${order.orderId}'s lots`
    )
    check(
      tracked.shownLots === order.shownLots,
      `events tell what is shown of order ${order.orderId}`
    )
    check(tracked.priceTicks === order.priceTicks, `events tell order ${order.orderId}'s price`)
    check(tracked.held === order.held, `events tell what order ${order.orderId} holds`)
    pairHoldsOnce(bookkeeping, tracked)
    if (order.shownLots === 0) continue
    const level = `${order.marketId}/${order.side}/${order.priceTicks}`
    levels.set(level, (levels.get(level) ?? 0n) + BigInt(order.shownLots))
  }
  check(levels.size === bookkeeping.depth.levels.size, "events tell of as many price levels")
  for (const [level, lots] of levels) {
    check(bookkeeping.depth.levels.get(level) === lots, `events tell what stands at ${level}`)
  }
  check(venue.holds().length === bookkeeping.holds.size, "events tell of as many holds")
}

/** Two open sells of a pair hold the base of one. */
const pairHoldsOnce = (bookkeeping: Bookkeeping, order: TrackedOrder): void => {
  const sibling = bookkeeping.siblingOf(order)
  if (sibling === undefined || sibling.ended !== undefined) return
  check(order.filledLots === 0 && sibling.filledLots === 0, "none of an open pair has traded")
  if (order.accepted.side === "buy") return
  const { lotUnits } = bookkeeping.markets.get(order.accepted.marketId)!.listed
  check(
    order.held + sibling.held <= BigInt(order.lots) * lotUnits,
    "a pair holds the base of one order"
  )
}

/**
 * For every accepted order: filled + open + ended lots are the ordered ones, and it is open or
 * ended. For the end of a run.
 */
export const everyOrderAddsUp = (bookkeeping: Bookkeeping): void => {
  let bought = 0n
  let sold = 0n
  for (const [orderId, order] of bookkeeping.orders) {
    const isOpen = bookkeeping.open.has(orderId)
    check(isOpen !== (order.ended !== undefined), `order ${orderId} is open or ended`)
    const left = isOpen ? remainingOf(order) : order.endedLots
    check(order.filledLots + order.preventedLots + left === order.lots, `order ${orderId} adds up`)
    check(isOpen || order.held === 0n, `nothing is held for ended order ${orderId}`)
    if (order.accepted.side === "buy") bought += BigInt(order.filledLots)
    else sold += BigInt(order.filledLots)
  }
  check(bought === sold, "buyer fills equal seller fills")
}
