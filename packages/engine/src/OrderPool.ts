/**
 * Records of open orders. A slot (from 1; 0 means none) names a record while its order is open and is used again afterwards.
 *
 * What a match touches lies in one 32-byte record; the rest in a second one of 48 bytes. What only some orders have (a trigger, hidden
 * lots, a list) is an object apart.
 */
import { GrowingMemory } from "./GrowingMemory.ts"
import { inBook, type OrderExtra } from "./OrderExtra.ts"

/** Places in a record of `hotNumbers` (4 fields to an order) and of `hotInts` (8). */
export const remainingAt = 1
export const nextAt = 4
export const previousAt = 5
export const levelAt = 6
export const termsAt = 7

export const buy = 0
export const sell = 1

const postOnlyShift = 1
const gtdBit = 8
const selfTradeShift = 4
export const specialBit = 128
const marketShift = 8

export class OrderPool {
  /**
   * Per order: id, remaining lots (f64), then next, previous in the queue, level, market and flags (i32). The book reads them here.
   */
  private readonly hot = new GrowingMemory()
  hotNumbers = new Float64Array(this.hot.buffer)
  hotInts = new Int32Array(this.hot.buffer)
  /** Per order: ordered lots, deadline (f64), then price, account, maker rate, taker rate, fee remainder, deadline's place, next and previous of the account (i32). */
  private readonly cold = new GrowingMemory()
  private coldNumbers = new Float64Array(this.cold.buffer)
  private coldInts = new Int32Array(this.cold.buffer)
  private readonly extras = new Map<number, OrderExtra>()
  private freeSlot = 0
  private usedSlots = 1
  /** Open orders. */
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
    if ((slot + 1) * 6 > this.coldNumbers.length) this.growCold()
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

  /** What can be matched in its turn: all that is left but hidden lots. */
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
    return this.coldInts[slot * 12 + 5]!
  }
  setAccount(slot: number, value: number): void {
    this.coldInts[slot * 12 + 5] = value
  }

  lots(slot: number): number {
    return this.coldNumbers[slot * 6]!
  }
  setLots(slot: number, value: number): void {
    this.coldNumbers[slot * 6] = value
  }

  deadline(slot: number): number {
    return this.coldNumbers[slot * 6 + 1]!
  }
  setDeadline(slot: number, value: number): void {
    this.coldNumbers[slot * 6 + 1] = value
  }

  price(slot: number): number {
    return this.coldInts[slot * 12 + 4]!
  }
  setPrice(slot: number, value: number): void {
    this.coldInts[slot * 12 + 4] = value
  }

  setTerms(slot: number, market: number, side: number, postOnly: number, gtd: boolean, selfTrade: number): void {
    this.hotInts[(slot << 3) + termsAt] =
      (market << marketShift) | (selfTrade << selfTradeShift) | (gtd ? gtdBit : 0) | (postOnly << postOnlyShift) | side
  }
  private terms(slot: number): number {
    return this.hotInts[(slot << 3) + termsAt]!
  }
  side(slot: number): number {
    return this.terms(slot) & 1
  }
  /** Its position in `postOnlyModes`. */
  postOnly(slot: number): number {
    return (this.terms(slot) >>> postOnlyShift) & 3
  }
  gtd(slot: number): boolean {
    return (this.terms(slot) & gtdBit) !== 0
  }
  /** Its position in `selfTradePreventions`. */
  selfTrade(slot: number): number {
    return (this.terms(slot) >>> selfTradeShift) & 7
  }
  market(slot: number): number {
    return this.terms(slot) >>> marketShift
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
  /** Whether it is outside the book. */
  waits(slot: number): boolean {
    const extra = this.extra(slot)
    return extra !== undefined && extra.place !== inBook
  }
  hidden(slot: number): number {
    return this.extra(slot)?.hiddenLots ?? 0
  }
  /** Neither filled nor left: taken away by self-trade prevention. */
  prevented(slot: number): number {
    return this.extra(slot)?.preventedLots ?? 0
  }

  makerRate(slot: number): number {
    return this.coldInts[slot * 12 + 6]!
  }
  takerRate(slot: number): number {
    return this.coldInts[slot * 12 + 7]!
  }
  setRates(slot: number, makerRate: number, takerRate: number): void {
    this.coldInts[slot * 12 + 6] = makerRate
    this.coldInts[slot * 12 + 7] = takerRate
  }

  /** Fee paid beyond the exact fee so far, in 1/100,000 of a ledger unit: below one unit. */
  feeRemainder(slot: number): number {
    return this.coldInts[slot * 12 + 8]!
  }
  setFeeRemainder(slot: number, value: number): void {
    this.coldInts[slot * 12 + 8] = value
  }

  /** Where a GTD order stands in `Deadlines`. */
  deadlineIndex(slot: number): number {
    return this.coldInts[slot * 12 + 9]!
  }
  setDeadlineIndex(slot: number, value: number): void {
    this.coldInts[slot * 12 + 9] = value
  }

  nextOfAccount(slot: number): number {
    return this.coldInts[slot * 12 + 10]!
  }
  setNextOfAccount(slot: number, value: number): void {
    this.coldInts[slot * 12 + 10] = value
  }

  previousOfAccount(slot: number): number {
    return this.coldInts[slot * 12 + 11]!
  }
  setPreviousOfAccount(slot: number, value: number): void {
    this.coldInts[slot * 12 + 11] = value
  }
}
