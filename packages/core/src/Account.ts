/**
 * Accounts hold balances per asset: `available`, which can be spent, and `held`, which waits for an
 * order or a hold.
 *
 * `user` and `house` are never negative. `external` (the world outside), `receivable` (owed to the
 * venue) and `loan` are never positive. Per asset, all balances of all accounts add up to zero at
 * every moment.
 */
import { AccountId } from "./Ids.ts"

export const accountKinds = ["user", "house", "external", "receivable", "loan"] as const
export type AccountKind = (typeof accountKinds)[number]

/** Receives every fee. */
export const houseAccountId = AccountId(1)
/** The other side of every credit and settled hold. */
export const externalAccountId = AccountId(2)
/** The other side of what a reversal could not take back. */
export const receivableAccountId = AccountId(3)
/** The first account that is opened gets this number. */
export const firstAccountId = AccountId(1000)
