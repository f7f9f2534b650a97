/** Who a request is made for, once authenticated: their accounts and their permissions. */
import type { Permission } from "@pandora-exchange/core/Permission"

export interface Principal {
  /** Stays the same for one user, whatever they are called. */
  readonly userId: string
  readonly name: string
  /** The accounts that exist for this user; the first is the main account. Staff have none. */
  readonly accountIds: ReadonlyArray<number>
  readonly permissions: ReadonlyArray<Permission>
  /** Those that are missing only because the session has no second factor. Default: none. */
  readonly factorPermissions?: ReadonlyArray<Permission>
  /**
   * The number of the API key that was used; absent for a session. Orders tell it to those who may
   * read the account.
   */
  readonly credential?: number
}

/** Says that a permission takes a second factor, and how to get it. */
export const factorMissing =
  "This needs a session with a second factor. Add a second factor if you have none, then sign in or step up with it."

/** The embedding program: it may do everything, with every account. */
export const system: Principal = {
  userId: "system",
  name: "system",
  accountIds: [],
  permissions: []
}
