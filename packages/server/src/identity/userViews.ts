/**
 * Users in the terms of the contract. Each view lists what it shows: it never contains hashes,
 * sealed secrets, challenges or row versions, and a field added to a row is not shown until it is
 * added here.
 */
import type * as Answered from "@pandora-exchange/contract/generated/server"
import type * as Stored from "@pandora-exchange/core/IdentityRecords"
import type { ReadEntry } from "@pandora-exchange/identity/Audit"
import type { FactorRequired } from "@pandora-exchange/identity/Errors"
import type { Proof } from "@pandora-exchange/identity/Proofs"
import type { StepUp, Tokens } from "@pandora-exchange/identity/Sessions"
import { Redacted } from "effect"

export const userView = ({
  accounts,
  createdAt,
  email,
  kyc,
  name,
  roles,
  status,
  userId
}: Stored.User): Answered.User => ({
  user: userId,
  email,
  name,
  status,
  kyc,
  roles,
  accounts: accounts.map(accountView),
  createdAt
})

export const accountView = ({
  accountId,
  label
}: Stored.User["accounts"][number]): Answered.UserAccount => ({
  account: accountId,
  label
})

export const factorsView = ({
  passkeys,
  recoveryCodes,
  totp
}: Stored.User): Answered.FactorsOfUser => ({
  totp: totp?.confirmed === true,
  passkeys: passkeys.map(({ addedAt, credentialId, name }) => ({
    passkey: credentialId,
    name,
    addedAt
  })),
  recoveryCodesLeft: recoveryCodes.length
})

/** WebAuthn determines what a passkey is asked for; it is passed on unchanged. */
export const factorRequestView = ({
  methods,
  passkey
}: FactorRequired): Answered.FactorRequest => ({
  methods,
  passkey: passkey as Answered.FactorRequest["passkey"]
})

export const sessionView =
  (current: Stored.SessionId) =>
  ({
    address,
    agent,
    createdAt,
    expiresAt,
    refreshedAt,
    sessionId
  }: Stored.Session): Answered.Session => ({
    session: sessionId,
    current: sessionId === current,
    createdAt,
    refreshedAt,
    expiresAt,
    address,
    agent
  })

export const tokensView = ({ access, refresh, sessionId }: Tokens): Answered.Tokens => ({
  session: sessionId,
  accessToken: Redacted.value(access.token),
  expiresAt: access.expiresAt,
  refreshToken: Redacted.value(refresh)
})

export const auditEntryView = ({
  actor,
  at,
  details,
  hash,
  kind,
  sequence,
  subject
}: ReadEntry): Answered.AuditEntry => ({
  entry: sequence,
  time: at,
  kind,
  user: subject,
  actor,
  details,
  hash
})

/** Converts the contract's proof to identity's. */
export const proofOf = (proof: Answered.Proof): Proof => {
  switch (proof.kind) {
    case "totp":
      return { _tag: "Totp", code: proof.code }
    case "recoveryCode":
      return { _tag: "RecoveryCode", code: proof.code }
    case "passkey":
      return { _tag: "Passkey", response: proof.response }
  }
}

export const stepUpOf = (proof: Answered.StepUpProof): StepUp =>
  proof.kind === "password" ? { _tag: "Password", password: proof.password } : proofOf(proof)
