import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import { checkName } from "../../Name.ts"
import type { Principal } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { samePasskeys } from "../changing.ts"
import type { IdentityContext } from "../IdentityContext.ts"
import { begin, change, unproven, withCodes, without } from "./changing.ts"

export interface NewPasskey {
  /** As returned by the browser's `navigator.credentials.create`. */
  readonly response: unknown
  readonly name: string
}

/** Gives the principal what the browser needs to create a passkey. */
export const beginPasskey = (context: IdentityContext, principal: Principal) =>
  begin(context, principal, (user) =>
    Effect.map(Proofs.withPasskeyBegun(user), ({ options, user }) => ({ user, shown: options }))
  )

/** Adds a passkey created by the browser. */
export const addPasskey = (
  context: IdentityContext,
  principal: Principal,
  { name, response }: NewPasskey,
  caller: Caller
) =>
  unproven(
    change(context, principal, {
      what: "A passkey was added",
      caller,
      decide: (user) =>
        checkName(name).pipe(
          Effect.andThen(Proofs.withPasskeyAdded(user, response, name)),
          Effect.flatMap((added) => withCodes(user, added))
        )
    })
  ).pipe(Effect.catchTag("PasskeyTaken", () => Effect.fail(new Refused("PasskeyRefused"))))

/** Removes one of the principal's passkeys. */
export const removePasskey = (
  context: IdentityContext,
  principal: Principal,
  credentialId: string,
  caller: Caller
) =>
  unproven(
    samePasskeys(
      change(context, principal, {
        what: "A passkey was removed",
        caller,
        decide: (user) => {
          const passkeys = user.passkeys.filter((passkey) => passkey.credentialId !== credentialId)
          return passkeys.length === user.passkeys.length
            ? Effect.fail(new Refused("UnknownPasskey"))
            : without({ ...user, passkeys })
        }
      })
    )
  )
