import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { FactorRequired } from "../Errors.ts"
import * as Proofs from "../Proofs.ts"
import { takingNothing } from "./changing.ts"
import type { IdentityContext } from "./IdentityContext.ts"

/** What the user is asked for next, including a challenge if they have a passkey. */
export const challenged = Effect.fnUntraced(function* (
  { environment, store }: IdentityContext,
  user: User
) {
  const methods = Proofs.methodsOf(user)
  if (user.passkeys.length === 0) return new FactorRequired({ methods, passkey: null })
  const { options, user: changed } = yield* Effect.provide(Proofs.withChallenge(user), environment)
  yield* takingNothing(store.write({ changes: [{ _tag: "UpdateUser", user: changed }], audit: [] }))
  return new FactorRequired({ methods, passkey: options })
})
