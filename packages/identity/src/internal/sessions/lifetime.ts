import type { Session } from "@pandora-exchange/core/IdentityRecords"
import type { SessionOfUser } from "@pandora-exchange/core/ports/IdentityStore"

/** The absolute lifetime of a session. */
export const sessionLifeMs = 30 * 86_400_000
/** The lifetime of a session that is not refreshed. */
export const sessionIdleMs = 7 * 86_400_000

export const goesOn = ({ endedAt, expiresAt, refreshedAt }: Session, now: number): boolean =>
  endedAt === null && expiresAt > now && refreshedAt + sessionIdleMs > now

export const isAlive = ({ session, user }: SessionOfUser, now: number): boolean =>
  goesOn(session, now) && user.status !== "closed"
