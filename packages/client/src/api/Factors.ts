/** Second factors: proving who one is with them, and adding and removing one's own. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  Authentication,
  commandProblems,
  DisplayName,
  publicProblems,
  Requires,
  Secret,
  TimeMs
} from "./Conventions.ts"
import { WebAuthnJson } from "./FactorRequest.ts"

const TotpProof = Schema.Struct({ kind: Schema.Literal("totp"), code: Secret })
const RecoveryCodeProof = Schema.Struct({ kind: Schema.Literal("recoveryCode"), code: Secret })
const PasskeyProof = Schema.Struct({
  kind: Schema.Literal("passkey"),
  response: WebAuthnJson.pipe(
    Schema.annotateKey({ description: "What `navigator.credentials.get` gave, by its `toJSON`" })
  )
})
const PasswordProof = Schema.Struct({ kind: Schema.Literal("password"), password: Secret })

export const Proof = Schema.Union([TotpProof, RecoveryCodeProof, PasskeyProof]).annotate({
  identifier: "Proof",
  description: "A second factor. Each code and each use of a passkey counts once"
})
export type Proof = typeof Proof.Type

export const StepUpProof = Schema.Union([PasswordProof, TotpProof, RecoveryCodeProof, PasskeyProof]).annotate({
  identifier: "StepUpProof",
  description: "A second factor; the password only of those who have none"
})
export type StepUpProof = typeof StepUpProof.Type

export const Passkey = Schema.Struct({
  passkey: Schema.String.annotate({ description: "Its id, as the authenticator gave it" }),
  name: Schema.String,
  addedAt: TimeMs
}).annotate({ identifier: "Passkey" })
export type Passkey = typeof Passkey.Type

export const FactorsOfUser = Schema.Struct({
  totp: Schema.Boolean.pipe(Schema.annotateKey({ description: "Whether there is a confirmed authenticator app" })),
  passkeys: Schema.Array(Passkey),
  recoveryCodesLeft: Schema.Int
}).annotate({ identifier: "Factors" })
export type FactorsOfUser = typeof FactorsOfUser.Type

export const TotpSecret = Schema.Struct({
  secret: Schema.String.annotate({ description: "Base32, to be typed into an authenticator app" }),
  uri: Schema.String.annotate({ description: "The same for a QR code" })
}).annotate({ identifier: "TotpSecret" })
export type TotpSecret = typeof TotpSecret.Type

export const ConfirmTotp = Schema.Struct({ code: Secret }).annotate({ identifier: "ConfirmTotp" })
export type ConfirmTotp = typeof ConfirmTotp.Encoded

export const PasskeyOptions = Schema.Struct({
  options: WebAuthnJson.pipe(Schema.annotateKey({ description: "What `navigator.credentials.create` takes" }))
}).annotate({ identifier: "PasskeyOptions" })
export type PasskeyOptions = typeof PasskeyOptions.Type

export const AddPasskey = Schema.Struct({
  name: DisplayName,
  response: WebAuthnJson.pipe(
    Schema.annotateKey({ description: "What `navigator.credentials.create` gave, by its `toJSON`" })
  )
}).annotate({ identifier: "AddPasskey" })
export type AddPasskey = typeof AddPasskey.Type

export const RecoveryCodes = Schema.Struct({
  recoveryCodes: Schema.NullOr(Schema.Array(Schema.String)).pipe(
    Schema.annotateKey({ description: "Shown once, to be kept; null where there are some already" })
  )
}).annotate({ identifier: "RecoveryCodes" })
export type RecoveryCodes = typeof RecoveryCodes.Type

const error = [...publicProblems, ...commandProblems]

export class Factors extends HttpApiGroup.make("factors")
  .add(
    HttpApiEndpoint.get("list", "/user/factors", { success: FactorsOfUser, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "The second factors that there are"),
    HttpApiEndpoint.post("beginTotp", "/user/factors/totp", { success: TotpSecret, error })
      .annotate(Requires, "self")
      .annotate(
        OpenApi.Summary,
        "Begin to add an authenticator app. It counts when a code is confirmed; beginning again makes another secret"
      ),
    HttpApiEndpoint.post("confirmTotp", "/user/factors/totp/confirm", {
      payload: ConfirmTotp,
      success: RecoveryCodes,
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Confirm the authenticator app with a code. Ends all other sessions"),
    HttpApiEndpoint.delete("removeTotp", "/user/factors/totp", { success: HttpApiSchema.NoContent, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Remove the authenticator app. Ends all other sessions"),
    HttpApiEndpoint.post("beginPasskey", "/user/factors/passkeys/begin", { success: PasskeyOptions, error })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Begin to add a passkey"),
    HttpApiEndpoint.post("addPasskey", "/user/factors/passkeys", {
      payload: AddPasskey,
      success: RecoveryCodes.pipe(HttpApiSchema.status(201)),
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Add the passkey that was begun. Ends all other sessions"),
    HttpApiEndpoint.delete("removePasskey", "/user/factors/passkeys/:passkey", {
      params: { passkey: Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,1400}$/)) },
      success: HttpApiSchema.NoContent,
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Remove a passkey. Ends all other sessions"),
    HttpApiEndpoint.post("newRecoveryCodes", "/user/factors/recovery-codes", {
      success: RecoveryCodes.pipe(HttpApiSchema.status(201)),
      error
    })
      .annotate(Requires, "self")
      .annotate(OpenApi.Summary, "Make new recovery codes; those before are void. Ends all other sessions")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Second factors")
  .annotate(
    OpenApi.Description,
    "Each change takes a proof that is not older than ten minutes: `POST /v1/sessions/step-up` gives a session with one."
  ) {}
