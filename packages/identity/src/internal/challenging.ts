import type { User } from "@pandora-exchange/core/Identity"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Effect } from "effect"
import { FactorRequired } from "../Errors.ts"
import * as Proofs from "../Proofs.ts"
import { sameAddress } from "./changing.ts"

/** What the user is asked for next, with a challenge when there is a passkey. */
export const challenged = Effect.fnUntraced(function* (user: User) {
  const methods = Proofs.methodsOf(user)
  if (user.passkeys.length === 0) return new FactorRequired({ methods, passkey: null })
  const { options, user: changed } = yield* Proofs.withChallenge(user)
  const { write } = yield* IdentityStore
  yield* sameAddress(write({ changes: [{ _tag: "UpdateUser", user: changed }], audit: [] }))
  return new FactorRequired({ methods, passkey: options })
})
