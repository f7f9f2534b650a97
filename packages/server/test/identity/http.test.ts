/** Requests and answers of the routes about users, as HTTP. */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { given, join, open, type People, type Person } from "./people.ts"

let people: People
let ann: Person
beforeAll(async () => {
  people = await open()
  ann = await join(people, "ann")
})
afterAll(() => people.end())

it("answers that have nothing to say have no body, and say so", async () => {
  const accepted = await people.ask("POST", "/v1/password-resets", {
    body: { email: "nobody@example.com" }
  })
  const done = await people.ask("PATCH", "/v1/user", {
    token: ann.tokens.accessToken,
    body: { name: "Ann" }
  })
  for (const [status, { body, headers, ...answer }] of [
    [202, accepted],
    [204, done]
  ] as const) {
    expect([answer.status, body, headers.get("content-type")]).toEqual([status, undefined, null])
    expect(headers.get("x-request-id")).toMatch(/^req_/)
    expect(headers.get("cache-control")).toBe("no-store")
    expect(headers.get("x-content-type-options")).toBe("nosniff")
  }
})

it("answers preflights with the methods that a path has, PUT among them", async () => {
  const methods = async (path: string) =>
    (await people.ask("OPTIONS", path)).headers.get("access-control-allow-methods")
  expect(await methods(`/v1/admin/users/${ann.user}/roles`)).toBe("PUT")
  expect(await methods("/v1/user")).toBe("GET, PATCH, DELETE")
  expect(await methods("/v1/sessions")).toBe("GET, POST, DELETE")
  const other = await people.ask("PUT", "/v1/user", { token: ann.tokens.accessToken, body: {} })
  expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, PATCH, DELETE"])
})

it("error: a route without a body takes none but an empty one", async () => {
  const begin = async (body?: unknown, headers = {}) => {
    const { body: answer, status } = await people.ask("POST", "/v1/sessions/step-up/begin", {
      token: ann.tokens.accessToken,
      body,
      headers
    })
    return answer.code ?? status
  }
  expect(await begin()).toBe(200)
  expect(await begin({})).toBe(200)
  expect(await begin({ user: "usr_other" })).toBe("UnknownField")
  expect(await begin("no object")).toBe("MalformedBody")
  expect(await begin("a=b", { "content-type": "application/x-www-form-urlencoded" })).toBe(
    "UnsupportedMediaType"
  )
  expect(await begin(`{"x":"${"x".repeat(140_000)}"}`)).toBe("BodyTooLarge")
})

it("a session says where it began: the address that the proxy saw, and what the client said it is", async () => {
  const body = { email: ann.email, password: "umbrella stapler 42 kiwi" }
  const headers = { "user-agent": `a browser ${"x".repeat(300)}` }
  const address = "2001:db8::7"
  const { accessToken, session } = given(
    await people.ask("POST", "/v1/sessions", { body, headers, address }),
    201
  )
  const { data } = given(await people.ask("GET", "/v1/sessions", { token: accessToken }), 200)
  expect(data.map(({ current }: { current: boolean }) => current)).toEqual([true, false])
  expect(data[0]).toEqual({
    session,
    current: true,
    createdAt: expect.any(Number),
    refreshedAt: data[0].createdAt,
    expiresAt: data[0].createdAt + 30 * 86_400_000,
    address,
    agent: headers["user-agent"].slice(0, 200)
  })
})

it("publishes the keys of its tokens, and nothing private of them", async () => {
  const { keys } = given(await people.ask("GET", "/.well-known/jwks.json"), 200)
  const [header = ""] = ann.tokens.accessToken.split(".")
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString())
  expect(keys).toEqual([
    { kty: "OKP", crv: "Ed25519", x: expect.any(String), kid, alg: "EdDSA", use: "sig" }
  ])
})
