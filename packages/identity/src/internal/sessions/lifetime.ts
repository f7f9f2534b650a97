import type { Session } from "@pandora-exchange/core/Identity"
import type { SessionOfUser } from "@pandora-exchange/core/ports/IdentityStore"

/** A session ends after that, whatever happens. */
export const sessionLifeMs = 30 * 86_400_000
/** And after that without a refresh. */
export const sessionIdleMs = 7 * 86_400_000

export const goesOn = ({ endedAt, expiresAt, refreshedAt }: Session, now: number): boolean =>
  endedAt === null && expiresAt > now && refreshedAt + sessionIdleMs > now

export const isAlive = ({ session, user }: SessionOfUser, now: number): boolean =>
  goesOn(session, now) && user.status !== "closed"
