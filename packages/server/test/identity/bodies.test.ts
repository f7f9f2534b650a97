/**
 * A caller's identity and permissions never come from the request: every route refuses fields that
 * would set them, and does nothing. At the end the whole database is compared.
 */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { rm } from "node:fs/promises"
import { codeOf, dumpOf, given, join, open, type People, routes, staff } from "./people.ts"

let people: People
let token: string
let user: string
let before: string

/** Bodies that are valid apart from what is added to them. */
const order = { market: "BTC-USDT", side: "buy", price: "20000", quantity: "0.1" }
const email = "ann@example.com"
const password = "umbrella stapler 42 kiwi"
const proof = { kind: "recoveryCode", code: "aaaa-aaaa-aaaa-aaaa" }
const bodies: Readonly<Record<string, object>> = {
  "POST /v1/orders": order,
  "POST /v1/orders/preview": order,
  "POST /v1/orders/batch": { items: [{ place: order }] },
  "PATCH /v1/orders/:order": { market: "BTC-USDT", quantity: "0.05" },
  "POST /v1/orders/:order/replace": {
    market: "BTC-USDT",
    by: { side: "buy", price: "1", quantity: "0.1" }
  },
  "POST /v1/order-lists": {
    market: "BTC-USDT",
    contingency: "OTO",
    orders: [
      { side: "buy", price: "20000", quantity: "0.1" },
      { side: "sell", price: "90000", quantity: "0.1" }
    ]
  },
  "POST /v1/cancel-after": { delay: 0 },
  "POST /v1/registrations": { email: "new@example.com" },
  "POST /v1/registrations/complete": { token: "x", password, name: "New" },
  "POST /v1/password-resets": { email },
  "POST /v1/password-resets/complete": { token: "x", password, proof },
  "POST /v1/email-changes/complete": { token: "x" },
  "POST /v1/sessions": { email, password, proof },
  "POST /v1/sessions/refresh": { refreshToken: "pdr_x" },
  "POST /v1/sessions/step-up": { proof },
  "PATCH /v1/user": { name: "Other" },
  "POST /v1/user/password": { current: password, next: "giraffe tuesday copper hat" },
  "POST /v1/user/email": { email: "other@example.com" },
  "POST /v1/user/accounts": { label: "Other" },
  "POST /v1/user/factors/totp/confirm": { code: "000000" },
  "POST /v1/user/factors/passkeys": { name: "Key", response: { id: "x" } },
  "POST /v1/admin/users/:user/kyc": { decision: "verified" },
  "PUT /v1/admin/users/:user/roles": { roles: ["user"] }
}
const names = [
  "role",
  "roles",
  "permissions",
  "status",
  "owner",
  "user",
  "account",
  "accounts",
  "kyc",
  "balance"
]
const prototypes = ["__proto__", "constructor", "prototype"]

beforeAll(async () => {
  people = await open()
  const ann = await join(people, "ann")
  user = ann.user
  given(await people.ask("POST", "/v1/user/kyc", { token: ann.tokens.accessToken }), 200)
  // Someone with every permission and a fresh proof, so that a refusal is because of the field.
  const root = await staff(people, "root", ["user", "superadmin"])
  const body = { proof: { kind: "totp", code: codeOf(people, root.secret) } }
  const fresh = await people.ask("POST", "/v1/sessions/step-up", {
    token: root.tokens.accessToken,
    body
  })
  token = given(fresh, 201).accessToken
  await people.close()
  before = await dumpOf(people.folder)
  people = await open(people)
})
afterAll(async () => {
  await people.close()
  const after = await dumpOf(people.folder)
  await rm(people.folder, { recursive: true })
  expect(after).toBe(before)
})

const requests = (of: "body" | "query" | "proof") =>
  routes.flatMap((route) => {
    const body = bodies[`${route.method} ${route.path}`]
    // A route that takes a body and is not listed above would be tried with an invalid one.
    if (route.takesBody !== (body !== undefined))
      throw new Error(`${route.path}: say here what body it takes`)
    if (of === "body" && route.method === "GET") return []
    if (of === "proof" && !(body !== undefined && "proof" in body)) return []
    const path = route.path
      .replace(":user", user)
      .replace(":session", `ses_${"A".repeat(22)}`)
      .replace(":order", "ord_1")
      .replace(/:\w+/, "x")
    return [{ route, path, body: body ?? {} }]
  })

/** The text of the object with one more field, whatever its name. */
const withField = (body: object, name: string): string => {
  const text = JSON.stringify(body)
  return `${text === "{}" ? "{" : `${text.slice(0, -1)},`}${JSON.stringify(name)}:"superadmin"}`
}

const refused = async (
  requests: ReadonlyArray<() => Promise<[string, { readonly body: any }, string, string]>>
) => {
  const wrong: Array<string> = []
  for (const request of requests) {
    const [what, { body }, code, parameter] = await request()
    if (body?.code !== code || body.parameter !== parameter)
      wrong.push(`${what}: ${JSON.stringify(body)}`)
  }
  expect(wrong).toEqual([])
}

it("error: no body says who somebody is or what they have", () =>
  refused(
    requests("body").flatMap(({ body, path, route }) =>
      [...names, ...prototypes]
        .filter((name) => !(name in body && Object.hasOwn(body, name)))
        .map((name) => async () => {
          const answer = await people.ask(route.method, path, {
            token,
            body: withField(body, name)
          })
          const code = prototypes.includes(name) ? "ForbiddenKey" : "UnknownField"
          return [`${route.method} ${route.path} with ${name}`, answer, code, name]
        })
    )
  ))

it("error: nor does what is inside a body", () =>
  refused(
    requests("proof").flatMap(({ body, path, route }) =>
      [...names, ...prototypes].map((name) => async () => {
        const inner = withField((body as { readonly proof: object }).proof, name)
        const text = JSON.stringify({ ...body, proof: "PROOF" }).replace('"PROOF"', () => inner)
        const answer = await people.ask(route.method, path, { token, body: text })
        const isPrototype = prototypes.includes(name)
        return [
          `${route.method} ${route.path} with proof.${name}`,
          answer,
          isPrototype ? "ForbiddenKey" : "UnknownField",
          isPrototype ? name : `proof.${name}`
        ]
      })
    )
  ))

it("error: nor does a query", () =>
  refused(
    requests("query").flatMap(({ path, route }) =>
      ["role", "permissions", "owner", "kyc", "balance", ...prototypes].map((name) => async () => {
        const answer = await people.ask(route.method, `${path}?${name}=superadmin`, { token })
        const code = prototypes.includes(name) ? "ForbiddenKey" : "UnknownField"
        return [`${route.method} ${route.path}?${name}`, answer, code, name]
      })
    )
  ))
