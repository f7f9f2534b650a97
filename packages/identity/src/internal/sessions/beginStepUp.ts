import { Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { challenged } from "../challenging.ts"
import { ownUser, untilWritten } from "../changing.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** What the principal needs in order to step up: one of these factors, or the password (null). */
export const beginStepUp = (context: SessionsContext, principal: Principal) =>
  untilWritten(
    Effect.flatMap(ownUser(context.store, principal), (user) =>
      Proofs.hasFactor(user) ? challenged(context, user) : Effect.succeed(null)
    )
  )
