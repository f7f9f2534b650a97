/** The caller's own user. */
import { kycLevels, roles, userStatuses } from "@pandora-exchange/core/Identity"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  AccountId,
  Authentication,
  commandProblems,
  DisplayName,
  EmailAddress,
  publicProblems,
  Requires,
  Secret,
  TimeMs,
  UserId
} from "./Conventions.ts"

export const UserAccount = Schema.Struct({ account: AccountId, label: Schema.String }).annotate({
  identifier: "UserAccount"
})
export type UserAccount = typeof UserAccount.Type

export const User = Schema.Struct({
  user: UserId,
  email: Schema.String,
  name: Schema.String,
  status: Schema.Literals(userStatuses),
  kyc: Schema.Literals(kycLevels),
  roles: Schema.Array(Schema.Literals(roles)),
  accounts: Schema.Array(UserAccount).pipe(
    Schema.annotateKey({ description: "The main account first; staff have none" })
  ),
  createdAt: TimeMs
}).annotate({ identifier: "User" })
export type User = typeof User.Type

export const Rename = Schema.Struct({ name: DisplayName }).annotate({ identifier: "Rename" })
export type Rename = typeof Rename.Type

export const ChangePassword = Schema.Struct({ current: Secret, next: Secret }).annotate({
  identifier: "ChangePassword"
})
export type ChangePassword = typeof ChangePassword.Encoded

export const ChangeEmail = Schema.Struct({ email: EmailAddress }).annotate({ identifier: "ChangeEmail" })
export type ChangeEmail = typeof ChangeEmail.Type

export const AddAccount = Schema.Struct({ label: DisplayName }).annotate({ identifier: "AddAccount" })
export type AddAccount = typeof AddAccount.Type

export const KycBegun = Schema.Struct({
  kyc: Schema.Literals(kycLevels),
  next: Schema.NullOr(Schema.String).pipe(
    Schema.annotateKey({ description: "Where to go on; null where there is nothing to do but wait" })
  )
}).annotate({ identifier: "KycBegun" })
export type KycBegun = typeof KycBegun.Type

const error = [...publicProblems, ...commandProblems]

export class Profile extends HttpApiGroup.make("profile")
  .add(
    HttpApiEndpoint.get("get", "/user", { success: User, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "The caller's user"),
    HttpApiEndpoint.patch("rename", "/user", { payload: Rename, success: HttpApiSchema.NoContent, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Change the name"),
    HttpApiEndpoint.delete("close", "/user", { success: HttpApiSchema.NoContent, error })
      .annotate(Requires, "self")
      .annotate(
        OpenApi.Summary,
        "Close the user for good: with a fresh proof, and only when none of the accounts has anything left"
      ),
    HttpApiEndpoint.post("changePassword", "/user/password", {
      payload: ChangePassword,
      success: HttpApiSchema.NoContent,
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Change the password, with a fresh proof. Ends all other sessions"),
    HttpApiEndpoint.post("changeEmail", "/user/email", { payload: ChangeEmail, success: HttpApiSchema.Accepted, error })
      .annotate(Requires, "self")
      .annotate(
        OpenApi.Summary,
        "Ask for another address, with a fresh proof. It counts when the link that is sent there is confirmed"
      ),
    HttpApiEndpoint.post("addAccount", "/user/accounts", {
      payload: AddAccount,
      success: UserAccount.pipe(HttpApiSchema.status(201)),
      error
    })
      // Staff and those who are frozen have nothing to do with it.
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Open a sub-account"),
    HttpApiEndpoint.post("beginKyc", "/user/kyc", { success: KycBegun, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Ask to be verified, which withdrawing takes")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "User")
  .annotate(
    OpenApi.Description,
    "Requests about users take no idempotency key. Asked again, they come to the same, are answered with a problem that says what was " +
      "done before, or make one more session or sub-account, which the lists show."
  ) {}
