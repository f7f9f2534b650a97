/** What staff do. Each route takes its own permission, and each of them a session that began with a second factor. */
import { roles } from "@pandora-exchange/core/Identity"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  Authentication,
  commandProblems,
  cursorQuery,
  pageBeside,
  publicProblems,
  Requires,
  TimeMs,
  UserId
} from "./Conventions.ts"
import { User } from "./Profile.ts"

export const DecideKyc = Schema.Struct({ decision: Schema.Literals(["verified", "rejected"]) }).annotate({
  identifier: "DecideKyc"
})
export type DecideKyc = typeof DecideKyc.Type

export const SetRoles = Schema.Struct({
  roles: Schema.Array(Schema.Literals(roles)).check(Schema.isMaxLength(roles.length))
}).annotate({ identifier: "SetRoles" })
export type SetRoles = typeof SetRoles.Type

/** One act, in the order in which they happened. */
export const AuditEntry = Schema.Struct({
  entry: Schema.Int.annotate({ description: "From 1, without gaps" }),
  time: TimeMs,
  kind: Schema.String,
  user: Schema.NullOr(UserId).pipe(Schema.annotateKey({ description: "Whom it is about" })),
  actor: Schema.NullOr(UserId).pipe(Schema.annotateKey({ description: "Who did it, where that is someone else" })),
  details: Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)).pipe(
    Schema.annotateKey({ description: "Null where the user's key was destroyed" })
  ),
  hash: Schema.String.annotate({ description: "Of the entry and the hash before it" })
}).annotate({ identifier: "AuditEntry" })
export type AuditEntry = typeof AuditEntry.Type

export const AuditVerification = Schema.Struct({
  entries: Schema.Int,
  head: Schema.String.annotate({ description: "Hash of the last entry. Keep it elsewhere: it shows a cut at the end" }),
  brokenAt: Schema.NullOr(Schema.Int).pipe(
    Schema.annotateKey({ description: "The first entry that is not what was written; null where the chain holds" })
  )
}).annotate({ identifier: "AuditVerification" })
export type AuditVerification = typeof AuditVerification.Type

const params = { user: UserId }
const error = [...publicProblems, ...commandProblems]

export class Administration extends HttpApiGroup.make("administration")
  .add(
    HttpApiEndpoint.get("users", "/admin/users", { query: cursorQuery, success: pageBeside(User), error })
      .annotate(Requires, "users:read")
      .annotate(OpenApi.Summary, "All users, in the order of their ids"),
    HttpApiEndpoint.get("user", "/admin/users/:user", { params, success: User, error })
      .annotate(Requires, "users:read")
      .annotate(OpenApi.Summary, "One user"),
    HttpApiEndpoint.post("freeze", "/admin/users/:user/freeze", { params, success: User, error })
      .annotate(Requires, "users:freeze")
      .annotate(OpenApi.Summary, "From now on the user sees what they have and moves nothing"),
    HttpApiEndpoint.post("unfreeze", "/admin/users/:user/unfreeze", { params, success: User, error })
      .annotate(Requires, "users:freeze")
      .annotate(OpenApi.Summary, "The user has their rights again"),
    HttpApiEndpoint.post("decideKyc", "/admin/users/:user/kyc", { params, payload: DecideKyc, success: User, error })
      .annotate(Requires, "users:kyc")
      .annotate(OpenApi.Summary, "Decide about a user who waits to be verified"),
    HttpApiEndpoint.put("setRoles", "/admin/users/:user/roles", { params, payload: SetRoles, success: User, error })
      .annotate(Requires, "users:roles")
      .annotate(OpenApi.Summary, "Give the user these roles and no others, with a fresh proof. Ends their sessions"),
    HttpApiEndpoint.get("audit", "/admin/audit", { query: cursorQuery, success: pageBeside(AuditEntry), error })
      .annotate(Requires, "audit:read")
      .annotate(OpenApi.Summary, "What was done about whom, by whom, oldest first"),
    HttpApiEndpoint.get("verifyAudit", "/admin/audit/verification", { success: AuditVerification, error })
      .annotate(Requires, "audit:read")
      .annotate(OpenApi.Summary, "Read the whole audit trail, and say whether it is what was written")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Administration") {}
