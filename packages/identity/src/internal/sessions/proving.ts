/** Records refused passwords and factors in the audit trail. */
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import { SignInRefused } from "../../Errors.ts"
import * as Proofs from "../../Proofs.ts"
import type { SessionsContext } from "./SessionsContext.ts"

export const refuseSignIn = Effect.fnUntraced(function* (
  { audit }: SessionsContext,
  user: User | undefined,
  { address }: Caller
) {
  yield* audit.record({ kind: "signInRefused", user, details: { address } })
  return yield* new SignInRefused()
})

/** The user, with the proof marked as used. */
export const proved = (
  { audit, environment }: SessionsContext,
  user: User,
  proof: Proofs.Proof,
  { address }: Caller
) =>
  Effect.tapError(Effect.provide(Proofs.prove(user, proof), environment), (error) =>
    error._tag === "FactorRefused"
      ? audit.record({ kind: "factorRefused", user, details: { address, factor: proof._tag } })
      : Effect.void
  )
