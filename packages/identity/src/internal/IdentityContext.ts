import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { type Context, Effect } from "effect"
import { Attempts } from "../Attempts.ts"
import { Audit } from "../Audit.ts"
import { Messages } from "../Messages.ts"
import { Secrets } from "../Secrets.ts"
import { Settings } from "../Settings.ts"

/** The services shared by all actions on users. */
export interface IdentityContext {
  readonly store: IdentityStore["Service"]
  readonly attempts: Attempts["Service"]
  readonly audit: Audit["Service"]
  readonly messages: Messages["Service"]
  readonly secrets: Secrets["Service"]
  readonly settings: Settings["Service"]
  /** Makes this node forget what it knows of the user's sessions. */
  readonly recheck: (userId: UserId) => Effect.Effect<void>
  /** What the functions of `Proofs` require. */
  readonly environment: Context.Context<Secrets | Settings>
}

export const identityContext = Effect.fnUntraced(function* (recheck: IdentityContext["recheck"]) {
  const context: IdentityContext = {
    store: yield* IdentityStore,
    attempts: yield* Attempts,
    audit: yield* Audit,
    messages: yield* Messages,
    secrets: yield* Secrets,
    settings: yield* Settings,
    recheck,
    environment: yield* Effect.context<Secrets | Settings>()
  }
  return context
})
