/**
 * An example request for each operation, as sent on the wire, by field name. In order, they tell
 * the story of one user, so that each one works after those before it.
 */
import { type Operation, placementOf } from "../operation.ts"
import type { Field } from "../shape.ts"

type Example = Readonly<Record<string, unknown>>

const market = "BTC-USDT"
const order = "client:my-order"
const password = "umbrella stapler 42 kiwi"
const user = "usr_AAAAAAAAAAAAAAAAAAAAAA"
const token = "k1.c2VhbGVk.dG9rZW4"
const limit = { side: "buy", price: "20000", quantity: "0.01" }
const webAuthn = { id: "AAAAAAAAAAAAAAAAAAAAAA", type: "public-key" }

export const examples: Readonly<Record<string, Example>> = {
  depth: { market, levels: 10 },
  feeTiers: { market },
  lastPrice: { market },
  market: { market },
  marketRules: { market },
  trades: { market, limit: 10 },

  place: { market, ...limit, clientOrderId: "my-order" },
  preview: { market, ...limit },
  order: { order },
  openOrders: { market },
  orders: { market, status: "open", limit: 10 },
  amend: { order, market, quantity: "0.005" },
  replace: { order, market, by: { ...limit, price: "19000", clientOrderId: "my-order" } },
  cancel: { order },
  batch: {
    items: [{ place: { market, ...limit } }, { cancel: { order } }]
  },
  placeList: {
    market,
    contingency: "OTO",
    orders: [limit, { side: "sell", price: "90000", quantity: "0.005" }],
    clientListId: "my-list"
  },
  cancelList: { list: "client:my-list" },
  cancelAfter: { delay: 60_000 },
  cancelAll: { market },
  fills: { limit: 10 },
  ledgerEntries: { asset: "USDT", limit: 10 },

  register: { email: "ann@example.com" },
  completeRegistration: { token, password, name: "Ann" },
  signIn: { email: "ann@example.com", password },
  refresh: { refreshToken: "pdr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
  requestPasswordReset: { email: "ann@example.com" },
  completePasswordReset: { token, password },
  endSession: { session: "ses_AAAAAAAAAAAAAAAAAAAAAA" },
  stepUp: { proof: { kind: "password", password } },
  rename: { name: "Ann Example" },
  changePassword: { current: password, next: "giraffe tuesday copper hat" },
  changeEmail: { email: "ann@example.org" },
  completeEmailChange: { token },
  addAccount: { label: "Savings" },
  confirmTotp: { code: "123456" },
  addPasskey: { name: "Phone", response: webAuthn },
  removePasskey: { passkey: webAuthn.id },

  users: { limit: 10 },
  userNamed: { user },
  freezeUser: { user },
  unfreezeUser: { user },
  decideKyc: { user, decision: "verified" },
  setRoles: { user, roles: ["user", "support"] },
  auditEntries: { limit: 10 }
}

/** A request, divided into its parts. */
export interface PlacedExample {
  readonly path: Example
  readonly query: Example
  readonly body: Example
}

export const exampleOf = (operation: Operation): PlacedExample => {
  const example = examples[operation.name] ?? {}
  const { body, path, query } = placementOf(operation)
  const of = (fields: ReadonlyArray<Field>): Example =>
    Object.fromEntries(
      fields.flatMap(({ wire }) => (wire in example ? [[wire, example[wire]]] : []))
    )
  return { path: of(path), query: of(query), body: of(body) }
}
