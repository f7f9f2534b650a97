/**
 * Records of open orders. A slot (from 1; 0 means none) identifies a record while its order is open
 * and is reused afterwards.
 *
 * Everything a match touches is in one 32-byte record; the rest is in a second one, whose columns
 * `OrderRecord.ts` lists. Attributes only some orders have (a trigger, hidden lots, a list) are in
 * a separate object.
 */
import { Order } from "@pandora-exchange/core"
import { Deadlines } from "./Deadlines.ts"
import { GrowingMemory } from "./GrowingMemory.ts"
import { carries, sumBelowLimb } from "./limb.ts"
import { inBook, OrderExtra } from "./OrderExtra.ts"
import { bitsOf, intAt, intsEach, numberAt, numbersEach, type OrderRecord } from "./OrderRecord.ts"

/** Offsets in a record of `hotNumbers` (4 fields per order) and of `hotInts` (8). */
export const remainingAt = 1
export const nextAt = 4
export const previousAt = 5
export const levelAt = 6
export const termsAt = 7

export const buy = 0
export const sell = 1

export const specialBit = 128
const marketShift = 8
const marketMask = 0xffff
const { mask: sideMask, shift: sideShift } = bitsOf("side")
const { mask: timeInForceMask, shift: timeInForceShift } = bitsOf("timeInForce")
const gtd = Order.timesInForce.indexOf("GTD")

const lotsAt = numberAt("lots")
const filledQuoteAt = numberAt("filledQuote")
const feeColumn = numberAt("fee")
const priceAt = intAt("priceTicks")
const makerRateAt = intAt("makerRate")
const takerRateAt = intAt("takerRate")
const accountAt = intAt("account")
const feeRemainderAt = intAt("feeRemainder")
const deadlineIndexAt = intAt("deadlineIndex")
const nextOfAccountAt = intAt("nextOfAccount")
const previousOfAccountAt = intAt("previousOfAccount")

export class OrderPool {
  /**
   * Per order: id, remaining lots (f64), then next, previous in the queue, level, market and flags
   * (i32). The book reads them here.
   */
  private readonly hot = new GrowingMemory()
  hotNumbers = new Float64Array(this.hot.buffer)
  hotInts = new Int32Array(this.hot.buffer)
  private readonly cold = new GrowingMemory()
  coldNumbers = new Float64Array(this.cold.buffer)
  coldInts = new Int32Array(this.cold.buffer)
  private readonly extras = new Map<number, OrderExtra>()
  /** For GTD orders. */
  readonly deadlines = new Deadlines(this)
  private freeSlot = 0
  private usedSlots = 1
  /** The number of open orders. */
  count = 0

  allocate(): number {
    this.count++
    const free = this.freeSlot
    if (free !== 0) {
      this.freeSlot = this.next(free)
      return free
    }
    const slot = this.usedSlots++
    if (slot << 2 >= this.hotNumbers.length) this.growHot()
    if ((slot + 1) * numbersEach > this.coldNumbers.length) this.growCold()
    return slot
  }

  private growHot(): void {
    this.hot.grow()
    this.hotNumbers = new Float64Array(this.hot.buffer)
    this.hotInts = new Int32Array(this.hot.buffer)
  }

  private growCold(): void {
    this.cold.grow()
    this.coldNumbers = new Float64Array(this.cold.buffer)
    this.coldInts = new Int32Array(this.cold.buffer)
  }

  free(slot: number): void {
    this.count--
    if (this.special(slot)) this.extras.delete(slot)
    if (this.gtd(slot)) this.deadlines.remove(slot)
    this.setId(slot, 0)
    this.setNext(slot, this.freeSlot)
    this.freeSlot = slot
  }

  id(slot: number): number {
    return this.hotNumbers[slot << 2]!
  }
  setId(slot: number, value: number): void {
    this.hotNumbers[slot << 2] = value
  }

  /** What can be matched in its turn: everything left except hidden lots. */
  remaining(slot: number): number {
    return this.hotNumbers[(slot << 2) + remainingAt]!
  }
  setRemaining(slot: number, value: number): void {
    this.hotNumbers[(slot << 2) + remainingAt] = value
  }

  next(slot: number): number {
    return this.hotInts[(slot << 3) + nextAt]!
  }
  setNext(slot: number, value: number): void {
    this.hotInts[(slot << 3) + nextAt] = value
  }

  previous(slot: number): number {
    return this.hotInts[(slot << 3) + previousAt]!
  }
  setPrevious(slot: number, value: number): void {
    this.hotInts[(slot << 3) + previousAt] = value
  }

  account(slot: number): number {
    return this.coldInts[slot * intsEach + accountAt]!
  }
  setAccount(slot: number, value: number): void {
    this.coldInts[slot * intsEach + accountAt] = value
  }

  lots(slot: number): number {
    return this.coldNumbers[slot * numbersEach + lotsAt]!
  }
  setLots(slot: number, value: number): void {
    this.coldNumbers[slot * numbersEach + lotsAt] = value
  }

  /** 0 for none. */
  deadline(slot: number): number {
    return this.gtd(slot) ? this.deadlines.timeOf(slot) : 0
  }

  price(slot: number): number {
    return this.coldInts[slot * intsEach + priceAt]!
  }
  setPrice(slot: number, value: number): void {
    this.coldInts[slot * intsEach + priceAt] = value
  }

  /** Its market, and the bits `OrderRecord.ts` lists; it has no extra yet. */
  setTerms(slot: number, market: number, bits: number): void {
    this.hotInts[(slot << 3) + termsAt] = (market << marketShift) | bits
  }
  terms(slot: number): number {
    return this.hotInts[(slot << 3) + termsAt]!
  }
  side(slot: number): number {
    return (this.terms(slot) >>> sideShift) & sideMask
  }
  gtd(slot: number): boolean {
    return ((this.terms(slot) >>> timeInForceShift) & timeInForceMask) === gtd
  }
  market(slot: number): number {
    return (this.terms(slot) >>> marketShift) & marketMask
  }

  /** Whether it has an extra. */
  special(slot: number): boolean {
    return (this.terms(slot) & specialBit) !== 0
  }
  extra(slot: number): OrderExtra | undefined {
    return this.special(slot) ? this.extras.get(slot) : undefined
  }
  setExtra(slot: number, extra: OrderExtra): void {
    this.hotInts[(slot << 3) + termsAt]! |= specialBit
    this.extras.set(slot, extra)
  }
  /** Its extra, created if it has none. */
  ownExtra(slot: number): OrderExtra {
    const found = this.extra(slot)
    if (found !== undefined) return found
    const extra = new OrderExtra()
    this.setExtra(slot, extra)
    return extra
  }
  /** Whether it is outside the book. */
  waits(slot: number): boolean {
    const extra = this.extra(slot)
    return extra !== undefined && extra.place !== inBook
  }
  hidden(slot: number): number {
    return this.extra(slot)?.hiddenLots ?? 0
  }
  /** Neither filled nor left: removed by self-trade prevention. */
  prevented(slot: number): number {
    return this.extra(slot)?.preventedLots ?? 0
  }

  makerRate(slot: number): number {
    return this.coldInts[slot * intsEach + makerRateAt]!
  }
  takerRate(slot: number): number {
    return this.coldInts[slot * intsEach + takerRateAt]!
  }

  /** Fee paid beyond the exact fee so far, in 1/100,000 of a ledger unit: below one unit. */
  feeRemainder(slot: number): number {
    return this.coldInts[slot * intsEach + feeRemainderAt]!
  }
  setFeeRemainder(slot: number, value: number): void {
    this.coldInts[slot * intsEach + feeRemainderAt] = value
  }

  /** Adds one more fill to the totals of its fills. */
  countFill(slot: number, quoteUnits: number, fee: number): void {
    const numbers = this.coldNumbers
    const quoteAt = slot * numbersEach + filledQuoteAt
    const feeAt = slot * numbersEach + feeColumn
    const quoteBefore = numbers[quoteAt]!
    const feeBefore = numbers[feeAt]!
    numbers[quoteAt] = sumBelowLimb(quoteBefore, quoteUnits)
    numbers[feeAt] = sumBelowLimb(feeBefore, fee)
    if (carries(quoteBefore, quoteUnits)) this.carryQuote(slot)
    if (carries(feeBefore, fee)) this.carryFee(slot)
  }
  private carryQuote(slot: number): void {
    this.ownExtra(slot).filledQuoteHigh++
  }
  private carryFee(slot: number): void {
    this.ownExtra(slot).feeHigh++
  }
  /** Keeps the fill totals of an order that was a taker. */
  setPaid(slot: number, order: OrderRecord): void {
    const at = slot * numbersEach
    this.coldNumbers[at + filledQuoteAt] = order.filledQuote
    this.coldNumbers[at + feeColumn] = order.fee
    if (order.filledQuoteHigh + order.feeHigh === 0) return
    const extra = this.ownExtra(slot)
    extra.filledQuoteHigh = order.filledQuoteHigh
    extra.feeHigh = order.feeHigh
  }

  /** The position of a GTD order in `Deadlines`. */
  deadlineIndex(slot: number): number {
    return this.coldInts[slot * intsEach + deadlineIndexAt]!
  }
  setDeadlineIndex(slot: number, value: number): void {
    this.coldInts[slot * intsEach + deadlineIndexAt] = value
  }

  nextOfAccount(slot: number): number {
    return this.coldInts[slot * intsEach + nextOfAccountAt]!
  }
  setNextOfAccount(slot: number, value: number): void {
    this.coldInts[slot * intsEach + nextOfAccountAt] = value
  }

  previousOfAccount(slot: number): number {
    return this.coldInts[slot * intsEach + previousOfAccountAt]!
  }
  setPreviousOfAccount(slot: number, value: number): void {
    this.coldInts[slot * intsEach + previousOfAccountAt] = value
  }
}
