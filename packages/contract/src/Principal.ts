/** The authenticated caller of a request, with their accounts and permissions. */
import type { Permission } from "@pandora-exchange/core/Permission"

export interface Principal {
  /** Identifies the user and never changes, unlike their name. */
  readonly userId: string
  readonly name: string
  /** The user's accounts, the main account first. Staff have none. */
  readonly accountIds: ReadonlyArray<number>
  readonly permissions: ReadonlyArray<Permission>
  /** Permissions missing only because the session has no second factor. Default: none. */
  readonly factorPermissions?: ReadonlyArray<Permission>
  /**
   * The number of the API key in use; absent for a session. Orders show it to everyone who may read
   * the account.
   */
  readonly credential?: number
}

/** Says that a permission requires a second factor, and how to get one. */
export const factorMissing =
  "This needs a session with a second factor. Add a second factor if you have none, then sign in or step up with it."

/** The embedding program: it may do everything, with every account. */
export const system: Principal = {
  userId: "system",
  name: "system",
  accountIds: [],
  permissions: []
}
