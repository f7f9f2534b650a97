/** What is true of a venue after every command. Throws at the first that is not. */
import type { Account } from "@pandora-exchange/core"
import { type Bookkeeping, check } from "./Bookkeeping.ts"
import type { Readers } from "./Readers.ts"

export const invariants = (venue: Readers, bookkeeping?: Bookkeeping): void => {
  conserved(venue)
  heldIsNeeded(venue)
  neverCrossed(venue)
  if (bookkeeping !== undefined) asTheEventsTell(venue, bookkeeping)
}

const unitsMax = 2n ** 63n - 1n

const conserved = (venue: Readers): void => {
  const kinds = new Map<number, Account.AccountKind>(venue.accounts().map(({ accountId, kind }) => [accountId, kind]))
  const sums = new Map<number, bigint>()
  const positive = new Map<number, bigint>()
  for (const { accountId, assetId, available, held } of venue.balances()) {
    sums.set(assetId, (sums.get(assetId) ?? 0n) + available + held)
    const kind = kinds.get(accountId)
    if (kind === "user" || kind === "house") {
      check(available >= 0n, `account ${accountId} has not less than nothing of asset ${assetId} available`)
      check(held >= 0n, `account ${accountId} has not less than nothing of asset ${assetId} held`)
      positive.set(assetId, (positive.get(assetId) ?? 0n) + available + held)
    } else {
      check(available <= 0n, `${kind} has not more than nothing of asset ${assetId}`)
      check(held === 0n, `${kind} holds nothing of asset ${assetId}`)
    }
  }
  for (const [assetId, sum] of sums) check(sum === 0n, `all balances of asset ${assetId} add up to zero`)
  for (const [assetId, sum] of positive) check(sum <= unitsMax, `what came in of asset ${assetId} is at most 2^63 - 1`)
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
    const lots = BigInt(order.lots - order.filledLots)
    check(lots > 0n, `something is left of open order ${order.orderId}`)
    if (order.side === "buy") need(order.accountId, quoteAssetId, BigInt(order.priceTicks) * lots * quotePerTickLot)
    else need(order.accountId, baseAssetId, lots * lotUnits)
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
    const orders = venue.openOrders().filter((order) => order.marketId === marketId)
    const bids = orders.filter((order) => order.side === "buy").map((order) => order.priceTicks)
    const asks = orders.filter((order) => order.side === "sell").map((order) => order.priceTicks)
    check(
      bids.every((bid) => asks.every((ask) => bid < ask)),
      `the book of market ${marketId} is not crossed`
    )
  }
}

/** The venue says of itself what its events say. */
const asTheEventsTell = (venue: Readers, bookkeeping: Bookkeeping): void => {
  let balances = 0
  for (const { accountId, assetId, available, held } of venue.balances()) {
    const told = bookkeeping.balances.get(`${accountId}/${assetId}`)
    check(told?.available === available && told.held === held, `events tell the balance of ${accountId} in ${assetId}`)
    balances++
  }
  const told = [...bookkeeping.balances.values()].filter(({ available, held }) => available !== 0n || held !== 0n)
  check(told.length === balances, "events tell of no other balance")

  const open = venue.openOrders()
  check(open.length === bookkeeping.open.size, "events tell of as many open orders")
  for (const order of open) {
    const tracked = bookkeeping.open.get(order.orderId)
    check(tracked !== undefined, `events tell of open order ${order.orderId}`)
    check(tracked.accepted.accountId === order.accountId, `events tell whose order ${order.orderId} is`)
    check(
      tracked.lots === order.lots && tracked.filledLots === order.filledLots,
      `events tell order ${order.orderId}'s lots`
    )
    check(tracked.priceTicks === order.priceTicks, `events tell order ${order.orderId}'s price`)
  }
  check(venue.holds().length === bookkeeping.holds.size, "events tell of as many holds")
}

/** Of every order that was accepted: filled + open + ended lots are the ordered ones, and it is open or ended. For the end of a run. */
export const everyOrderAddsUp = (bookkeeping: Bookkeeping): void => {
  let bought = 0n
  let sold = 0n
  for (const [orderId, order] of bookkeeping.orders) {
    const isOpen = bookkeeping.open.has(orderId)
    check(isOpen !== (order.ended !== undefined), `order ${orderId} is open or ended`)
    const openLots = isOpen ? order.lots - order.filledLots : 0
    check(order.filledLots + openLots + order.endedLots === order.lots, `order ${orderId} adds up`)
    check(isOpen || order.held === 0n, `nothing is held for ended order ${orderId}`)
    if (order.accepted.side === "buy") bought += BigInt(order.filledLots)
    else sold += BigInt(order.filledLots)
  }
  check(bought === sold, "buyer fills equal seller fills")
}
