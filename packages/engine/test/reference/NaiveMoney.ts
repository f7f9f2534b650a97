/** Money that comes in, goes out, is set aside or moves between accounts. */
import { Account, Ids } from "@pandora-exchange/core"
import type { Outcome } from "./NaivePlacing.ts"
import {
  accountOf,
  addAvailable,
  addHeld,
  assetOf,
  availableOf,
  broughtIn,
  type CommandOf,
  hold,
  isUserOrHouse,
  type NaiveState
} from "./NaiveState.ts"

const unitsMax = 2n ** 63n - 1n

const isReference = (text: string): boolean =>
  text.length <= 64 && [...text].every((c) => /[A-Za-z0-9._:/-]/.test(c))

export const credit = (
  state: NaiveState,
  { accountId, amount, assetId, reference }: CommandOf<"Credit">
): Outcome => {
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  if (assetOf(state, assetId) === undefined) return "UnknownAsset"
  if (!isUserOrHouse(account)) return "AccountKindReserved"
  if (!isReference(reference)) return "MalformedText"
  if (amount <= 0n) return "AmountNotPositive"
  if (broughtIn(state, assetId) + amount > unitsMax) return "BalanceTooLarge"
  addAvailable(state, Account.externalAccountId, assetId, -amount)
  addAvailable(state, accountId, assetId, amount)
  return [{ _tag: "Credited", accountId, assetId, amount, reference }]
}

export const reverse = (
  state: NaiveState,
  { accountId, amount, assetId, reference }: CommandOf<"Reverse">
): Outcome => {
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  if (assetOf(state, assetId) === undefined) return "UnknownAsset"
  if (!isUserOrHouse(account)) return "AccountKindReserved"
  if (!isReference(reference)) return "MalformedText"
  if (amount <= 0n) return "AmountNotPositive"
  if (availableOf(state, Account.externalAccountId, assetId) + amount > 0n)
    return "InsufficientFunds"
  const available = availableOf(state, accountId, assetId)
  const fromAvailable = amount < available ? amount : available
  const toReceivable = amount - fromAvailable
  addAvailable(state, accountId, assetId, -fromAvailable)
  addAvailable(state, Account.receivableAccountId, assetId, -toReceivable)
  addAvailable(state, Account.externalAccountId, assetId, amount)
  return [{ _tag: "Reversed", accountId, assetId, fromAvailable, toReceivable, reference }]
}

export const holdAmount = (
  state: NaiveState,
  { accountId, amount, assetId, reference }: CommandOf<"Hold">
): Outcome => {
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  if (assetOf(state, assetId) === undefined) return "UnknownAsset"
  if (!isUserOrHouse(account)) return "AccountKindReserved"
  if (!isReference(reference)) return "MalformedText"
  if (amount <= 0n) return "AmountNotPositive"
  if (state.holds.length >= state.limits.holdsMax) return "TooManyHolds"
  if (availableOf(state, accountId, assetId) < amount) return "InsufficientFunds"
  hold(state, accountId, assetId, amount)
  state.holdsMade++
  const holdId = Ids.HoldId(state.holdsMade)
  state.holds.push({ holdId, accountId, assetId, amount, reference })
  return [{ _tag: "Held", holdId, accountId, assetId, amount, reference }]
}

export const settleHold = (
  state: NaiveState,
  { fee, holdId }: CommandOf<"SettleHold">
): Outcome => {
  const found = state.holds.find((hold) => hold.holdId === holdId)
  if (found === undefined) return "UnknownHold"
  const { accountId, amount, assetId } = found
  if (fee < 0n || fee > amount) return "FeeTooLarge"
  // After reversals into receivable, more can be held than the external account is owed.
  if (availableOf(state, Account.externalAccountId, assetId) + amount - fee > 0n)
    return "InsufficientFunds"
  addHeld(state, accountId, assetId, -amount)
  addAvailable(state, Account.externalAccountId, assetId, amount - fee)
  addAvailable(state, Account.houseAccountId, assetId, fee)
  state.holds = state.holds.filter((hold) => hold !== found)
  return [{ _tag: "HoldSettled", holdId, accountId, assetId, amount: amount - fee, fee }]
}

export const releaseHold = (state: NaiveState, { holdId }: CommandOf<"ReleaseHold">): Outcome => {
  const found = state.holds.find((hold) => hold.holdId === holdId)
  if (found === undefined) return "UnknownHold"
  const { accountId, amount, assetId } = found
  hold(state, accountId, assetId, -amount)
  state.holds = state.holds.filter((hold) => hold !== found)
  return [{ _tag: "HoldReleased", holdId, accountId, assetId, amount }]
}

export const transfer = (
  state: NaiveState,
  { accountId, amount, assetId, receiverId }: CommandOf<"Transfer">
): Outcome => {
  const sender = accountOf(state, accountId)
  const receiver = accountOf(state, receiverId)
  if (sender === undefined) return "UnknownAccount"
  if (receiver === undefined) return "UnknownReceiver"
  if (assetOf(state, assetId) === undefined) return "UnknownAsset"
  if (!isUserOrHouse(sender)) return "TransferNotAllowed"
  if (!isUserOrHouse(receiver) && receiver.kind !== "receivable") return "TransferNotAllowed"
  if (sender === receiver) return "SameAccount"
  if (amount <= 0n) return "AmountNotPositive"
  if (availableOf(state, accountId, assetId) < amount) return "InsufficientFunds"
  if (receiver.kind === "receivable" && availableOf(state, receiverId, assetId) + amount > 0n) {
    return "InsufficientFunds"
  }
  addAvailable(state, accountId, assetId, -amount)
  addAvailable(state, receiverId, assetId, amount)
  return [{ _tag: "Transferred", accountId, receiverId, assetId, amount }]
}
