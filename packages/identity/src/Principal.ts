/** The principal of a session. */
import type { Principal as AnyPrincipal } from "@pandora-exchange/contract/Principal"
import type { Session, SessionId, User, UserId } from "@pandora-exchange/core/IdentityRecords"
import type { AccountId } from "@pandora-exchange/core/Ids"
import type { Permission } from "@pandora-exchange/core/Permission"
import { Clock, Effect } from "effect"
import { PermissionMissing, StepUpRequired } from "./Errors.ts"
import { hasFactor } from "./Proofs.ts"
import { permissionsOf, permissionsOfFactor } from "./Roles.ts"

export interface Principal extends AnyPrincipal {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly accountIds: ReadonlyArray<AccountId>
  /** When the user last proved their identity with every factor they have set up; 0 for never. */
  readonly provenAt: number
}

/** How long a proof counts as fresh. */
export const freshMs = 10 * 60_000
/** Tolerates a clock of another node that is slightly ahead. */
const clockDifferenceMs = 10_000

export const principalOf = (user: User, session: Session): Principal => ({
  userId: user.userId,
  sessionId: session.sessionId,
  name: user.name,
  accountIds: user.accounts.map(({ accountId }) => accountId),
  permissions: permissionsOf(user, session),
  // Only staff have such permissions; for most requests nothing needs to be computed.
  ...(session.factorAt === null &&
    user.roles.some((role) => role !== "user") && {
      factorPermissions: permissionsOfFactor(user)
    }),
  // For a user with a second factor, a proof without it does not count.
  provenAt: hasFactor(user) ? (session.factorAt ?? 0) : session.provenAt
})

/** Withdrawing money and changing keys, passwords, factors or roles require a fresh proof. */
export const requireFresh = ({ provenAt }: Principal): Effect.Effect<void, StepUpRequired> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    // A proof dated in the future was given before the clock stepped back, an unknown time ago.
    now - provenAt <= freshMs && provenAt - now <= clockDifferenceMs
      ? Effect.void
      : Effect.fail(new StepUpRequired())
  )

export const require = (
  { factorPermissions = [], permissions }: Principal,
  permission: Permission
): Effect.Effect<void, PermissionMissing> =>
  permissions.includes(permission)
    ? Effect.void
    : Effect.fail(
        new PermissionMissing({
          permission,
          ...(factorPermissions.includes(permission) && { ofFactor: true })
        })
      )
