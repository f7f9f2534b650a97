/**
 * Actions of staff on users. Each one requires a permission and is recorded in the audit trail
 * together with who did it.
 */
import type { Refused } from "@pandora-exchange/contract/failure"
import type { CodeOf } from "@pandora-exchange/contract/failures"
import type { Role, User, UserId } from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore, type IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer } from "effect"
import { Audit, type ReadEntry, type Verified } from "./Audit.ts"
import type { Busy, PermissionMissing, StepUpRequired } from "./Errors.ts"
import type { StaffContext } from "./internal/administration/act.ts"
import { decideKyc } from "./internal/administration/decideKyc.ts"
import { setFrozen } from "./internal/administration/setFrozen.ts"
import { setRoles } from "./internal/administration/setRoles.ts"
import { userNamed } from "./internal/changing.ts"
import { methodsOf } from "./internal/methodsOf.ts"
import { type Principal, require } from "./Principal.ts"
import { Sessions } from "./Sessions.ts"
import { VenueAccounts, type VenueAccountsUnavailable } from "./VenueAccounts.ts"

type Refusal<C extends CodeOf<"Refused">> =
  | PermissionMissing
  | Refused<C>
  | Busy
  | IdentityUnavailable

type OnOthers = "OwnRights" | "UnknownUser"

export class Administration extends Context.Service<
  Administration,
  {
    /** Ordered by id. */
    readonly users: (
      actor: Principal,
      page: { readonly after: UserId | null; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<User>, PermissionMissing | IdentityUnavailable>
    readonly user: (
      actor: Principal,
      userId: UserId
    ) => Effect.Effect<User, PermissionMissing | Refused<"UnknownUser"> | IdentityUnavailable>
    /** A frozen user can see everything but move nothing. */
    readonly setFrozen: (
      actor: Principal,
      userId: UserId,
      frozen: boolean
    ) => Effect.Effect<User, Refusal<OnOthers | "RightsAbove">>
    readonly decideKyc: (
      actor: Principal,
      userId: UserId,
      decision: "verified" | "rejected"
    ) => Effect.Effect<User, Refusal<OnOthers | "KycNotPending">>
    /**
     * Requires a fresh proof; staff cannot change their own roles. Ends the user's sessions,
     * because permissions never change within a session. Anyone who becomes a `user` gets an
     * account in the venue.
     */
    readonly setRoles: (
      actor: Principal,
      userId: UserId,
      roles: ReadonlyArray<Role>
    ) => Effect.Effect<User, StepUpRequired | VenueAccountsUnavailable | Refusal<OnOthers>>
    readonly audit: (
      actor: Principal,
      page: { readonly after: number; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<ReadEntry>, PermissionMissing | IdentityUnavailable>
    readonly verifyAudit: (
      actor: Principal
    ) => Effect.Effect<Verified, PermissionMissing | IdentityUnavailable>
  }
>()("@pandora-exchange/identity/Administration") {
  static readonly layer: Layer.Layer<
    Administration,
    never,
    Audit | IdentityStore | Sessions | VenueAccounts
  > = Layer.effect(
    Administration,
    Effect.suspend(() => make())
  )
}

const make = Effect.fnUntraced(function* () {
  const context: StaffContext = {
    store: yield* IdentityStore,
    accounts: yield* VenueAccounts,
    audit: yield* Audit,
    recheck: (yield* Sessions).recheck
  }
  const { audit, store } = context
  return Administration.of({
    ...methodsOf(context, { setFrozen, decideKyc, setRoles }),
    users: (actor, page) => Effect.andThen(require(actor, "users:read"), store.users(page)),
    user: (actor, userId) => Effect.andThen(require(actor, "users:read"), userNamed(store, userId)),
    audit: (actor, page) => Effect.andThen(require(actor, "audit:read"), audit.read(page)),
    verifyAudit: (actor) => Effect.andThen(require(actor, "audit:read"), audit.verify)
  })
})
