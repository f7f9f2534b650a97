/**
 * Who asks, and what they may do. The seam for real identity: everything else in the server knows tokens only through
 * `authenticate`, and accounts and rights only from the `Principal` that comes of it.
 */
import { Context, Effect, Layer, type Redacted, Schema } from "effect"
import { createHash } from "node:crypto"

export type Right = "read" | "trade"

export interface Principal {
  readonly name: string
  /** The accounts that exist for this caller; the first is meant unless another is named. Never empty. */
  readonly accountIds: ReadonlyArray<number>
  readonly permissions: ReadonlyArray<Right>
}

/** The token is not, or no longer, valid. The same for every reason. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {}) {}

export class Identity extends Context.Service<
  Identity,
  {
    /** Asked for each request, and again and again while a stream of private events is open. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Principal, Unauthenticated>
  }
>()("@pandora-exchange/server/Identity") {
  /** Nobody. */
  static readonly layerNobody: Layer.Layer<Identity> = Layer.succeed(Identity, {
    authenticate: () => Effect.fail(new Unauthenticated())
  })
}

/** What is kept of a token: enough to know it again, and nothing that could be used in its place. */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("base64url")
