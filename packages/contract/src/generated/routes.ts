/** Every route as plain data. Printed from the declarations by `npm run contract`. */

/**
 * Method, path, body (`*` for an object, a name for its only field, empty for none), when a
 * request without an answer may be sent again (`always`, with its idempotency `key`, or `never`),
 * and a status above 400 that comes with an answer.
 */
export type Route = readonly [
  method: string,
  path: string,
  body: string,
  again: "always" | "key" | "never",
  otherwise?: number
]

export const routes = {
  addAccount: ["POST", "/v1/user/accounts", "label", "never"],
  addPasskey: ["POST", "/v1/user/factors/passkeys", "*", "never"],
  amend: ["PATCH", "/v1/orders/:order", "*", "key"],
  assets: ["GET", "/v1/assets", "", "always"],
  auditEntries: ["GET", "/v1/admin/audit", "", "always"],
  balances: ["GET", "/v1/balances", "", "always"],
  beginKyc: ["POST", "/v1/user/kyc", "", "never"],
  beginPasskey: ["POST", "/v1/user/factors/passkeys/begin", "", "never"],
  beginStepUp: ["POST", "/v1/sessions/step-up/begin", "", "never"],
  beginTotp: ["POST", "/v1/user/factors/totp", "", "never"],
  cancel: ["DELETE", "/v1/orders/:order", "", "key"],
  cancelAfter: ["POST", "/v1/cancel-after", "delay", "key"],
  cancelAll: ["DELETE", "/v1/orders", "", "key"],
  cancelList: ["DELETE", "/v1/order-lists/:list", "", "key"],
  changeEmail: ["POST", "/v1/user/email", "email", "never"],
  changePassword: ["POST", "/v1/user/password", "*", "never"],
  closeUser: ["DELETE", "/v1/user", "", "never"],
  completeEmailChange: ["POST", "/v1/email-changes/complete", "token", "never"],
  completePasswordReset: ["POST", "/v1/password-resets/complete", "*", "never"],
  completeRegistration: ["POST", "/v1/registrations/complete", "*", "never"],
  confirmTotp: ["POST", "/v1/user/factors/totp/confirm", "code", "never"],
  decideKyc: ["POST", "/v1/admin/users/:user/kyc", "decision", "never"],
  depth: ["GET", "/v1/markets/:market/depth", "", "always"],
  endOtherSessions: ["DELETE", "/v1/sessions", "", "never"],
  endSession: ["DELETE", "/v1/sessions/:session", "", "never"],
  factors: ["GET", "/v1/user/factors", "", "always"],
  fills: ["GET", "/v1/fills", "", "always"],
  freezeUser: ["POST", "/v1/admin/users/:user/freeze", "", "never"],
  keySet: ["GET", "/.well-known/jwks.json", "", "always"],
  ledgerEntries: ["GET", "/v1/ledger-entries", "", "always"],
  live: ["GET", "/health/live", "", "always"],
  market: ["GET", "/v1/markets/:market", "", "always"],
  markets: ["GET", "/v1/markets", "", "always"],
  me: ["GET", "/v1/me", "", "always"],
  newRecoveryCodes: ["POST", "/v1/user/factors/recovery-codes", "", "never"],
  openOrders: ["GET", "/v1/open-orders", "", "always"],
  order: ["GET", "/v1/orders/:order", "", "always"],
  orders: ["GET", "/v1/orders", "", "always"],
  place: ["POST", "/v1/orders", "*", "key"],
  placeList: ["POST", "/v1/order-lists", "*", "key"],
  preview: ["POST", "/v1/orders/preview", "*", "always"],
  ready: ["GET", "/health/ready", "", "always", 503],
  refresh: ["POST", "/v1/sessions/refresh", "refreshToken", "never"],
  register: ["POST", "/v1/registrations", "email", "never"],
  removePasskey: ["DELETE", "/v1/user/factors/passkeys/:passkey", "", "never"],
  removeTotp: ["DELETE", "/v1/user/factors/totp", "", "never"],
  rename: ["PATCH", "/v1/user", "name", "never"],
  replace: ["POST", "/v1/orders/:order/replace", "*", "key"],
  requestPasswordReset: ["POST", "/v1/password-resets", "email", "never"],
  sessions: ["GET", "/v1/sessions", "", "always"],
  setRoles: ["PUT", "/v1/admin/users/:user/roles", "roles", "never"],
  signIn: ["POST", "/v1/sessions", "*", "never"],
  stepUp: ["POST", "/v1/sessions/step-up", "proof", "never"],
  trades: ["GET", "/v1/markets/:market/trades", "", "always"],
  unfreezeUser: ["POST", "/v1/admin/users/:user/unfreeze", "", "never"],
  user: ["GET", "/v1/user", "", "always"],
  userNamed: ["GET", "/v1/admin/users/:user", "", "always"],
  users: ["GET", "/v1/admin/users", "", "always"],
  verifyAudit: ["GET", "/v1/admin/audit/verification", "", "always"]
} as const satisfies Readonly<Record<string, Route>>

/** The path of the WebSocket. */
export const streamPath = "/v1/stream"

/**
 * The name under which a command's body stands in a message of the stream; empty where its fields
 * stand beside `op`.
 */
export const commands = {
  amend: "change",
  cancel: "",
  cancelAfter: "",
  cancelAll: "",
  cancelList: "",
  place: "order",
  placeList: "list",
  replace: "replacement"
} as const
