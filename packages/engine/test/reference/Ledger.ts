/** Accounts and their balances, from events alone. */
import { Account, type Event } from "@pandora-exchange/core"
import { check } from "./check.ts"

export interface TrackedAccount {
  readonly kind: Account.AccountKind
  feeTier: number
  /** 0 for none. */
  tradeGroup: number
  /** When its orders are cancelled; 0 without a timer. */
  cancelAt: number
}

interface Balance {
  available: bigint
  held: bigint
}

const trackedAccount = (kind: Account.AccountKind): TrackedAccount => ({
  kind,
  feeTier: 0,
  tradeGroup: 0,
  cancelAt: 0
})

export class Ledger {
  readonly assets = new Map<number, Event.EventOf<"AssetListed">>()
  readonly accounts = new Map<number, TrackedAccount>([
    [Account.houseAccountId, trackedAccount("house")],
    [Account.externalAccountId, trackedAccount("external")],
    [Account.receivableAccountId, trackedAccount("receivable")]
  ])
  readonly balances = new Map<string, Balance>()
  readonly holds = new Map<number, Event.EventOf<"Held">>()

  balance(accountId: number, assetId: number): Balance {
    return this.balances.get(`${accountId}/${assetId}`) ?? { available: 0n, held: 0n }
  }

  account(accountId: number): TrackedAccount {
    const account = this.accounts.get(accountId)
    check(account !== undefined, "an account that is named is there")
    return account
  }

  add(accountId: number, assetId: number, available: bigint, held: bigint): void {
    const balance = this.balance(accountId, assetId)
    this.balances.set(`${accountId}/${assetId}`, balance)
    balance.available += available
    balance.held += held
    const { kind } = this.account(accountId)
    check(this.assets.has(assetId), "money is of an asset that is listed")
    if (kind === "user" || kind === "house") {
      check(
        balance.available >= 0n && balance.held >= 0n,
        `account ${accountId} is not negative in asset ${assetId}`
      )
    } else
      check(
        balance.available <= 0n && balance.held === 0n,
        `account ${accountId} is not positive in asset ${assetId}`
      )
  }

  assetListed(event: Event.EventOf<"AssetListed">): void {
    check(event.assetId === this.assets.size + 1, "assets count up")
    this.assets.set(event.assetId, event)
  }

  accountOpened({ accountId, kind, opened }: Event.EventOf<"AccountOpened">): void {
    check(this.accounts.has(accountId) !== opened, "an account is opened once")
    if (!opened) return
    check(accountId === 1000 + this.accounts.size - 3, "accounts count up from 1000")
    this.accounts.set(accountId, trackedAccount(kind))
  }

  credited({ accountId, amount, assetId }: Event.EventOf<"Credited">): void {
    check(amount > 0n, "a credit is positive")
    this.add(Account.externalAccountId, assetId, -amount, 0n)
    this.add(accountId, assetId, amount, 0n)
  }

  reversed({ accountId, assetId, fromAvailable, toReceivable }: Event.EventOf<"Reversed">): void {
    check(fromAvailable >= 0n && toReceivable >= 0n, "both parts of a reversal are not negative")
    const { available } = this.balance(accountId, assetId)
    check(toReceivable === 0n || fromAvailable === available, "available pays first")
    this.add(accountId, assetId, -fromAvailable, 0n)
    this.add(Account.receivableAccountId, assetId, -toReceivable, 0n)
    this.add(Account.externalAccountId, assetId, fromAvailable + toReceivable, 0n)
  }

  held(event: Event.EventOf<"Held">): void {
    check(event.amount > 0n, "a hold is positive")
    this.holds.set(event.holdId, event)
    this.add(event.accountId, event.assetId, -event.amount, event.amount)
  }

  holdSettled(event: Event.EventOf<"HoldSettled">): void {
    const { accountId, amount, assetId, fee } = event
    this.endHold(event, amount + fee)
    check(amount >= 0n && fee >= 0n, "both parts of a settled hold are not negative")
    this.add(accountId, assetId, 0n, -(amount + fee))
    this.add(Account.externalAccountId, assetId, amount, 0n)
    this.add(Account.houseAccountId, assetId, fee, 0n)
  }

  holdReleased(event: Event.EventOf<"HoldReleased">): void {
    this.endHold(event, event.amount)
    this.add(event.accountId, event.assetId, event.amount, -event.amount)
  }

  transferred({ accountId, amount, assetId, receiverId }: Event.EventOf<"Transferred">): void {
    check(amount > 0n, "a transfer is positive")
    this.add(accountId, assetId, -amount, 0n)
    this.add(receiverId, assetId, amount, 0n)
  }

  private endHold(
    event: Event.EventOf<"HoldSettled"> | Event.EventOf<"HoldReleased">,
    amount: bigint
  ): void {
    const held = this.holds.get(event.holdId)
    check(held !== undefined, "a hold ends once")
    check(
      held.accountId === event.accountId && held.assetId === event.assetId,
      "a hold ends where it was made"
    )
    check(held.amount === amount, "all of a hold ends")
    this.holds.delete(event.holdId)
  }
}
