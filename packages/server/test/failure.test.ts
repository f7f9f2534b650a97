import { problems } from "@pandora-exchange/contract/problem"
import { Refused } from "@pandora-exchange/contract/failure"
import { areas, type CodeOf, codes, failureOf } from "@pandora-exchange/contract/failures"
import { IdentityStore, IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { RateLimiter, RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import * as Errors from "@pandora-exchange/identity/Errors"
import * as Identity from "@pandora-exchange/identity/Identity"
import { KycProvider, KycUnavailable } from "@pandora-exchange/identity/KycProvider"
import { Notifier } from "@pandora-exchange/identity/Notifier"
import { VenueAccounts, VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Layer, Logger, Redacted } from "effect"
import { ApiFailure, type Failure, problemOf } from "../src/http/Failure.ts"
import { type IdentityHandlers, identityHandlers } from "../src/identity/userHandlers.ts"
import { routes } from "./identity/people.ts"

const answered = (failure: Failure) => problemOf(Cause.fail(failure), "req_1")

describe("failures of identity", () => {
  const cause = new Error("the inside")
  const { Busy, FactorRefused, FactorRequired, LinkRefused, PermissionMissing, RefreshedAlready } =
    Errors
  const { RefreshRefused, SignInRefused, StepUpRequired, TokenRefused, TooManyAttempts } = Errors
  const plain = {
    Busy,
    FactorRefused,
    LinkRefused,
    RefreshedAlready,
    RefreshRefused,
    SignInRefused,
    StepUpRequired,
    TokenRefused
  }
  // `TokenRefused` and `PermissionMissing` have these codes over HTTP.
  const told = new Set<string>([
    ...Object.keys(plain),
    "FactorRequired",
    "Unauthorized",
    "NotPermitted"
  ])
  const refusals = codes.filter(
    (code): code is CodeOf<"Refused"> =>
      code in areas.users && failureOf(code).family === "Refused" && !told.has(code)
  )
  const failures: ReadonlyArray<Failure> = [
    ...Object.values(plain).map((Plain) => new Plain()),
    ...refusals.map((code) => new Refused(code)),
    new PermissionMissing({ permission: "trade" }),
    new IdentityUnavailable({ cause }),
    new RateLimiterUnavailable({ cause }),
    new KycUnavailable({ cause }),
    new VenueAccountsUnavailable({ cause })
  ]

  it("error: a code that its operation does not declare does not compile in a handler", () => {
    type Renaming = Effect.Error<ReturnType<IdentityHandlers["rename"]>>
    const codes: ReadonlyArray<Extract<Renaming, Refused>["code"]> = [
      "AccountFrozen",
      // @ts-expect-error nobody needs rights to rename themselves
      "OwnRights"
    ]
    const tags: ReadonlyArray<Renaming["_tag"]> = [
      "TokenRefused",
      // @ts-expect-error nor a fresh proof
      "StepUpRequired"
    ]
    expect([...codes, ...tags].filter((code) => !(code in Errors)).length).toBe(2)
  })

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
    expect(problem).toMatchObject({
      code: "FactorRequired",
      factor: { methods: ["passkey"], passkey }
    })
  })

  it("too many attempts come with when to try again", () => {
    const { problem, retryAfterMs } = answered(new TooManyAttempts({ retryAfterMs: 4_200 }))
    expect([problem.code, problem.status, retryAfterMs]).toEqual(["TooManyAttempts", 429, 4_200])
  })

  it.live(
    "a change that the store does not answer may have been made, a question may be asked again",
    () =>
      Effect.gen(function* () {
        const services = yield* Layer.build(identityOverNothing)
        const handlers = identityHandlers(services)
        const user = {
          userId: "usr_x",
          sessionId: "ses_x",
          permissions: ["self"],
          accountIds: [],
          provenAt: Date.now()
        }
        const caller = () => ({ address: "192.0.2.1", agent: "" })
        const got = yield* Effect.flip(handlers.user(user as never, undefined, caller))
        expect(got).toEqual(new IdentityUnavailable({ cause }))
        const renamed = yield* Effect.flip(handlers.rename(user as never, { name: "x" }, caller))
        expect(renamed).toEqual(new ApiFailure({ code: "ChangeUnknown", cause }))
        expect(problems.get("ChangeUnknown")).toMatchObject({ status: 504, retry: "unknown" })
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
  )

  /** The services of identity over a store that does not answer. */
  const unanswered = Effect.fail(new IdentityUnavailable({ cause }))
  const identityOverNothing = Identity.layer({
    name: "Pandora",
    issuer: "https://pandora.example",
    site: "https://pandora.example",
    secretKeys: [{ id: "k1", key: Redacted.make(Uint8Array.from({ length: 32 }, (_, i) => i * 7)) }]
  }).pipe(
    Layer.provide(
      Layer.mergeAll(
        Layer.succeed(IdentityStore, {
          user: () => unanswered,
          userByEmail: () => unanswered,
          users: () => unanswered,
          session: () => unanswered,
          sessions: () => unanswered,
          refreshToken: () => unanswered,
          signingKeys: unanswered,
          auditEntries: () => unanswered,
          lastAuditEntry: unanswered,
          write: () => unanswered,
          forgetExpired: () => unanswered
        }),
        Layer.succeed(VenueAccounts, {
          open: () => Effect.fail(new VenueAccountsUnavailable({ cause })),
          isEmpty: () => Effect.fail(new VenueAccountsUnavailable({ cause }))
        }),
        Notifier.layerLog,
        RateLimiter.layerMemory,
        KycProvider.layerManual
      )
    )
  )

  it("error: what is none of these is a bug, and nothing of it is told", () => {
    const { bug, problem } = problemOf(
      Cause.die(new Error("the inside")) as Cause.Cause<Failure>,
      "req_1"
    )
    expect(bug).toBe(true)
    expect(JSON.stringify(problem)).not.toContain("inside")
  })
})

it("of requests without an answer in time a key tells what became of them, where they have one", () => {
  const keyed = routes.filter(({ unanswered }) => unanswered === "OutcomeUnknown")
  expect(keyed.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /v1/cancel-after",
    "POST /v1/order-lists",
    "DELETE /v1/order-lists/:list",
    "DELETE /v1/orders",
    "POST /v1/orders",
    "PATCH /v1/orders/:order",
    "DELETE /v1/orders/:order",
    "POST /v1/orders/:order/replace",
    "POST /v1/orders/batch"
  ])
})
