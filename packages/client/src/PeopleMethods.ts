/**
 * What the typed clients do with users: registering, sessions, second factors, and the work of staff.
 *
 * Secrets are given as plain text, and hidden at once. What changes something is sent again only when the problem says that it was
 * not done: there is no key to ask by.
 */
import { Effect, Schema } from "effect"
import type { HttpApiClient } from "effect/http-api"
import type { AuditEntry, AuditVerification, DecideKyc, SetRoles } from "./api/Administration.ts"
import type { Api } from "./api/Api.ts"
import type { AddPasskey, FactorsOfUser, PasskeyOptions, RecoveryCodes, TotpSecret } from "./api/Factors.ts"
import { ConfirmTotp } from "./api/Factors.ts"
import type { KeySet } from "./api/Keys.ts"
import type { KycBegun, User, UserAccount } from "./api/Profile.ts"
import { ChangePassword } from "./api/Profile.ts"
import type { Registered } from "./api/Registrations.ts"
import { CompleteEmailChange, CompletePasswordReset, CompleteRegistration } from "./api/Registrations.ts"
import type { Session, StepUpBegun, Tokens } from "./api/Sessions.ts"
import { Refresh, SignIn, StepUp } from "./api/Sessions.ts"
import type { ClientError } from "./Unreachable.ts"

/** A page of a list that has one order only. */
export interface CursorPage {
  readonly limit?: number
  readonly cursor?: string
}

export interface CursorPageOf<A> {
  readonly data: ReadonlyArray<A>
  /** The cursor of the next page; `null` at the end. */
  readonly next: string | null
}

export interface PeopleMethods {
  /** Sends a link to the address. */
  readonly register: (email: string) => void
  readonly completeRegistration: (request: CompleteRegistration) => Registered
  /** Sends a link to the address, if it has a user. */
  readonly requestPasswordReset: (email: string) => void
  readonly completePasswordReset: (request: CompletePasswordReset) => void
  readonly completeEmailChange: (token: string) => void
  readonly signIn: (request: SignIn) => Tokens
  /** The next tokens. Each refresh token is good for one of these. */
  readonly refresh: (refreshToken: string) => Tokens
  readonly sessions: () => { readonly data: ReadonlyArray<Session> }
  /** By `ses_…`; the current one, to sign out. */
  readonly endSession: (session: string) => void
  readonly endOtherSessions: () => void
  readonly beginStepUp: () => StepUpBegun
  /** A new session instead of the one that asks. */
  readonly stepUp: (proof: StepUp["proof"]) => Tokens
  readonly user: () => User
  readonly rename: (name: string) => void
  readonly closeUser: () => void
  readonly changePassword: (passwords: ChangePassword) => void
  /** Sends a link to the new address. */
  readonly changeEmail: (email: string) => void
  readonly addAccount: (label: string) => UserAccount
  readonly beginKyc: () => KycBegun
  readonly factors: () => FactorsOfUser
  readonly beginTotp: () => TotpSecret
  readonly confirmTotp: (code: string) => RecoveryCodes
  readonly removeTotp: () => void
  readonly beginPasskey: () => PasskeyOptions
  readonly addPasskey: (passkey: AddPasskey) => RecoveryCodes
  readonly removePasskey: (passkey: string) => void
  readonly newRecoveryCodes: () => RecoveryCodes
  /** For staff, as all that follow. */
  readonly users: (page?: CursorPage) => CursorPageOf<User>
  readonly userNamed: (user: string) => User
  readonly freezeUser: (user: string) => User
  readonly unfreezeUser: (user: string) => User
  readonly decideKyc: (user: string, decision: DecideKyc["decision"]) => User
  readonly setRoles: (user: string, roles: SetRoles["roles"]) => User
  readonly auditEntries: (page?: CursorPage) => CursorPageOf<AuditEntry>
  readonly verifyAudit: () => AuditVerification
  /** The public keys of access tokens, as a JSON Web Key Set. */
  readonly keySet: () => KeySet
}

export type Effects<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Effect.Effect<R, ClientError>
    : never
}

interface Asking {
  readonly api: HttpApiClient.ForApi<typeof Api>
  readonly ask: <A, E>(request: Effect.Effect<A, E>) => Effect.Effect<A, ClientError>
  /** Sent again only when it was not done. */
  readonly once: <A, E>(request: Effect.Effect<A, E>) => Effect.Effect<A, ClientError>
}

export const make = ({ api, ask, once }: Asking): Effects<PeopleMethods> => {
  const hiding = <S extends Schema.Codec<unknown, unknown>, A, E>(
    schema: S,
    request: S["Encoded"],
    send: (payload: S["Type"]) => Effect.Effect<A, E>
  ) => once(Effect.flatMap(Schema.decodeEffect(schema)(request), send))

  return {
    register: (email) => once(api.registrations.register({ payload: { email } })),
    completeRegistration: (request) =>
      hiding(CompleteRegistration, request, (payload) => api.registrations.complete({ payload })),
    requestPasswordReset: (email) => once(api.registrations.requestPasswordReset({ payload: { email } })),
    completePasswordReset: (request) =>
      hiding(CompletePasswordReset, request, (payload) => api.registrations.completePasswordReset({ payload })),
    completeEmailChange: (token) =>
      hiding(CompleteEmailChange, { token }, (payload) => api.registrations.completeEmailChange({ payload })),
    signIn: (request) => hiding(SignIn, request, (payload) => api.sessions.signIn({ payload })),
    refresh: (refreshToken) => hiding(Refresh, { refreshToken }, (payload) => api.sessions.refresh({ payload })),
    sessions: () => ask(api.sessions.list()),
    endSession: (session) => once(api.sessions.end({ params: { session } })),
    endOtherSessions: () => once(api.sessions.endOthers()),
    beginStepUp: () => once(api.sessions.beginStepUp()),
    stepUp: (proof) => hiding(StepUp, { proof }, (payload) => api.sessions.stepUp({ payload })),
    user: () => ask(api.profile.get()),
    rename: (name) => once(api.profile.rename({ payload: { name } })),
    closeUser: () => once(api.profile.close()),
    changePassword: (passwords) =>
      hiding(ChangePassword, passwords, (payload) => api.profile.changePassword({ payload })),
    changeEmail: (email) => once(api.profile.changeEmail({ payload: { email } })),
    addAccount: (label) => once(api.profile.addAccount({ payload: { label } })),
    beginKyc: () => once(api.profile.beginKyc()),
    factors: () => ask(api.factors.list()),
    beginTotp: () => once(api.factors.beginTotp()),
    confirmTotp: (code) => hiding(ConfirmTotp, { code }, (payload) => api.factors.confirmTotp({ payload })),
    removeTotp: () => once(api.factors.removeTotp()),
    beginPasskey: () => once(api.factors.beginPasskey()),
    addPasskey: (payload) => once(api.factors.addPasskey({ payload })),
    removePasskey: (passkey) => once(api.factors.removePasskey({ params: { passkey } })),
    newRecoveryCodes: () => once(api.factors.newRecoveryCodes()),
    users: (query = {}) => ask(api.administration.users({ query })),
    userNamed: (user) => ask(api.administration.user({ params: { user } })),
    freezeUser: (user) => once(api.administration.freeze({ params: { user } })),
    unfreezeUser: (user) => once(api.administration.unfreeze({ params: { user } })),
    decideKyc: (user, decision) => once(api.administration.decideKyc({ params: { user }, payload: { decision } })),
    setRoles: (user, roles) => once(api.administration.setRoles({ params: { user }, payload: { roles } })),
    auditEntries: (query = {}) => ask(api.administration.audit({ query })),
    verifyAudit: () => ask(api.administration.verifyAudit()),
    keySet: () => ask(api.keys.keySet())
  }
}

export const methodNames: ReadonlyArray<keyof PeopleMethods> = [
  "register",
  "completeRegistration",
  "requestPasswordReset",
  "completePasswordReset",
  "completeEmailChange",
  "signIn",
  "refresh",
  "sessions",
  "endSession",
  "endOtherSessions",
  "beginStepUp",
  "stepUp",
  "user",
  "rename",
  "closeUser",
  "changePassword",
  "changeEmail",
  "addAccount",
  "beginKyc",
  "factors",
  "beginTotp",
  "confirmTotp",
  "removeTotp",
  "beginPasskey",
  "addPasskey",
  "removePasskey",
  "newRecoveryCodes",
  "users",
  "userNamed",
  "freezeUser",
  "unfreezeUser",
  "decideKyc",
  "setRoles",
  "auditEntries",
  "verifyAudit",
  "keySet"
]
