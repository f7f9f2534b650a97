/**
 * Accounts hold balances per asset: `available` can be spent, `held` is reserved for an order or a
 * hold.
 *
 * `user` and `house` accounts are never negative. `external` (the outside world), `receivable`
 * (owed to the venue) and `loan` are never positive. For each asset, the balances of all accounts
 * always add up to zero.
 */
import { AccountId } from "./Ids.ts"

export const accountKinds = ["user", "house", "external", "receivable", "loan"] as const
export type AccountKind = (typeof accountKinds)[number]

/** Receives every fee. */
export const houseAccountId = AccountId(1)
/** The other side of every credit and settled hold. */
export const externalAccountId = AccountId(2)
/** The other side of whatever a reversal could not take back. */
export const receivableAccountId = AccountId(3)
/** The number of the first account that is opened. */
export const firstAccountId = AccountId(1000)
