import { Effect } from "effect"
import { checkName } from "../../Name.ts"
import type { Principal } from "../../Principal.ts"
import { unlessFrozen } from "./unfrozen.ts"
import type { UsersContext } from "./UsersContext.ts"
import { updateOwn } from "./writing.ts"

/** Changes the name of the principal's user. */
export const rename = (context: UsersContext, principal: Principal, name: string) =>
  Effect.asVoid(
    updateOwn(context, principal, "renamed", (user) =>
      Effect.as(Effect.andThen(checkName(name), unlessFrozen(user)), { ...user, name })
    )
  )
