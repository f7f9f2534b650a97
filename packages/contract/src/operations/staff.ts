/** Staff operations. Each one requires its own permission and a session with a second factor. */
import { roles } from "@pandora-exchange/core/IdentityRecords"
import { Schema } from "effect"
import { cursor, field, pageBeside, struct, TimeMs, whole } from "../fields.ts"
import type { Code } from "../failures.ts"
import { operation } from "../operation.ts"
import { User, UserId } from "./users.ts"

const named = { user: field(UserId, "The user's id.") }
const UserNamed = struct("UserNamed", "Names a user.", named)

export const DecideKyc = struct("DecideKyc", "A decision about a verification.", {
  ...named,
  decision: field(Schema.Literals(["verified", "rejected"]), "The decision.")
})

export const SetRoles = struct("SetRoles", "The roles of a user.", {
  ...named,
  roles: field(
    Schema.Array(Schema.Literals(roles)).check(
      Schema.isMinLength(0),
      Schema.isMaxLength(roles.length)
    ),
    "The roles. The user has no others afterwards."
  )
})

export const AuditEntry = struct("AuditEntry", "One act, in the order in which they happened.", {
  entry: field(whole(1), "Counts the entries from 1, without gaps."),
  time: field(TimeMs, "When it happened."),
  kind: field(Schema.String, "What happened."),
  user: field(Schema.NullOr(UserId), "The user it is about."),
  actor: field(Schema.NullOr(UserId), "Who did it, if that is someone else."),
  details: field(
    Schema.NullOr(Schema.Record(Schema.String, Schema.Unknown)),
    "The details; null where the user's key was destroyed."
  ),
  hash: field(Schema.String, "The hash of the entry and of the hash before it.")
})

export const AuditVerification = struct("AuditVerification", "The state of the audit trail.", {
  entries: field(whole(0), "How many entries were read."),
  head: field(
    Schema.String,
    "The hash of the last entry. Keep it elsewhere: it reveals a cut at the end."
  ),
  brokenAt: field(
    Schema.NullOr(whole(1)),
    "The first entry that was altered; null if the chain holds."
  )
})

const changing: ReadonlyArray<Code> = ["Busy", "UnknownUser", "OwnRights"]

export const users = operation("users", {
  doc: "Lists all users in the order of their ids.",
  request: struct("UsersPage", "A page of users.", cursor),
  answer: pageBeside(User),
  permission: "users:read",
  rest: { method: "GET", path: "/v1/admin/users" },
  fails: ["MalformedCursor"]
})

export const userNamed = operation("userNamed", {
  doc: "Returns one user.",
  request: UserNamed,
  answer: User,
  permission: "users:read",
  rest: { method: "GET", path: "/v1/admin/users/:user" },
  fails: ["UnknownUser"]
})

export const freezeUser = operation("freezeUser", {
  doc: "Freezes a user, who can then look at everything and move nothing.",
  request: UserNamed,
  answer: User,
  permission: "users:freeze",
  rest: { method: "POST", path: "/v1/admin/users/:user/freeze" },
  fails: [...changing, "RightsAbove"]
})

export const unfreezeUser = operation("unfreezeUser", {
  doc: "Gives a frozen user all rights again.",
  request: UserNamed,
  answer: User,
  permission: "users:freeze",
  rest: { method: "POST", path: "/v1/admin/users/:user/unfreeze" },
  fails: [...changing, "RightsAbove"]
})

export const decideKyc = operation("decideKyc", {
  doc: "Decides about a user whose verification is pending.",
  request: DecideKyc,
  answer: User,
  permission: "users:kyc",
  rest: { method: "POST", path: "/v1/admin/users/:user/kyc" },
  fails: [...changing, "KycNotPending"]
})

export const setRoles = operation("setRoles", {
  doc: "Sets a user's roles and ends the user's sessions. Needs a fresh proof.",
  request: SetRoles,
  answer: User,
  permission: "users:roles",
  rest: { method: "PUT", path: "/v1/admin/users/:user/roles" },
  fails: [...changing, "StepUpRequired", "VenueAccountsUnavailable"]
})

export const auditEntries = operation("auditEntries", {
  doc: "Lists who did what to whom, oldest first.",
  request: struct("AuditPage", "A page of the audit trail.", cursor),
  answer: pageBeside(AuditEntry),
  permission: "audit:read",
  rest: { method: "GET", path: "/v1/admin/audit" },
  fails: ["MalformedCursor"]
})

export const verifyAudit = operation("verifyAudit", {
  doc: "Reads the whole audit trail and says whether it was altered.",
  answer: AuditVerification,
  permission: "audit:read",
  rest: { method: "GET", path: "/v1/admin/audit/verification" },
  fails: []
})
