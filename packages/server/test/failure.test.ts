import { problems } from "@pandora-exchange/client"
import { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import * as Errors from "@pandora-exchange/identity/Errors"
import { KycUnavailable } from "@pandora-exchange/identity/KycProvider"
import { VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import { describe, expect, it } from "@effect/vitest"
import { Cause } from "effect"
import { type Failure, problemOf } from "../src/http/Failure.ts"

const answered = (failure: Failure) => problemOf(Cause.fail(failure), "req_1")

describe("failures of identity", () => {
  const cause = new Error("the inside")
  const {
    FactorRequired,
    NotPossible,
    passwordProblems,
    PasswordRefused,
    PermissionMissing,
    TooManyAttempts,
    ...plain
  } = Errors
  const failures: ReadonlyArray<Failure> = [
    ...Object.values(plain).map((Plain) => new Plain()),
    ...NotPossible.fields.problem.literals.map((problem) => new NotPossible({ problem })),
    ...passwordProblems.map((problem) => new PasswordRefused({ problem })),
    new PermissionMissing({ permission: "trade" }),
    new IdentityUnavailable({ cause }),
    new RateLimiterUnavailable({ cause }),
    new KycUnavailable({ cause }),
    new VenueAccountsUnavailable({ cause })
  ]

  it("each has a code of its own that says what to do, and none says more", () => {
    const codes = failures.map((failure) => {
      const { bug, problem } = answered(failure)
      expect([failure, bug]).toEqual([failure, false])
      const { code, detail, requestId, retry, status, title, type, ...more } = problem
      expect(more).toEqual({})
      expect({ status, retry, sentence: detail }).toEqual(problems.get(code))
      expect([requestId, type, title.length > 0]).toEqual(["req_1", `/docs/errors#${code}`, true])
      return code
    })
    expect(new Set(codes).size).toBe(failures.length)
  })

  it("a second factor that is needed comes with what to send", () => {
    const passkey = { challenge: "x", allowCredentials: [] }
    const { problem } = answered(new FactorRequired({ methods: ["passkey"], passkey }))
    expect(problem).toMatchObject({ code: "FactorRequired", factor: { methods: ["passkey"], passkey } })
  })

  it("too many attempts come with when to try again", () => {
    const { problem, retryAfterMs } = answered(new TooManyAttempts({ retryAfterMs: 4_200 }))
    expect([problem.code, problem.status, retryAfterMs]).toEqual(["TooManyAttempts", 429, 4_200])
  })

  it("error: what is none of these is a bug, and nothing of it is told", () => {
    const { bug, problem } = problemOf(Cause.die(new Error("the inside")) as Cause.Cause<Failure>, "req_1")
    expect(bug).toBe(true)
    expect(JSON.stringify(problem)).not.toContain("inside")
  })
})
