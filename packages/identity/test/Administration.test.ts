import { assert, describe, it } from "@effect/vitest"
import { factorMissing } from "@pandora-exchange/contract/Principal"
import { roles } from "@pandora-exchange/core/IdentityRecords"
import { permissions } from "@pandora-exchange/core/Permission"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { freshMs, type Principal } from "../src/Principal.ts"
import { permissionsOf } from "../src/Roles.ts"
import {
  password,
  person,
  personWithTotp,
  refusal,
  signIn,
  staff,
  world,
  type World
} from "./support/exchange.ts"

describe("Roles", () => {
  it("these are the rights of each role, in a session with a second factor and in one without", ({
    expect
  }) => {
    const user = { status: "active", kyc: "verified" }
    const table = roles.map((role) => [
      role,
      ...[1, null].map((factorAt) =>
        permissionsOf({ ...user, roles: [role] } as never, { factorAt }).join(" ")
      )
    ])
    expect(table).toMatchInlineSnapshot(`
      [
        [
          "user",
          "read trade withdraw self",
          "read trade withdraw self",
        ],
        [
          "support",
          "self users:read",
          "self",
        ],
        [
          "compliance",
          "self users:read users:freeze users:kyc audit:read",
          "self",
        ],
        [
          "finance",
          "self users:read",
          "self",
        ],
        [
          "admin",
          "self users:read users:freeze audit:read",
          "self",
        ],
        [
          "superadmin",
          "self users:read users:freeze users:kyc users:roles audit:read",
          "self",
        ],
      ]
    `)
  })

  it("nobody withdraws before they are verified, the frozen move nothing, the closed may nothing", () => {
    const all = { status: "active", kyc: "verified", roles: [...roles] }
    const rights = (more: object) => permissionsOf({ ...all, ...more } as never, { factorAt: 1 })
    assert.deepStrictEqual(rights({}), [...permissions])
    for (const kyc of ["none", "pending", "rejected"]) {
      assert.deepStrictEqual(
        rights({ kyc }),
        permissions.filter((permission) => permission !== "withdraw")
      )
    }
    assert.deepStrictEqual(rights({ status: "frozen" }), ["read", "self"])
    assert.deepStrictEqual(rights({ status: "closed" }), [])
  })
})

/** Everything staff can do to one user. */
const actsOf = ({ administration }: World, actor: Principal, userId: Principal["userId"]) => ({
  users: administration.users(actor, { after: null, limit: 10 }),
  user: administration.user(actor, userId),
  setFrozen: administration.setFrozen(actor, userId, false),
  decideKyc: administration.decideKyc(actor, userId, "verified"),
  setRoles: administration.setRoles(actor, userId, ["user"]),
  audit: administration.audit(actor, { after: 0, limit: 10 }),
  verifyAudit: administration.verifyAudit(actor)
})

describe("Administration", () => {
  it.effect("each role can do what it may, and nothing else", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      const allowed: Record<string, ReadonlyArray<string>> = {}
      const actors = [["user", (yield* personWithTotp(here, "eve")).principal] as const]
      for (const role of roles.slice(1)) {
        actors.push([role, (yield* staff(here, `s-${role}`, [role])).principal] as never)
      }
      for (const [role, actor] of actors) {
        const can: Array<string> = []
        for (const [name, act] of Object.entries(actsOf(here, actor, ann.userId))) {
          const tag = yield* Effect.matchEffect(
            act as Effect.Effect<unknown, { readonly _tag: string }>,
            {
              onSuccess: () => Effect.succeed("done"),
              onFailure: ({ _tag }) => Effect.succeed(_tag)
            }
          )
          if (tag !== "PermissionMissing") can.push(name)
        }
        allowed[role] = can
      }
      assert.deepStrictEqual(allowed, {
        user: [],
        support: ["users", "user"],
        compliance: ["users", "user", "setFrozen", "decideKyc", "audit", "verifyAudit"],
        finance: ["users", "user"],
        admin: ["users", "user", "setFrozen", "audit", "verifyAudit"],
        superadmin: ["users", "user", "setFrozen", "decideKyc", "setRoles", "audit", "verifyAudit"]
      })
    }).pipe(Effect.scoped)
  )

  it.effect("error: staff without a second factor are told that it is missing", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      yield* here.users.create({
        email: "boss@example.com",
        name: "boss",
        password,
        roles: ["admin"]
      })
      const { access } = yield* signIn(here, "boss@example.com")
      const principal = yield* here.sessions.authenticate(access.token)
      const denied = (effect: Effect.Effect<unknown, { readonly message?: string }>) =>
        Effect.map(Effect.flip(effect), ({ message }) => message)
      const acts = actsOf(here, principal, ann.principal.userId)
      assert.strictEqual(yield* denied(acts.users), factorMissing)
      assert.strictEqual(yield* denied(acts.setFrozen), factorMissing)
      assert.notStrictEqual(yield* denied(acts.decideKyc), factorMissing)
      const others = actsOf(here, ann.principal, principal.userId)
      assert.notStrictEqual(yield* denied(others.users), factorMissing)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "who is frozen loses what moves money within a second, and has it again afterwards",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const there = yield* here.anotherNode
        const ann = yield* person(here, "ann")
        const admin = yield* staff(here, "boss", ["admin"])
        const rights = Effect.andThen(
          TestClock.adjust("1 second"),
          Effect.map(
            there.sessions.authenticate(
              (yield* here.sessions.refresh(ann.tokens.refresh, { address: "::1", agent: "" }))
                .access.token
            ),
            ({ permissions }) => permissions
          )
        )
        assert.deepStrictEqual(yield* rights, ["read", "trade", "self"])
        yield* here.administration.setFrozen(admin.principal, ann.userId, true)
        assert.deepStrictEqual(yield* rights, ["read", "self"])
        yield* here.administration.setFrozen(admin.principal, ann.userId, false)
        assert.deepStrictEqual(yield* rights, ["read", "trade", "self"])
        const entries = yield* here.administration.audit(admin.principal, { after: 0, limit: 100 })
        assert.deepStrictEqual(
          entries.slice(-2).map(({ actor, kind, subject }) => [kind, subject, actor]),
          [
            ["frozen", ann.userId, admin.userId],
            ["unfrozen", ann.userId, admin.userId]
          ]
        )
      }).pipe(Effect.scoped)
  )

  it.effect("other rights take a new session, a fresh proof, and somebody else", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const boss = yield* staff(here, "boss", ["superadmin"])
      const give = here.administration.setRoles(boss.principal, ann.userId, ["user", "support"])
      const own = here.administration.setRoles(boss.principal, boss.userId, ["superadmin", "user"])
      assert.deepInclude(yield* Effect.flip(own), { _tag: "Refused", code: "OwnRights" })
      assert.deepStrictEqual((yield* give).roles, ["user", "support"])
      assert.strictEqual(
        yield* refusal(here.sessions.authenticate(ann.tokens.access.token)),
        "TokenRefused"
      )
      yield* TestClock.adjust(freshMs + 1)
      assert.strictEqual(yield* refusal(give), "StepUpRequired")
    }).pipe(Effect.scoped)
  )

  it.effect("error: those who freeze do not freeze those who give rights", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const boss = yield* staff(here, "boss", ["superadmin"])
      const admin = yield* staff(here, "admin", ["admin"])
      const freeze = here.administration.setFrozen(admin.principal, boss.userId, true)
      assert.deepInclude(yield* Effect.flip(freeze), { _tag: "Refused", code: "RightsAbove" })
    }).pipe(Effect.scoped)
  )

  it.effect("who asked to be verified is decided about once, and may withdraw when verified", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const officer = yield* staff(here, "officer", ["compliance"])
      const decide = here.administration.decideKyc(officer.principal, ann.userId, "verified")
      assert.deepInclude(yield* Effect.flip(decide), { _tag: "Refused", code: "KycNotPending" })
      assert.deepStrictEqual(yield* here.users.beginKyc(ann.principal), {
        kyc: "pending",
        next: null
      })
      assert.deepInclude(yield* Effect.flip(here.users.beginKyc(ann.principal)), {
        code: "KycUnderWay"
      } as never)
      assert.strictEqual((yield* decide).kyc, "verified")
      const next = yield* here.sessions.refresh(ann.tokens.refresh, { address: "::1", agent: "" })
      const { permissions } = yield* here.sessions.authenticate(next.access.token)
      assert.deepStrictEqual(permissions, ["read", "trade", "withdraw", "self"])
    }).pipe(Effect.scoped)
  )
})
