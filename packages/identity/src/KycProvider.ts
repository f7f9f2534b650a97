/** Verifies users: a service of yours, or staff. */
import type { UserId } from "@pandora-exchange/core/Identity"
import { Context, Effect, Layer, Schema } from "effect"

/** The provider does not answer: nothing has begun. */
export class KycUnavailable extends Schema.TaggedError<KycUnavailable>()("KycUnavailable", {
  cause: Schema.Defect()
}) {}

export class KycProvider extends Context.Service<
  KycProvider,
  {
    /**
     * Begins to look at the user; `next` is where the user goes on, if anywhere. What was found
     * comes to `Administration.decideKyc`.
     */
    readonly begin: (
      userId: UserId
    ) => Effect.Effect<{ readonly next: string | null }, KycUnavailable>
  }
>()("@pandora-exchange/identity/KycProvider") {
  /** Staff decide. */
  static readonly layerManual: Layer.Layer<KycProvider> = Layer.succeed(KycProvider, {
    begin: (userId) =>
      Effect.as(Effect.logInfo("A user waits to be verified", { userId }), { next: null })
  })
}
