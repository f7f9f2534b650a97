/** The keys that access tokens are verified with, for services of yours that take them. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { publicProblems, Requires } from "./Conventions.ts"

/** Source: RFC 7517. */
export const KeySet = Schema.Struct({
  keys: Schema.Array(Schema.Record(Schema.String, Schema.Unknown))
}).annotate({ identifier: "KeySet", description: "A JSON Web Key Set" })
export type KeySet = typeof KeySet.Type

export class Keys extends HttpApiGroup.make("keys")
  .add(
    HttpApiEndpoint.get("keySet", "/.well-known/jwks.json", { success: KeySet, error: publicProblems })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "The public keys of access tokens. A key stands here before it signs")
  )
  .annotate(OpenApi.Title, "Keys") {}
