import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import { emailOf } from "../../Email.ts"

/** The one spelling of an address that was given. Fails with `MalformedEmail` if it is none. */
export const emailGiven = (typed: string): Effect.Effect<string, Refused<"MalformedEmail">> => {
  const email = emailOf(typed)
  return email === undefined ? Effect.fail(new Refused("MalformedEmail")) : Effect.succeed(email)
}
