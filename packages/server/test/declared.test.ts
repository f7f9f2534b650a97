import { expect, it } from "@effect/vitest"
import { declaredMessage, mustBeDeclared } from "./declared.ts"

const me = { name: "Ann", accounts: ["acc_1000"], permissions: ["read"] }

it("an answer as it is declared passes", () => {
  expect(() => mustBeDeclared("GET", "/v1/me", 200, me)).not.toThrow()
  expect(() => mustBeDeclared("DELETE", "/v1/sessions", 204, undefined)).not.toThrow()
})

it("error: an answer with a field too many, one too few, or an id of another kind is found", () => {
  const wrong = [
    [{ ...me, secret: 1 }, "secret"],
    [{ name: "Ann", accounts: [] }, "permissions"],
    [{ ...me, accounts: ["ord_1"] }, "accounts"]
  ] as const
  for (const [answer, field] of wrong) {
    expect(() => mustBeDeclared("GET", "/v1/me", 200, answer)).toThrow(field)
  }
})

it("error: a code that the operation does not declare is found", () => {
  expect(() => mustBeDeclared("GET", "/v1/me", 401, { code: "Unauthorized" })).not.toThrow()
  expect(() => mustBeDeclared("GET", "/v1/me", 422, { code: "OffTick" })).toThrow(
    "me (GET /v1/me) was refused as OffTick"
  )
})

it("error: a message of the stream that is not declared is found", () => {
  const closing = { type: "closing", code: 1001, reason: "going down" }
  expect(() => declaredMessage(closing)).not.toThrow()
  const wrong = [
    [{ ...closing, more: 1 }, "more"],
    [{ type: "closing" }, "code"],
    [{ type: "other" }, "Expected"]
  ] as const
  for (const [message, reason] of wrong) expect(() => declaredMessage(message)).toThrow(reason)
})
