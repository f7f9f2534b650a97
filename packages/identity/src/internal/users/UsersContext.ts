import type { KycProvider } from "../../KycProvider.ts"
import type { Passwords } from "../../Passwords.ts"
import type { VenueAccounts } from "../../VenueAccounts.ts"
import type { IdentityContext } from "../IdentityContext.ts"

/** What the actions of `Users` work with. */
export interface UsersContext extends IdentityContext {
  readonly accounts: VenueAccounts["Service"]
  readonly kyc: KycProvider["Service"]
  readonly passwords: Passwords["Service"]
}
