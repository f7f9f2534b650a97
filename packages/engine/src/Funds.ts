/**
 * The only way to change money. Every change of a balance is a call of this class, and each call
 * either keeps the sum over all accounts unchanged and every balance on its side of zero, or throws
 * `InvariantBroken`.
 *
 * Orders move plain numbers below 2^53. Commands that do not trade move bigints below 2^63.
 */
import { Account, Decimal } from "@pandora-exchange/core"
import { Balances } from "./Balances.ts"
import { invariant } from "./invariant.ts"
import type { Trade } from "./Trade.ts"

const house: number = Account.houseAccountId
const external: number = Account.externalAccountId
const receivable: number = Account.receivableAccountId
const amountMax = Number.MAX_SAFE_INTEGER
const { unitsMax } = Decimal

/**
 * Kinds of accounts that owe: their balances are never above zero. Those of all others are never
 * below it.
 */
const owes: { readonly [Kind in Account.AccountKind]: boolean } = {
  user: false,
  house: false,
  external: true,
  receivable: true,
  loan: true
}

interface Accounts {
  readonly kind: (account: number) => Account.AccountKind
}

export class Funds {
  private readonly accounts: Accounts
  private readonly balances = new Balances()

  /** Accounts are identified by their index in the state. */
  constructor(accounts: Accounts) {
    this.accounts = accounts
  }

  available(account: number, assetId: number): bigint {
    return this.balances.available(account, assetId)
  }

  held(account: number, assetId: number): bigint {
    return this.balances.held(account, assetId)
  }

  /** What has come in from outside and is still here. */
  cameIn(assetId: number): bigint {
    return -(this.available(external, assetId) + this.available(receivable, assetId))
  }

  // ---- Orders

  /**
   * Whether `amount` more can be held for an order of the account. An amount of 0 or less always
   * can.
   */
  canReserve(account: number, assetId: number, amount: number): boolean {
    return this.balances.covers(account, assetId, amount)
  }

  /** Moves `amount` from available to held. */
  reserve(account: number, assetId: number, amount: number): void {
    invariant(amount >= 0 && amount <= amountMax, "an order reserves an amount below 2^53")
    this.balances.hold(account, assetId, amount)
  }

  /** Moves `amount` from held to available. */
  release(account: number, assetId: number, amount: number): void {
    invariant(amount >= 0 && amount <= amountMax, "an order releases an amount below 2^53")
    this.balances.release(account, assetId, amount)
  }

  /** Holds `needed` instead of `held`. */
  adjust(account: number, assetId: number, held: number, needed: number): void {
    if (needed > held) this.reserve(account, assetId, needed - held)
    else this.release(account, assetId, held - needed)
  }

  /** Pays both sides from what is held for them, and the fees to the house. */
  settle(trade: Trade): void {
    const { balances } = this
    const { base, baseUnits, buyer, buyerFee, buyerHeld, quote, quoteUnits, seller, sellerFee } =
      trade
    const refund = buyerHeld - quoteUnits
    const received = baseUnits - buyerFee
    const proceeds = quoteUnits - sellerFee
    invariant(buyerHeld <= amountMax && baseUnits <= amountMax, "a trade moves amounts below 2^53")
    invariant(refund >= 0, "a trade costs the buyer at most what is held for it")
    invariant(buyerFee >= 0 && received >= 0, "the buyer's fee is part of what it receives")
    invariant(sellerFee >= 0 && proceeds >= 0, "the seller's fee is part of what it receives")
    // Each of these is the actual change of a balance.
    let quoteChange = balances.spendHeld(buyer, quote, buyerHeld)
    if (refund !== 0) quoteChange += balances.addAvailable(buyer, quote, refund)
    quoteChange += balances.addAvailable(seller, quote, proceeds)
    if (sellerFee !== 0) quoteChange += balances.addAvailable(house, quote, sellerFee)
    let baseChange = balances.spendHeld(seller, base, baseUnits)
    baseChange += balances.addAvailable(buyer, base, received)
    if (buyerFee !== 0) baseChange += balances.addAvailable(house, base, buyerFee)
    invariant(quoteChange === 0, "a trade gives as much quote as it takes")
    invariant(baseChange === 0, "a trade gives as much base as it takes")
  }

  // ---- Commands that trade nothing

  /** Whether the account's available balance may shrink by `amount`. */
  canGive(account: number, assetId: number, amount: bigint): boolean {
    return this.allows(account, this.available(account, assetId) - amount)
  }

  /** Whether the account's available balance may grow by `amount`. */
  canTake(account: number, assetId: number, amount: bigint): boolean {
    return this.allows(account, this.available(account, assetId) + amount)
  }

  /** Moves `amount` from one account's available balance to another's. */
  move(from: number, to: number, assetId: number, amount: bigint): void {
    moves(amount)
    conserves(this.addAvailable(from, assetId, -amount) + this.addAvailable(to, assetId, amount))
  }

  /** Moves `amount` from available to held. */
  hold(account: number, assetId: number, amount: bigint): void {
    moves(amount)
    conserves(this.addAvailable(account, assetId, -amount) + this.addHeld(account, assetId, amount))
  }

  /** Moves `amount` from held to the available balance of `to`, the same account or another. */
  unhold(account: number, to: number, assetId: number, amount: bigint): void {
    moves(amount)
    conserves(this.addHeld(account, assetId, -amount) + this.addAvailable(to, assetId, amount))
  }

  /** The actual change of the balance. */
  private addAvailable(account: number, assetId: number, amount: bigint): bigint {
    const before = this.balances.available(account, assetId)
    invariant(
      this.allows(account, before + amount),
      "what is available is on the account's side of zero"
    )
    this.balances.setAvailable(account, assetId, before + amount)
    return this.balances.available(account, assetId) - before
  }

  private addHeld(account: number, assetId: number, amount: bigint): bigint {
    const before = this.balances.held(account, assetId)
    invariant(
      this.allows(account, before + amount),
      "what is held is on the account's side of zero"
    )
    this.balances.setHeld(account, assetId, before + amount)
    return this.balances.held(account, assetId) - before
  }

  private allows(account: number, value: bigint): boolean {
    return owes[this.accounts.kind(account)]
      ? value <= 0n && value >= -unitsMax
      : value >= 0n && value <= unitsMax
  }

  // ---- Snapshots

  /** Sets a balance from a snapshot. */
  load(account: number, assetId: number, available: bigint, held: bigint): void {
    invariant(
      this.allows(account, available) && this.allows(account, held),
      "a balance is on its side of zero"
    )
    this.balances.setAvailable(account, assetId, available)
    this.balances.setHeld(account, assetId, held)
  }
}

const conserves = (change: bigint): void =>
  invariant(change === 0n, "a move gives as much as it takes")

/** A negative amount would move the other way. */
const moves = (amount: bigint): void =>
  invariant(amount >= 0n, "a command moves no negative amount")
