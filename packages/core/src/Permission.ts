/**
 * What a caller may be allowed to do: each route of the API and each method of a service names one
 * of these, or is closed.
 */

/**
 * `read` and `trade` are about one's own accounts. `withdraw` is apart from `trade`: it moves money
 * out. `self` is one's own profile, sessions and factors. Those with a colon concern others.
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
