/** The principal of a session. */
import type { Principal as AnyPrincipal } from "@pandora-exchange/contract/Principal"
import type { Session, SessionId, User, UserId } from "@pandora-exchange/core/Identity"
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
  /**
   * When the user last proved who they are, with everything that they have set up for it; 0 for
   * never.
   */
  readonly provenAt: number
}

/** How long a proof counts for what needs a fresh one. */
export const freshMs = 10 * 60_000
/** Another node's clock may be a little ahead. */
const clockDifferenceMs = 10_000

export const principalOf = (user: User, session: Session): Principal => ({
  userId: user.userId,
  sessionId: session.sessionId,
  name: user.name,
  accountIds: user.accounts.map(({ accountId }) => accountId),
  permissions: permissionsOf(user, session),
  // Nobody but staff has any: most requests need not work them out.
  ...(session.factorAt === null &&
    user.roles.some((role) => role !== "user") && {
      factorPermissions: permissionsOfFactor(user)
    }),
  // Of those who have a second factor, a proof without it is none.
  provenAt: hasFactor(user) ? (session.factorAt ?? 0) : session.provenAt
})

/** Money going out, keys, passwords, factors and roles take a fresh proof. */
export const requireFresh = ({ provenAt }: Principal): Effect.Effect<void, StepUpRequired> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    // A proof from the future was given before the clock stepped back, nobody knows how long ago.
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
