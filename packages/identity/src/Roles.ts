/**
 * Roles and their permissions. A user has the permissions of all their roles; anything not listed
 * is refused.
 */
import type { Role, Session, User } from "@pandora-exchange/core/IdentityRecords"
import { type Permission, permissions } from "@pandora-exchange/core/Permission"

export const permissionsOfRole: Readonly<Record<Role, ReadonlyArray<Permission>>> = {
  user: ["read", "trade", "withdraw", "self"],
  support: ["self", "users:read"],
  compliance: ["self", "users:read", "users:freeze", "users:kyc", "audit:read"],
  finance: ["self", "users:read"],
  admin: ["self", "users:read", "users:freeze", "audit:read"],
  superadmin: ["self", "users:read", "users:freeze", "users:kyc", "users:roles", "audit:read"]
}

const moving: ReadonlySet<Permission> = new Set(["trade", "withdraw"])
const onlyAboutOthers = (permission: Permission): boolean => permission.includes(":")

/**
 * What the user may do in this session. Frozen users move nothing, unverified users cannot
 * withdraw, and permissions over others require a session that began with a second factor.
 */
export const permissionsOf = (
  user: User,
  session: Pick<Session, "factorAt">
): ReadonlyArray<Permission> => {
  if (user.status === "closed") return []
  const ofRoles = new Set(user.roles.flatMap((role) => permissionsOfRole[role]))
  return permissions.filter(
    (permission) =>
      ofRoles.has(permission) &&
      !(user.status === "frozen" && (moving.has(permission) || onlyAboutOthers(permission))) &&
      !(permission === "withdraw" && user.kyc !== "verified") &&
      !(onlyAboutOthers(permission) && session.factorAt === null)
  )
}

/** What the user may do only in a session with a second factor. */
export const permissionsOfFactor = (user: User): ReadonlyArray<Permission> =>
  permissionsOf(user, { factorAt: 1 }).filter(onlyAboutOthers)
