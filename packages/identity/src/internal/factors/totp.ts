/** Codes from an authenticator app. */
import { Refused } from "@pandora-exchange/contract/failure"
import { Effect, type Redacted } from "effect"
import type { Caller } from "../../Caller.ts"
import type { Principal } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { samePasskeys } from "../changing.ts"
import type { IdentityContext } from "../IdentityContext.ts"
import { begin, change, unproven, withCodes, without } from "./changing.ts"

/** Gives the principal a secret that takes effect once a code from it is confirmed. */
export const beginTotp = (context: IdentityContext, principal: Principal) =>
  begin(context, principal, Proofs.withNewTotp)

/** Activates the secret. */
export const confirmTotp = Effect.fn("Factors.confirmTotp")(function* (
  context: IdentityContext,
  principal: Principal,
  code: Redacted.Redacted,
  caller: Caller
) {
  yield* context.attempts.ofFactor(principal.userId)
  return yield* samePasskeys(
    change(context, principal, {
      what: "An authenticator app was added",
      caller,
      decide: (user) =>
        Effect.flatMap(Proofs.withTotpConfirmed(user, code), (confirmed) =>
          withCodes(user, confirmed)
        )
    })
  )
})

/** Removes the authenticator app. */
export const removeTotp = (context: IdentityContext, principal: Principal, caller: Caller) =>
  unproven(
    samePasskeys(
      change(context, principal, {
        what: "The authenticator app was removed",
        caller,
        decide: (user) =>
          user.totp === null
            ? Effect.fail(new Refused("TotpMissing"))
            : without({ ...user, totp: null })
      })
    )
  )
