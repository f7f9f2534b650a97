/**
 * The ways in for those who have no session: a new user, a new password, a new address. They lead over a link that is sent by mail; the
 * answer to whoever asks for one is the same whether there is such a user or not.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  accountProblems,
  commandProblems,
  DisplayName,
  EmailAddress,
  publicProblems,
  Requires,
  Secret,
  UserId
} from "./Conventions.ts"
import { Proof } from "./Factors.ts"

export const Register = Schema.Struct({ email: EmailAddress }).annotate({ identifier: "Register" })
export type Register = typeof Register.Type

const linkToken = Secret.pipe(Schema.annotateKey({ description: "What stands behind the # of the link" }))

export const CompleteRegistration = Schema.Struct({
  token: linkToken,
  password: Secret,
  name: DisplayName
}).annotate({ identifier: "CompleteRegistration" })
export type CompleteRegistration = typeof CompleteRegistration.Encoded

export const Registered = Schema.Struct({ user: UserId }).annotate({ identifier: "Registered" })
export type Registered = typeof Registered.Type

export const CompletePasswordReset = Schema.Struct({
  token: linkToken,
  password: Secret,
  proof: Schema.optionalKey(Proof).pipe(
    Schema.annotateKey({ description: "For those who have a second factor: `FactorRequired` says which" })
  )
}).annotate({ identifier: "CompletePasswordReset" })
export type CompletePasswordReset = typeof CompletePasswordReset.Encoded

export const CompleteEmailChange = Schema.Struct({ token: linkToken }).annotate({ identifier: "CompleteEmailChange" })
export type CompleteEmailChange = typeof CompleteEmailChange.Encoded

const error = [...publicProblems, ...accountProblems, ...commandProblems]

export class Registrations extends HttpApiGroup.make("registrations")
  .add(
    HttpApiEndpoint.post("register", "/registrations", { payload: Register, success: HttpApiSchema.Accepted, error })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Ask for a link to open a user with. It works for a day"),
    HttpApiEndpoint.post("complete", "/registrations/complete", {
      payload: CompleteRegistration,
      success: Registered.pipe(HttpApiSchema.status(201)),
      error
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Open the user that the link was sent for. The link works once"),
    HttpApiEndpoint.post("requestPasswordReset", "/password-resets", {
      payload: Register,
      success: HttpApiSchema.Accepted,
      error
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Ask for a link to choose a new password with. It works for half an hour"),
    HttpApiEndpoint.post("completePasswordReset", "/password-resets/complete", {
      payload: CompletePasswordReset,
      success: HttpApiSchema.NoContent,
      error
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Choose the new password. Ends all sessions; the link works once"),
    HttpApiEndpoint.post("completeEmailChange", "/email-changes/complete", {
      payload: CompleteEmailChange,
      success: HttpApiSchema.NoContent,
      error
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Confirm the new address with the link that was sent there. The link works once")
  )
  .prefix("/v1")
  .annotate(OpenApi.Title, "Registration") {}
