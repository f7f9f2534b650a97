/** Names users choose for themselves, their accounts and their passkeys. */
import { Refused } from "@pandora-exchange/contract/failure"
import { DisplayName } from "@pandora-exchange/contract/operations/users"
import { Effect, Schema } from "effect"

/** Whether the text can be displayed as a name, by the contract's rule `DisplayName`. */
export const isName: (text: string) => boolean = Schema.is(DisplayName)

/** Fails with `MalformedName` if the text cannot be displayed as a name. */
export const checkName = (text: string): Effect.Effect<void, Refused<"MalformedName">> =>
  isName(text) ? Effect.void : Effect.fail(new Refused("MalformedName"))
