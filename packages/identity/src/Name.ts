/** Names that users give to themselves, their accounts and their passkeys. */
import { Refused } from "@pandora-exchange/contract/failure"
import { DisplayName } from "@pandora-exchange/contract/operations/users"
import { Effect, Schema } from "effect"

/** Whether the text can be shown as a name: the contract's rule, `DisplayName`. */
export const isName: (text: string) => boolean = Schema.is(DisplayName)

/** Fails with `MalformedName` for text that cannot be shown as a name. */
export const checkName = (text: string): Effect.Effect<void, Refused<"MalformedName">> =>
  isName(text) ? Effect.void : Effect.fail(new Refused("MalformedName"))
