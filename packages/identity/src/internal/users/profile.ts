import type { Principal } from "../../Principal.ts"
import { ownUser } from "../changing.ts"
import type { UsersContext } from "./UsersContext.ts"

/** Returns the principal's user. */
export const profile = ({ store }: UsersContext, principal: Principal) => ownUser(store, principal)
