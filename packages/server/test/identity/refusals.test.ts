/** What strangers learn: nothing reveals whether a user exists. */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { given, join, open, otherPassword, password, type People, withoutId } from "./people.ts"

let people: People
beforeAll(async () => {
  people = await open()
})
afterAll(() => people.end())

it("error: an unknown user, a wrong password and a locked account are answered alike, to the byte", async () => {
  const { email } = await join(people, "ann")
  const address = "203.0.113.7"
  const signIn = async (body: object) =>
    withoutId(await people.ask("POST", "/v1/sessions", { body, address }))
  const wrong = await signIn({ email, password: otherPassword })
  expect(wrong).toEqual({
    status: 401,
    headers: {
      "cache-control": "no-store",
      connection: "keep-alive",
      "content-length": expect.any(String),
      "content-type": "application/problem+json",
      "keep-alive": "timeout=65",
      "www-authenticate": "Bearer",
      "x-content-type-options": "nosniff"
    },
    body: JSON.stringify({
      type: "/docs/errors#SignInRefused",
      title: "Sign in refused",
      status: 401,
      detail:
        "Wrong email or password, or too many attempts. Check both, wait a few minutes, or reset the password.",
      code: "SignInRefused",
      retry: "never",
      requestId: "ID"
    })
  })
  expect(await signIn({ email: "nobody@example.com", password: otherPassword })).toEqual(wrong)
  expect(await signIn({ email: "no address", password: otherPassword })).toEqual(wrong)
  expect(await signIn({ email, password: "x".repeat(300) })).toEqual(wrong)
  for (let tried = 2; tried < 12; tried++)
    expect(await signIn({ email, password: otherPassword })).toEqual(wrong)
  // Locked for this address, even with the right password.
  expect(await signIn({ email, password })).toEqual(wrong)
  // And only for this address.
  given(await people.ask("POST", "/v1/sessions", { body: { email, password } }), 201)
})

it("asking for a link says the same for every address, and sends to none what it does not have", async () => {
  const { email } = await join(people, "bob")
  const ask = async (path: string, email: string) =>
    withoutId(await people.ask("POST", path, { body: { email } }))
  for (const path of ["/v1/registrations", "/v1/password-resets"]) {
    const answer = await ask(path, email)
    expect(answer).toMatchObject({ status: 202, body: "" })
    expect(await ask(path, "stranger@example.com")).toEqual(answer)
    for (const email of ["no address", "a@b", "ann@example.com\u0000"]) {
      expect((await people.ask("POST", path, { body: { email } })).body).toMatchObject({
        status: 422,
        code: "MalformedEmail",
        detail: "This is not an email address. Give one such as ann@example.com."
      })
    }
  }
  expect((await people.mail(email, "Your account")).text).not.toContain("#")
  expect((await people.mail("stranger@example.com", "Confirm your address")).text).toContain("#")
})

it("error: too many attempts from one address are answered with when to come back", async () => {
  const address = "203.0.113.8"
  const ask = () =>
    people.ask("POST", "/v1/sessions/refresh", { address, body: { refreshToken: "pdr_x" } })
  let answer = await ask()
  for (let tried = 1; answer.body.code === "RefreshRefused"; tried++) {
    expect(tried).toBeLessThan(100)
    answer = await ask()
  }
  expect(answer).toMatchObject({ status: 429, body: { code: "TooManyAttempts", retry: "safe" } })
  const seconds = Number(answer.headers.get("retry-after"))
  expect(seconds).toBeGreaterThan(0)
  people.advance(seconds * 1_000)
  expect((await ask()).body.code).toBe("RefreshRefused")
})
