/**
 * Finds the principal of an access token. The rest of the server sees tokens only through
 * `authenticate`, and accounts and permissions only in the `Principal`. Users are those of the
 * package `identity`, or the host's own.
 */
import type { Principal } from "@pandora-exchange/contract/Principal"
import type { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"

export type { Principal }

/** The token is not valid, or no longer valid. The same for every reason. */
export class Unauthenticated extends Schema.TaggedError<Unauthenticated>()("Unauthenticated", {}) {}

export class Authentication extends Context.Service<
  Authentication,
  {
    /** Called for each request, and repeatedly while a stream of private events is open. */
    readonly authenticate: (
      token: Redacted.Redacted
    ) => Effect.Effect<Principal, Unauthenticated | IdentityUnavailable>
    /**
     * The `userId`s of users whose tokens or permissions may have changed, here or on another node,
     * within a second of the change. Their open connections are authenticated again.
     */
    readonly changes: Stream.Stream<ReadonlySet<string> | "everybody">
  }
>()("@pandora-exchange/server/Authentication") {}
