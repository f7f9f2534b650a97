import type { AccessTokens } from "../../AccessTokens.ts"
import type { Passwords } from "../../Passwords.ts"
import type { IdentityContext } from "../IdentityContext.ts"
import type { Pool } from "../pool.ts"
import type { KnownSessions } from "./knownSessions.ts"

/** What the actions of `Sessions` work with. */
export interface SessionsContext extends IdentityContext {
  readonly tokens: AccessTokens["Service"]
  readonly passwords: Passwords["Service"]
  readonly known: KnownSessions
  /**
   * Limits concurrent sign-ins: each one reads and writes a lot, and a burst would delay all other
   * uses of the store.
   */
  readonly signIns: Pool
}
