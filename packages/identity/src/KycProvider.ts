/** Verifies users, through an external service or through staff. */
import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { Context, Effect, Layer, Schema } from "effect"

/** The provider did not answer. Nothing was started. */
export class KycUnavailable extends Schema.TaggedError<KycUnavailable>()("KycUnavailable", {
  cause: Schema.Defect()
}) {}

export class KycProvider extends Context.Service<
  KycProvider,
  {
    /**
     * Starts a verification. `next` is where the user continues, if anywhere. Deliver the result to
     * `Administration.decideKyc`.
     */
    readonly begin: (
      userId: UserId
    ) => Effect.Effect<{ readonly next: string | null }, KycUnavailable>
  }
>()("@pandora-exchange/identity/KycProvider") {
  /** Leaves the decision to staff. */
  static readonly layerManual: Layer.Layer<KycProvider> = Layer.succeed(KycProvider, {
    begin: (userId) =>
      Effect.as(Effect.logInfo("A user waits to be verified", { userId }), { next: null })
  })
}
