import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import type { Principal } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { samePasskeys } from "../changing.ts"
import type { IdentityContext } from "../IdentityContext.ts"
import { change, unproven } from "./changing.ts"

/** Replaces the principal's recovery codes. */
export const newRecoveryCodes = (context: IdentityContext, principal: Principal, caller: Caller) =>
  unproven(
    samePasskeys(
      change(context, principal, {
        what: "New recovery codes were made",
        caller,
        decide: (user) =>
          Proofs.hasFactor(user)
            ? Effect.map(Proofs.withNewRecoveryCodes(user), ({ codes, user }) => ({
                user,
                shown: codes
              }))
            : Effect.fail(new Refused("TotpMissing"))
      })
    )
  )
