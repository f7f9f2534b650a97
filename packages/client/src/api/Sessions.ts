/** Signing in and out, and what keeps a session alive. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  accountProblems,
  Authentication,
  commandProblems,
  EmailAddress,
  publicProblems,
  Requires,
  Secret,
  SessionId,
  TimeMs
} from "./Conventions.ts"
import { FactorRequest } from "./FactorRequest.ts"
import { Proof, StepUpProof } from "./Factors.ts"

export const SignIn = Schema.Struct({
  email: EmailAddress,
  password: Secret,
  proof: Schema.optionalKey(Proof).pipe(
    Schema.annotateKey({ description: "For those who have a second factor: `FactorRequired` says which" })
  )
}).annotate({ identifier: "SignIn" })
export type SignIn = typeof SignIn.Encoded

export const Tokens = Schema.Struct({
  session: SessionId,
  accessToken: Schema.String.annotate({ description: "For `Authorization: Bearer`" }),
  expiresAt: TimeMs.pipe(Schema.annotateKey({ description: "When the access token does" })),
  refreshToken: Schema.String.annotate({ description: "Gives the next tokens, once. Keep it as you keep a password" })
}).annotate({ identifier: "Tokens" })
export type Tokens = typeof Tokens.Type

export const Refresh = Schema.Struct({ refreshToken: Secret }).annotate({ identifier: "Refresh" })
export type Refresh = typeof Refresh.Encoded

export const Session = Schema.Struct({
  session: SessionId,
  current: Schema.Boolean.pipe(Schema.annotateKey({ description: "Whether it is the one that asks" })),
  createdAt: TimeMs,
  refreshedAt: TimeMs,
  expiresAt: TimeMs,
  address: Schema.String.annotate({ description: "Where it began" }),
  agent: Schema.String.annotate({ description: "What the client said it is" })
}).annotate({ identifier: "Session" })
export type Session = typeof Session.Type

export const StepUpBegun = Schema.Struct({
  factor: Schema.NullOr(FactorRequest).pipe(
    Schema.annotateKey({ description: "What the proof takes; null where it takes the password" })
  )
}).annotate({ identifier: "StepUpBegun" })
export type StepUpBegun = typeof StepUpBegun.Type

export const StepUp = Schema.Struct({ proof: StepUpProof }).annotate({ identifier: "StepUp" })
export type StepUp = typeof StepUp.Encoded

const error = [...publicProblems, ...commandProblems]
const publicError = [...error, ...accountProblems]

export class Sessions extends HttpApiGroup.make("sessions")
  .add(
    HttpApiEndpoint.get("list", "/sessions", { success: Schema.Struct({ data: Schema.Array(Session) }), error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "The caller's sessions that go on"),
    HttpApiEndpoint.delete("end", "/sessions/:session", {
      params: { session: SessionId },
      success: HttpApiSchema.NoContent,
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "End one of the caller's sessions; the current one, to sign out"),
    HttpApiEndpoint.delete("endOthers", "/sessions", { success: HttpApiSchema.NoContent, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "End all of the caller's sessions but this one"),
    HttpApiEndpoint.post("beginStepUp", "/sessions/step-up/begin", { success: StepUpBegun, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "What a proof of who one is takes"),
    HttpApiEndpoint.post("stepUp", "/sessions/step-up", {
      payload: StepUp,
      success: Tokens.pipe(HttpApiSchema.status(201)),
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Prove again who one is: a session with a fresh proof instead of this one, which ends")
  )
  .middleware(Authentication)
  // Without a token, so after the middleware.
  .add(
    HttpApiEndpoint.post("signIn", "/sessions", {
      payload: SignIn,
      success: Tokens.pipe(HttpApiSchema.status(201)),
      error: publicError
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Sign in"),
    HttpApiEndpoint.post("refresh", "/sessions/refresh", { payload: Refresh, success: Tokens, error: publicError })
      .annotate(Requires, "public")
      .annotate(
        OpenApi.Summary,
        "The next tokens of the session. A refresh token that is used a second time ends the session"
      )
  )
  .prefix("/v1")
  .annotate(OpenApi.Title, "Sessions") {}
