import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import { ownUser } from "../changing.ts"
import type { UsersContext } from "./UsersContext.ts"
import { updateOwn } from "./writing.ts"

/** Asks the provider to verify the principal's user. */
export const beginKyc = Effect.fn("Users.beginKyc")(function* (
  context: UsersContext,
  principal: Principal
) {
  const seen = yield* ownUser(context.store, principal)
  const problem = () => new Refused("KycUnderWay")
  if (seen.kyc === "pending" || seen.kyc === "verified") return yield* problem()
  const { next } = yield* context.kyc.begin(seen.userId)
  const user = yield* updateOwn(context, principal, "kycBegun", (user) =>
    user.kyc === seen.kyc
      ? Effect.succeed({ ...user, kyc: "pending" as const })
      : Effect.fail(problem())
  )
  return { kyc: user.kyc, next }
})
