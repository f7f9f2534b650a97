import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import { type Principal, requireFresh } from "../../Principal.ts"
import { sameAddress, untilWritten } from "../changing.ts"
import { ownUnfrozen } from "./unfrozen.ts"
import type { UsersContext } from "./UsersContext.ts"
import { writeEndingSessions } from "./writing.ts"

/** Closes the principal's user, whose accounts must be empty. */
export const close = Effect.fn("Users.close")(function* (
  context: UsersContext,
  principal: Principal,
  caller: Caller
) {
  const { accounts, messages, recheck } = context
  yield* requireFresh(principal)
  const seen = yield* ownUnfrozen(context, principal)
  for (const { accountId } of seen.accounts) {
    if (!(yield* accounts.isEmpty(accountId))) return yield* new Refused("FundsLeft")
  }
  const ending = {
    reason: "userClosed",
    except: null,
    details: { address: caller.address }
  } as const
  yield* untilWritten(
    Effect.flatMap(ownUnfrozen(context, principal), (user) =>
      sameAddress(writeEndingSessions(context, { ...user, status: "closed", roles: [] }, ending))
    )
  )
  yield* recheck(principal.userId)
  yield* messages.send(seen.email, { kind: "accountClosed" })
})
