/** Who a request is made for, once authenticated: their accounts and their permissions. */
import type { Permission } from "@pandora-exchange/core/Permission"

export interface Principal {
  /** Stays the same for one user, whatever they are called. */
  readonly userId: string
  readonly name: string
  /** The accounts that exist for this user; the first is the main account. Staff have none. */
  readonly accountIds: ReadonlyArray<number>
  readonly permissions: ReadonlyArray<Permission>
  /**
   * The number of the API key that was used; absent for a session. Orders tell it to those who may
   * read the account.
   */
  readonly credential?: number
}

/** The embedding program: it may do everything, with every account. */
export const system: Principal = {
  userId: "system",
  name: "system",
  accountIds: [],
  permissions: []
}
