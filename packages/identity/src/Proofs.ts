/**
 * Creates and verifies second factors: codes from an authenticator app, passkeys, and recovery
 * codes for when both are lost.
 *
 * Every proof works once: a code's time step, a recovery code and a challenge are all used up. This
 * is recorded in the user's row, which changes by compare-and-set, so of several simultaneous uses
 * of one code exactly one succeeds.
 */
import { Refused } from "@pandora-exchange/contract/failure"
import type { Challenge, Passkey, User } from "@pandora-exchange/core/IdentityRecords"
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse
} from "@simplewebauthn/server"
import { decodeAttestationObject, isoBase64URL } from "@simplewebauthn/server/helpers"
import { Clock, Effect, Redacted } from "effect"
import { generateURI, ScureBase32Plugin, verify } from "otplib"
import { FactorRefused } from "./Errors.ts"
import * as Randomness from "./Randomness.ts"
import { hashOf, Secrets } from "./Secrets.ts"
import { Settings } from "./Settings.ts"

export type Proof =
  | { readonly _tag: "Totp"; readonly code: Redacted.Redacted }
  | { readonly _tag: "RecoveryCode"; readonly code: Redacted.Redacted }
  /** As returned by the browser's `navigator.credentials.get`. */
  | { readonly _tag: "Passkey"; readonly response: unknown }

export const recoveryCodeCount = 10
export const passkeysMax = 10
const challengeLifeMs = 5 * 60_000
const challengeBytes = 32
/** Source: RFC 4226, 4: 160 bits recommended. */
const totpSecretBytes = 20
/** Source: RFC 6238, 5.2. */
const stepSeconds = 30
/** Accepts one step behind and one ahead: clocks differ and typing takes time. */
const toleranceSeconds = 30

/** Algorithms for passkeys, by COSE number: EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257] as const

/**
 * Whether signing in takes more than a password. A TOTP secret counts once a code from it has been
 * confirmed.
 */
export const hasFactor = ({ passkeys, totp }: Pick<User, "passkeys" | "totp">): boolean =>
  passkeys.length > 0 || totp?.confirmed === true

export const methodsOf = (user: User): ReadonlyArray<"totp" | "passkey" | "recoveryCode"> => [
  ...(user.passkeys.length > 0 ? (["passkey"] as const) : []),
  ...(user.totp?.confirmed === true ? (["totp"] as const) : []),
  ...(user.recoveryCodes.length > 0 ? (["recoveryCode"] as const) : [])
]

/** The user, with the proof marked as used. */
export const prove = Effect.fnUntraced(function* (user: User, proof: Proof) {
  switch (proof._tag) {
    case "Totp": {
      if (user.totp?.confirmed !== true) return yield* new FactorRefused()
      return yield* withCodeUsed(user, proof.code)
    }
    case "RecoveryCode": {
      const hash = hashOf(Redacted.make(plainCode(Redacted.value(proof.code))))
      if (!user.recoveryCodes.includes(hash)) return yield* new FactorRefused()
      return { ...user, recoveryCodes: user.recoveryCodes.filter((other) => other !== hash) }
    }
    case "Passkey":
      return yield* withPasskeyUsed(user, proof.response as AuthenticationResponseJSON)
  }
})

const totpPurpose = ({ userId }: Pick<User, "userId">) => `totp ${userId}`

/** The secret in Base32, and the URI an authenticator app reads from a QR code. */
export interface TotpSecret {
  readonly secret: Redacted.Redacted
  readonly uri: Redacted.Redacted
}

/** Creates a secret that takes effect once a code from it comes back. */
export const withNewTotp = Effect.fnUntraced(function* (user: User) {
  if (user.totp?.confirmed === true) return yield* new Refused("TotpPresent")
  const { name } = yield* Settings
  const secret = new ScureBase32Plugin().encode(yield* Randomness.bytes(totpSecretBytes), {
    padding: false
  })
  const sealed = yield* Effect.flatMap(Secrets, ({ seal }) => seal(totpPurpose(user), secret))
  const shown: TotpSecret = {
    secret: Redacted.make(secret),
    uri: Redacted.make(generateURI({ issuer: name, label: user.email, secret }))
  }
  const changed: User = { ...user, totp: { secret: sealed, confirmed: false, lastStep: 0 } }
  return { user: changed, shown }
})

export const withTotpConfirmed = Effect.fnUntraced(function* (user: User, code: Redacted.Redacted) {
  if (user.totp === null) return yield* new Refused("TotpMissing")
  if (user.totp.confirmed) return yield* new Refused("TotpPresent")
  const used = yield* withCodeUsed(user, code)
  const changed: User = { ...used, totp: { ...used.totp!, confirmed: true } }
  return changed
})

const withCodeUsed = Effect.fnUntraced(function* (user: User, code: Redacted.Redacted) {
  const { open } = yield* Secrets
  const { lastStep, secret: sealed } = user.totp!
  const secret = open(totpPurpose(user), sealed)
  const token = Redacted.value(code)
  if (secret === undefined || !/^[0-9]{6}$/.test(token)) return yield* new FactorRefused()
  const epoch = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  // Voids used codes, and codes accepted before a clock stepped back. otplib rejects a bound later
  // than the time it checks.
  if (lastStep > Math.floor((epoch + toleranceSeconds) / stepSeconds))
    return yield* new FactorRefused()
  const result = yield* Effect.promise(() =>
    verify({ secret, token, epoch, period: stepSeconds, epochTolerance: toleranceSeconds })
  )
  if (!result.valid) return yield* new FactorRefused()
  const step = Math.floor(epoch / stepSeconds) + result.delta
  if (step <= lastStep) return yield* new FactorRefused()
  const changed: User = { ...user, totp: { ...user.totp!, lastStep: step } }
  return changed
})

/** Creates ten codes of 80 bits, shown once, which replace all earlier ones. */
export const withNewRecoveryCodes = Effect.fnUntraced(function* (user: User) {
  const codes: Array<Redacted.Redacted> = []
  for (let i = 0; i < recoveryCodeCount; i++) {
    const text = new ScureBase32Plugin()
      .encode(yield* Randomness.bytes(10), { padding: false })
      .toLowerCase()
    codes.push(Redacted.make(text.replace(/(.{4})(?=.)/g, "$1-")))
  }
  const hashes = codes.map((code) => hashOf(Redacted.make(plainCode(Redacted.value(code)))))
  const changed: User = { ...user, recoveryCodes: hashes }
  return { user: changed, codes: codes as ReadonlyArray<Redacted.Redacted> }
})

/** Accepts any common way of typing the code. */
const plainCode = (code: string): string => code.slice(0, 64).toLowerCase().replace(/[\s-]/g, "")

const newChallenge = Effect.fnUntraced(function* (purpose: Challenge["purpose"]) {
  const challenge: Challenge = {
    purpose,
    value: yield* Randomness.text(challengeBytes),
    expiresAt: (yield* Clock.currentTimeMillis) + challengeLifeMs
  }
  return challenge
})

const expected = (user: User, purpose: Challenge["purpose"]) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    user.challenge?.purpose === purpose && user.challenge.expiresAt > now
      ? user.challenge.value
      : undefined
  )

const challengeBytesOf = ({ value }: Challenge) => new Uint8Array(Buffer.from(value, "base64url"))

/**
 * Returns what the browser needs to use a passkey, if the user has one. A second request voids the
 * first.
 */
export const withChallenge = Effect.fnUntraced(function* (user: User) {
  const { site } = yield* Settings
  const challenge = yield* newChallenge("prove")
  const options = yield* Effect.promise(() =>
    generateAuthenticationOptions({
      rpID: new URL(site).hostname,
      challenge: challengeBytesOf(challenge),
      allowCredentials: user.passkeys.map(({ credentialId }) => ({ id: credentialId })),
      userVerification: "required"
    })
  )
  const changed: User = { ...user, challenge }
  return { user: changed, options }
})

const withPasskeyUsed = Effect.fnUntraced(function* (
  user: User,
  response: AuthenticationResponseJSON
) {
  const { site } = yield* Settings
  const challenge = yield* expected(user, "prove")
  const passkey = user.passkeys.find(({ credentialId }) => credentialId === response?.id)
  if (challenge === undefined || passkey === undefined) return yield* new FactorRefused()
  const { authenticationInfo, verified } = yield* Effect.tryPromise({
    try: () =>
      verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: site,
        expectedRPID: new URL(site).hostname,
        credential: {
          id: passkey.credentialId,
          publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
          counter: passkey.counter
        },
        requireUserVerification: true
      }),
    catch: () => new FactorRefused()
  })
  if (!verified) return yield* new FactorRefused()
  const used: Passkey = { ...passkey, counter: authenticationInfo.newCounter }
  const changed: User = {
    ...user,
    challenge: null,
    passkeys: user.passkeys.map((other) => (other === passkey ? used : other))
  }
  return changed
})

/** Returns what the browser needs to create a passkey. */
export const withPasskeyBegun = Effect.fnUntraced(function* (user: User) {
  if (user.passkeys.length >= passkeysMax) return yield* new Refused("TooManyPasskeys")
  const { name, site } = yield* Settings
  const challenge = yield* newChallenge("addPasskey")
  const options = yield* Effect.promise(() =>
    generateRegistrationOptions({
      rpName: name,
      rpID: new URL(site).hostname,
      userName: user.email,
      userID: new Uint8Array(Buffer.from(user.userId)),
      challenge: challengeBytesOf(challenge),
      attestationType: "none",
      supportedAlgorithmIDs: [...algorithms],
      excludeCredentials: user.passkeys.map(({ credentialId }) => ({ id: credentialId })),
      authenticatorSelection: { residentKey: "preferred", userVerification: "required" }
    })
  )
  const changed: User = { ...user, challenge }
  return { user: changed, options }
})

/**
 * We do not request an attestation certificate, and ignore one that arrives anyway: checking it
 * would fetch URLs contained in it, letting the sender choose what our server calls.
 */
const vouchesForItself = ({ response }: RegistrationResponseJSON): boolean => {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.attestationObject))
  const format = attestation.get("fmt")
  return (
    format === "none" ||
    (format === "packed" && attestation.get("attStmt").get("x5c") === undefined)
  )
}

export const withPasskeyAdded = Effect.fnUntraced(function* (
  user: User,
  response: unknown,
  name: string
) {
  const { site } = yield* Settings
  const refused = () => new Refused("PasskeyRefused")
  const challenge = yield* expected(user, "addPasskey")
  if (challenge === undefined) return yield* refused()
  const given = response as RegistrationResponseJSON
  if (!(yield* Effect.try({ try: () => vouchesForItself(given), catch: refused })))
    return yield* refused()
  const { registrationInfo, verified } = yield* Effect.tryPromise({
    try: () =>
      verifyRegistrationResponse({
        response: given,
        expectedChallenge: challenge,
        expectedOrigin: site,
        expectedRPID: new URL(site).hostname,
        requireUserVerification: true,
        supportedAlgorithmIDs: [...algorithms]
      }),
    catch: refused
  })
  if (
    !verified ||
    user.passkeys.some(({ credentialId }) => credentialId === registrationInfo.credential.id)
  ) {
    return yield* refused()
  }
  const { counter, id, publicKey } = registrationInfo.credential
  const added: Passkey = {
    credentialId: id,
    publicKey: Buffer.from(publicKey).toString("base64url"),
    counter,
    name,
    addedAt: yield* Clock.currentTimeMillis
  }
  const changed: User = { ...user, challenge: null, passkeys: [...user.passkeys, added] }
  return changed
})
