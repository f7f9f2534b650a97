/** What is asked of those who have a second factor, as an answer or in a problem. */
import { Schema } from "effect"

/** Objects of WebAuthn, by their `toJSON`. What is in them is between the browser and the authenticator, and is verified as a whole. */
export const WebAuthnJson = Schema.Record(Schema.String, Schema.Json).annotate({ identifier: "WebAuthn" })

export const factorMethods = ["totp", "passkey", "recoveryCode"] as const

export const FactorRequest = Schema.Struct({
  methods: Schema.Array(Schema.Literals(factorMethods)).pipe(
    Schema.annotateKey({ description: "One of these is enough" })
  ),
  passkey: Schema.NullOr(WebAuthnJson).pipe(
    Schema.annotateKey({ description: "What `navigator.credentials.get` takes; null without a passkey" })
  )
}).annotate({ identifier: "FactorRequest" })
export type FactorRequest = typeof FactorRequest.Type
