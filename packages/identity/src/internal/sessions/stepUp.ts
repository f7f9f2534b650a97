import type { Session } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect, type Redacted } from "effect"
import type { Caller } from "../../Caller.ts"
import { SignInRefused, TokenRefused } from "../../Errors.ts"
import type { Principal } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { ownUser, takingNothing, untilWritten } from "../changing.ts"
import { isAlive } from "./lifetime.ts"
import { newSession, tokensOf } from "./newSession.ts"
import { proved, refuseSignIn } from "./proving.ts"
import type { SessionsContext } from "./SessionsContext.ts"

export type StepUp =
  /** Only for users without a second factor. */
  { readonly _tag: "Password"; readonly password: Redacted.Redacted } | Proofs.Proof

/** Replaces the principal's session with one that has a fresh proof. */
export const stepUp = Effect.fn("Sessions.stepUp")(function* (
  context: SessionsContext,
  principal: Principal,
  proof: StepUp,
  caller: Caller
) {
  const { attempts, passwords, recheck, store } = context
  yield* attempts.from(caller.address)
  const seen = yield* ownUser(store, principal)
  yield* attempts.ofFactor(seen.userId)
  if (proof._tag === "Password") {
    const matches = yield* passwords.verify(seen.passwordHash, proof.password)
    if (!matches || Proofs.hasFactor(seen)) return yield* refuseSignIn(context, seen, caller)
  }
  const given = yield* untilWritten(
    replaced(context, principal, { proof, caller, passwordHash: seen.passwordHash })
  )
  yield* recheck(principal.userId)
  return yield* tokensOf(context, given.session, given.refresh)
})

interface Replacing {
  readonly proof: StepUp
  readonly caller: Caller
  /** The hash the password was found to match. */
  readonly passwordHash: string
}

/** Decides on the rows as they are now. */
const replaced = Effect.fnUntraced(function* (
  context: SessionsContext,
  { sessionId, userId }: Principal,
  { caller, passwordHash, proof }: Replacing
) {
  const { audit, store } = context
  const found = yield* store.session(sessionId)
  const at = yield* Clock.currentTimeMillis
  if (found === undefined || !isAlive(found, at)) return yield* new TokenRefused()
  const { user } = found
  const byPassword = proof._tag === "Password"
  if (byPassword && (user.passwordHash !== passwordHash || Proofs.hasFactor(user)))
    return yield* new SignInRefused()
  const proven = byPassword ? user : yield* proved(context, user, proof, caller)
  const userVersion = user.version + (proven === user ? 0 : 1)
  const begun = yield* newSession(user, caller, { withFactor: !byPassword, userVersion })
  const session: Session = { ...begun.session, expiresAt: found.session.expiresAt }
  yield* takingNothing(
    store.write({
      changes: [
        ...(proven === user ? [] : [{ _tag: "UpdateUser", user: proven } as const]),
        { _tag: "EndSession", sessionId, userId, reason: "replaced", at },
        { ...begun.change, session }
      ],
      audit: [yield* audit.draft({ kind: "steppedUp", user, details: { factor: proof._tag } })]
    })
  )
  return begun
})
