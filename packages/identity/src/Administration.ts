/** What staff do with users. Each act states the permission that it takes, and stands in the audit trail with who did it. */
import type { Role, User, UserId } from "@pandora-exchange/core/Identity"
import { IdentityStore, type IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Context, Effect, Layer } from "effect"
import { Audit, type Details, type ReadEntry, type Verified } from "./Audit.ts"
import { NotPossible, type PermissionMissing, type StepUpRequired } from "./Errors.ts"
import { sameAddress, untilWritten, userNamed } from "./internal/changing.ts"
import { openMain } from "./internal/openMain.ts"
import { type Principal, require, requireFresh } from "./Principal.ts"
import { Sessions, type Unavailable } from "./Sessions.ts"
import { VenueAccounts, type VenueAccountsUnavailable } from "./VenueAccounts.ts"

type Refusal = PermissionMissing | NotPossible | Unavailable

export class Administration extends Context.Service<
  Administration,
  {
    /** In the order of their ids. */
    readonly users: (
      actor: Principal,
      page: { readonly after: UserId | null; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<User>, PermissionMissing | IdentityUnavailable>
    readonly user: (actor: Principal, userId: UserId) => Effect.Effect<User, Refusal>
    /** Frozen, they see what they have and move nothing. */
    readonly setFrozen: (actor: Principal, userId: UserId, frozen: boolean) => Effect.Effect<User, Refusal>
    readonly decideKyc: (
      actor: Principal,
      userId: UserId,
      decision: "verified" | "rejected"
    ) => Effect.Effect<User, Refusal>
    /**
     * Takes a fresh proof, and is for others only. Ends the user's sessions: rights never change in a session. Whoever becomes a
     * `user` gets an account in the venue.
     */
    readonly setRoles: (
      actor: Principal,
      userId: UserId,
      roles: ReadonlyArray<Role>
    ) => Effect.Effect<User, StepUpRequired | VenueAccountsUnavailable | Refusal>
    readonly audit: (
      actor: Principal,
      page: { readonly after: number; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<ReadEntry>, PermissionMissing | IdentityUnavailable>
    readonly verifyAudit: (actor: Principal) => Effect.Effect<Verified, PermissionMissing | IdentityUnavailable>
  }
>()("@pandora-exchange/identity/Administration") {
  static readonly layer: Layer.Layer<Administration, never, Audit | IdentityStore | Sessions | VenueAccounts> =
    Layer.effect(
      Administration,
      Effect.suspend(() => make())
    )
}

const make = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const accounts = yield* VenueAccounts
  const audit = yield* Audit
  const sessions = yield* Sessions
  const context = yield* Effect.context<IdentityStore>()

  interface Act {
    readonly kind: "frozen" | "unfrozen" | "kycDecided" | "rightsChanged"
    readonly details: Details
    readonly decide: (user: User) => User | NotPossible
  }

  const act = Effect.fnUntraced(function* (actor: Principal, userId: UserId, { decide, details, kind }: Act) {
    const changed = yield* untilWritten(
      Effect.gen(function* () {
        const decided = decide(yield* userNamed(userId))
        if (decided instanceof NotPossible) return yield* decided
        const at = yield* Clock.currentTimeMillis
        yield* sameAddress(
          store.write({
            changes: [
              { _tag: "UpdateUser", user: decided },
              ...(kind === "rightsChanged"
                ? [{ _tag: "EndSessions", userId, except: null, reason: kind, at } as const]
                : [])
            ],
            audit: [yield* audit.draft({ kind, user: decided, actor: actor.userId, details })]
          })
        )
        const changed: User = { ...decided, version: decided.version + 1 }
        return changed
      })
    )
    yield* sessions.recheck(userId)
    return changed
  }, Effect.provide(context))

  return Administration.of({
    users: (actor, page) => Effect.andThen(require(actor, "users:read"), store.users(page)),
    user: (actor, userId) => Effect.andThen(require(actor, "users:read"), Effect.provide(userNamed(userId), context)),
    setFrozen: (actor, userId, frozen) =>
      Effect.andThen(
        require(actor, "users:freeze"),
        userId === actor.userId
          ? Effect.fail(new NotPossible({ problem: "OwnRights" }))
          : act(actor, userId, {
              kind: frozen ? "frozen" : "unfrozen",
              details: {},
              // Or else those who may freeze could take the place of those who give rights.
              decide: (user) =>
                user.roles.includes("superadmin") && !actor.permissions.includes("users:roles")
                  ? new NotPossible({ problem: "RightsAbove" })
                  : { ...user, status: frozen ? "frozen" : "active" }
            })
      ),
    decideKyc: (actor, userId, decision) =>
      Effect.andThen(
        require(actor, "users:kyc"),
        userId === actor.userId
          ? Effect.fail(new NotPossible({ problem: "OwnRights" }))
          : act(actor, userId, {
              kind: "kycDecided",
              details: { decision },
              decide: (user) =>
                user.kyc === "pending" ? { ...user, kyc: decision } : new NotPossible({ problem: "KycNotPending" })
            })
      ),
    setRoles: Effect.fnUntraced(function* (actor, userId, roles) {
      yield* require(actor, "users:roles")
      yield* requireFresh(actor)
      if (userId === actor.userId) return yield* new NotPossible({ problem: "OwnRights" })
      yield* Effect.provide(userNamed(userId), context)
      const opened = roles.includes("user") ? yield* openMain(accounts, userId) : []
      return yield* act(actor, userId, {
        kind: "rightsChanged",
        details: { roles },
        decide: (user) => ({
          ...user,
          roles: [...new Set(roles)],
          accounts: user.accounts.length > 0 ? user.accounts : opened
        })
      })
    }),
    audit: (actor, page) => Effect.andThen(require(actor, "audit:read"), audit.read(page)),
    verifyAudit: (actor) => Effect.andThen(require(actor, "audit:read"), audit.verify)
  })
})
