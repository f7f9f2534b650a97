/**
 * Who asks, and what they may do: everything else in the server knows tokens only through `authenticate`, and accounts and rights
 * only from the `Principal` that comes of it. The users are those of the package `identity`, or a host's own.
 */
import type { Permission } from "@pandora-exchange/core/Permission"
import type { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import type { Principal as IdentityPrincipal } from "@pandora-exchange/identity/Principal"
import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"

export interface Principal {
  /** Who it is, whatever they are called: what `changes` tells. */
  readonly id: string
  readonly name: string
  /** The accounts that exist for this caller; the first is meant unless another is named. Staff have none. */
  readonly accountIds: ReadonlyArray<number>
  readonly permissions: ReadonlyArray<Permission>
  /** As the package `identity` knows them; missing for a host's own users. */
  readonly user?: IdentityPrincipal
}

/** The token is not, or no longer, valid. The same for every reason. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {}) {}

export class Identity extends Context.Service<
  Identity,
  {
    /** Asked for each request, and again and again while a stream of private events is open. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Principal, Unauthenticated | IdentityUnavailable>
    /**
     * Ids of those whose tokens or rights may have changed, here or on another node, within a second of it: whoever has let one of
     * them in asks again.
     */
    readonly changes: Stream.Stream<ReadonlySet<string> | "everybody">
  }
>()("@pandora-exchange/server/Identity") {}
