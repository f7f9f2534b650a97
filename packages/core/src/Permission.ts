/**
 * What a caller may be allowed to do. Each route of the API and each method of a service names one
 * of these, or is closed.
 */

/**
 * `read` and `trade` concern one's own accounts. `withdraw` is separate from `trade` because it
 * moves money out. `self` is one's own profile, sessions and factors. Permissions with a colon
 * concern others.
 */
export const permissions = [
  "read",
  "trade",
  "withdraw",
  "self",
  "users:read",
  "users:freeze",
  "users:kyc",
  "users:roles",
  "audit:read"
] as const
export type Permission = (typeof permissions)[number]
