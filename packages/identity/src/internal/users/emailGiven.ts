import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import { emailOf } from "../../Email.ts"

/** Normalises the given address. Fails with `MalformedEmail` if it is not one. */
export const emailGiven = (typed: string): Effect.Effect<string, Refused<"MalformedEmail">> => {
  const email = emailOf(typed)
  return email === undefined ? Effect.fail(new Refused("MalformedEmail")) : Effect.succeed(email)
}
