/**
 * Users in the API's terms. Each view names what it shows: hashes, sealed secrets, challenges and versions of a row stand in none of
 * them, and a field that is added to a row is not shown before somebody says so here.
 */
import type { AuditEntry } from "@pandora-exchange/client/api/Administration"
import type * as Factors from "@pandora-exchange/client/api/Factors"
import type { User } from "@pandora-exchange/client/api/Profile"
import type * as Sessions from "@pandora-exchange/client/api/Sessions"
import * as WireId from "@pandora-exchange/contract/WireId"
import type * as Stored from "@pandora-exchange/core/Identity"
import type { ReadEntry } from "@pandora-exchange/identity/Audit"
import type { Proof } from "@pandora-exchange/identity/Proofs"
import type { StepUp, Tokens } from "@pandora-exchange/identity/Sessions"
import { Redacted } from "effect"

export const userView = ({ accounts, createdAt, email, kyc, name, roles, status, userId }: Stored.User): User => ({
  user: userId,
  email,
  name,
  status,
  kyc,
  roles,
  accounts: accounts.map(accountView),
  createdAt
})

export const accountView = ({ accountId, label }: Stored.User["accounts"][number]): User["accounts"][number] => ({
  account: WireId.account.write(accountId),
  label
})

export const factorsView = ({ passkeys, recoveryCodes, totp }: Stored.User): Factors.FactorsOfUser => ({
  totp: totp?.confirmed === true,
  passkeys: passkeys.map(({ addedAt, credentialId, name }) => ({ passkey: credentialId, name, addedAt })),
  recoveryCodesLeft: recoveryCodes.length
})

export const sessionView =
  (current: Stored.SessionId) =>
  ({ address, agent, createdAt, expiresAt, refreshedAt, sessionId }: Stored.Session): Sessions.Session => ({
    session: sessionId,
    current: sessionId === current,
    createdAt,
    refreshedAt,
    expiresAt,
    address,
    agent
  })

export const tokensView = ({ access, refresh, sessionId }: Tokens): Sessions.Tokens => ({
  session: sessionId,
  accessToken: Redacted.value(access.token),
  expiresAt: access.expiresAt,
  refreshToken: Redacted.value(refresh)
})

export const auditEntryView = ({ actor, at, details, hash, kind, sequence, subject }: ReadEntry): AuditEntry => ({
  entry: sequence,
  time: at,
  kind,
  user: subject,
  actor,
  details,
  hash
})

/** What the API calls a proof, as identity takes it. */
export const proofOf = (proof: Factors.Proof): Proof => {
  switch (proof.kind) {
    case "totp":
      return { _tag: "Totp", code: proof.code }
    case "recoveryCode":
      return { _tag: "RecoveryCode", code: proof.code }
    case "passkey":
      return { _tag: "Passkey", response: proof.response }
  }
}

export const stepUpOf = (proof: Factors.StepUpProof): StepUp =>
  proof.kind === "password" ? { _tag: "Password", password: proof.password } : proofOf(proof)
