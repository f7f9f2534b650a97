/** Every route as plain data. Printed from the declarations by `npm run contract`. */

/**
 * Method, path, body (`*` for an object, a name for its only field, empty for none), when a
 * request without an answer may be sent again (`always`, with its idempotency `key`, with the
 * `keys` of its items, or `never`), whether it needs a token, and a status above 400 that comes
 * with an answer.
 */
export type Route = readonly [
  method: string,
  path: string,
  body: string,
  again: "always" | "key" | "keys" | "never",
  access: "public" | "token",
  otherwise?: number
]

export const routes = {
  accountTerms: ["GET", "/v1/account-terms", "", "always", "token"],
  addAccount: ["POST", "/v1/user/accounts", "label", "never", "token"],
  addPasskey: ["POST", "/v1/user/factors/passkeys", "*", "never", "token"],
  amend: ["PATCH", "/v1/orders/:order", "*", "key", "token"],
  assets: ["GET", "/v1/assets", "", "always", "public"],
  auditEntries: ["GET", "/v1/admin/audit", "", "always", "token"],
  balances: ["GET", "/v1/balances", "", "always", "token"],
  batch: ["POST", "/v1/orders/batch", "items", "keys", "token"],
  beginKyc: ["POST", "/v1/user/kyc", "", "never", "token"],
  beginPasskey: ["POST", "/v1/user/factors/passkeys/begin", "", "never", "token"],
  beginStepUp: ["POST", "/v1/sessions/step-up/begin", "", "never", "token"],
  beginTotp: ["POST", "/v1/user/factors/totp", "", "never", "token"],
  cancel: ["DELETE", "/v1/orders/:order", "", "key", "token"],
  cancelAfter: ["POST", "/v1/cancel-after", "delay", "key", "token"],
  cancelAll: ["DELETE", "/v1/orders", "", "key", "token"],
  cancelList: ["DELETE", "/v1/order-lists/:list", "", "key", "token"],
  changeEmail: ["POST", "/v1/user/email", "email", "never", "token"],
  changePassword: ["POST", "/v1/user/password", "*", "never", "token"],
  closeUser: ["DELETE", "/v1/user", "", "never", "token"],
  completeEmailChange: ["POST", "/v1/email-changes/complete", "token", "never", "public"],
  completePasswordReset: ["POST", "/v1/password-resets/complete", "*", "never", "public"],
  completeRegistration: ["POST", "/v1/registrations/complete", "*", "never", "public"],
  confirmTotp: ["POST", "/v1/user/factors/totp/confirm", "code", "never", "token"],
  decideKyc: ["POST", "/v1/admin/users/:user/kyc", "decision", "never", "token"],
  depth: ["GET", "/v1/markets/:market/depth", "", "always", "public"],
  endOtherSessions: ["DELETE", "/v1/sessions", "", "never", "token"],
  endSession: ["DELETE", "/v1/sessions/:session", "", "never", "token"],
  factors: ["GET", "/v1/user/factors", "", "always", "token"],
  feeTiers: ["GET", "/v1/markets/:market/fee-tiers", "", "always", "public"],
  fills: ["GET", "/v1/fills", "", "always", "token"],
  freezeUser: ["POST", "/v1/admin/users/:user/freeze", "", "never", "token"],
  holds: ["GET", "/v1/holds", "", "always", "token"],
  keySet: ["GET", "/.well-known/jwks.json", "", "always", "public"],
  lastPrice: ["GET", "/v1/markets/:market/last-price", "", "always", "public"],
  ledgerEntries: ["GET", "/v1/ledger-entries", "", "always", "token"],
  live: ["GET", "/health/live", "", "always", "public"],
  market: ["GET", "/v1/markets/:market", "", "always", "public"],
  marketRules: ["GET", "/v1/markets/:market/rules", "", "always", "public"],
  markets: ["GET", "/v1/markets", "", "always", "public"],
  me: ["GET", "/v1/me", "", "always", "token"],
  newRecoveryCodes: ["POST", "/v1/user/factors/recovery-codes", "", "never", "token"],
  openLists: ["GET", "/v1/order-lists", "", "always", "token"],
  openOrders: ["GET", "/v1/open-orders", "", "always", "token"],
  order: ["GET", "/v1/orders/:order", "", "always", "token"],
  orders: ["GET", "/v1/orders", "", "always", "token"],
  place: ["POST", "/v1/orders", "*", "key", "token"],
  placeList: ["POST", "/v1/order-lists", "*", "key", "token"],
  preview: ["POST", "/v1/orders/preview", "*", "always", "token"],
  ready: ["GET", "/health/ready", "", "always", "public", 503],
  refresh: ["POST", "/v1/sessions/refresh", "refreshToken", "never", "public"],
  register: ["POST", "/v1/registrations", "email", "never", "public"],
  removePasskey: ["DELETE", "/v1/user/factors/passkeys/:passkey", "", "never", "token"],
  removeTotp: ["DELETE", "/v1/user/factors/totp", "", "never", "token"],
  rename: ["PATCH", "/v1/user", "name", "never", "token"],
  replace: ["POST", "/v1/orders/:order/replace", "*", "key", "token"],
  requestPasswordReset: ["POST", "/v1/password-resets", "email", "never", "public"],
  sessions: ["GET", "/v1/sessions", "", "always", "token"],
  setRoles: ["PUT", "/v1/admin/users/:user/roles", "roles", "never", "token"],
  signIn: ["POST", "/v1/sessions", "*", "never", "public"],
  stepUp: ["POST", "/v1/sessions/step-up", "proof", "never", "token"],
  trades: ["GET", "/v1/markets/:market/trades", "", "always", "public"],
  unfreezeUser: ["POST", "/v1/admin/users/:user/unfreeze", "", "never", "token"],
  user: ["GET", "/v1/user", "", "always", "token"],
  userNamed: ["GET", "/v1/admin/users/:user", "", "always", "token"],
  users: ["GET", "/v1/admin/users", "", "always", "token"],
  verifyAudit: ["GET", "/v1/admin/audit/verification", "", "always", "token"]
} as const satisfies Readonly<Record<string, Route>>

/** The path of the WebSocket. */
export const streamPath = "/v1/stream"

/**
 * Path, body and keys of a command, as of its route, and the name under which its body stands in a
 * message of the stream; empty where its fields stand beside `op`.
 */
export type Command = readonly [path: string, body: string, again: Route[3], under: string]

export const commands = {
  amend: ["/v1/orders/:order", "*", "key", "change"],
  batch: ["/v1/orders/batch", "items", "keys", ""],
  cancel: ["/v1/orders/:order", "", "key", ""],
  cancelAfter: ["/v1/cancel-after", "delay", "key", ""],
  cancelAll: ["/v1/orders", "", "key", ""],
  cancelList: ["/v1/order-lists/:list", "", "key", ""],
  place: ["/v1/orders", "*", "key", "order"],
  placeList: ["/v1/order-lists", "*", "key", "list"],
  replace: ["/v1/orders/:order/replace", "*", "key", "replacement"]
} as const satisfies Readonly<Record<string, Command>>
