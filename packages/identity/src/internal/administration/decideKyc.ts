import { Refused } from "@pandora-exchange/contract/failure"
import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { type Principal, require } from "../../Principal.ts"
import { act, onOthers, type StaffContext } from "./act.ts"

/** Approves or rejects a user who is waiting for verification. */
export const decideKyc = Effect.fnUntraced(function* (
  context: StaffContext,
  actor: Principal,
  userId: UserId,
  decision: "verified" | "rejected"
) {
  yield* require(actor, "users:kyc")
  yield* onOthers(actor, userId)
  return yield* act(context, actor, userId, {
    kind: "kycDecided",
    details: { decision },
    decide: (user) =>
      user.kyc === "pending" ? { ...user, kyc: decision } : new Refused("KycNotPending")
  })
})
