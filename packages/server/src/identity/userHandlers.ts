/** Answers the routes about users: the services of the package `identity` in the API's terms. */
import type { Administration as AdministrationApi } from "@pandora-exchange/client/api/Administration"
import { pageSizeDefault, UserId as UserIdSchema } from "@pandora-exchange/client/api/Conventions"
import type { Factors as FactorsApi } from "@pandora-exchange/client/api/Factors"
import type { Keys } from "@pandora-exchange/client/api/Keys"
import type { Profile } from "@pandora-exchange/client/api/Profile"
import type { Registrations } from "@pandora-exchange/client/api/Registrations"
import type { Sessions as SessionsApi } from "@pandora-exchange/client/api/Sessions"
import { SessionId, UserId } from "@pandora-exchange/core/Identity"
import { AccessTokens } from "@pandora-exchange/identity/AccessTokens"
import { Administration } from "@pandora-exchange/identity/Administration"
import { type Codes, Factors } from "@pandora-exchange/identity/Factors"
import type { Principal as SessionPrincipal } from "@pandora-exchange/identity/Principal"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import { Users } from "@pandora-exchange/identity/Users"
import { Context, Effect, Redacted, Schema } from "effect"
import { MalformedCursor } from "../History.ts"
import { ApiFailure, type IdentityFailure } from "../http/Failure.ts"
import type { Handlers } from "../http/Routes.ts"
import type { Principal } from "../Authentication.ts"
import {
  accountView,
  auditEntryView,
  factorsView,
  proofOf,
  sessionView,
  stepUpOf,
  tokensView,
  userView
} from "./userViews.ts"

/** What of the package `identity` the API needs. */
export type Services = Context.Context<AccessTokens | Administration | Factors | Sessions | Users>

export const identityHandlers = (services: Services) => ({
  registrations: registrations(services),
  sessions: sessions(services),
  profile: profile(services),
  factors: factors(services),
  administration: administration(services),
  keys: keys(services)
})

/** The principal with their session. Routes about users are served to users of identity only. */
const own = (principal: Principal): SessionPrincipal => {
  if (!("sessionId" in principal)) throw new Error("a route about users needs a principal of identity")
  return principal as SessionPrincipal
}

/** A write that the store did not answer may have been made. */
const changing = <A, E extends IdentityFailure>(change: Effect.Effect<A, E>) =>
  Effect.mapError(change, (failure) =>
    failure._tag === "IdentityUnavailable" ? new ApiFailure({ code: "ChangeUnknown", cause: failure.cause }) : failure
  )

const registrations = (services: Services): Handlers<typeof Registrations> => {
  const users = Context.get(services, Users)
  return {
    register: ({ caller, payload: { email } }) => users.register(email, caller()),
    complete: ({ caller, payload }) =>
      Effect.map(changing(users.verify({ ...payload, caller: caller() })), (user) => ({ user })),
    requestPasswordReset: ({ caller, payload: { email } }) => users.requestPasswordReset(email, caller()),
    completePasswordReset: ({ caller, payload: { password, proof, token } }) =>
      changing(users.resetPassword({ token, password, proof: proof && proofOf(proof), caller: caller() })),
    completeEmailChange: ({ caller, payload: { token } }) => changing(users.changeEmail({ token, caller: caller() }))
  }
}

const sessions = (services: Services): Handlers<typeof SessionsApi> => {
  const sessions = Context.get(services, Sessions)
  return {
    signIn: ({ caller, payload: { email, password, proof } }) =>
      Effect.map(sessions.signIn({ email, password, proof: proof && proofOf(proof), caller: caller() }), tokensView),
    refresh: ({ caller, payload: { refreshToken } }) =>
      Effect.map(changing(sessions.refresh(refreshToken, caller())), tokensView),
    list: ({ principal }) =>
      Effect.map(sessions.list(own(principal)), (all) => ({ data: all.map(sessionView(own(principal).sessionId)) })),
    end: ({ params: { session }, principal }) => changing(sessions.revoke(own(principal), SessionId(session))),
    endOthers: ({ principal }) => changing(sessions.revokeOthers(own(principal))),
    beginStepUp: ({ principal }) =>
      Effect.map(sessions.beginStepUp(own(principal)), (required) => ({
        factor: required && { methods: required.methods, passkey: required.passkey as never }
      })),
    stepUp: ({ caller, payload: { proof }, principal }) =>
      Effect.map(changing(sessions.stepUp(own(principal), stepUpOf(proof), caller())), tokensView)
  }
}

const profile = (services: Services): Handlers<typeof Profile> => {
  const users = Context.get(services, Users)
  return {
    get: ({ principal }) => Effect.map(users.profile(own(principal)), userView),
    rename: ({ payload: { name }, principal }) => changing(users.rename(own(principal), name)),
    close: ({ caller, principal }) => changing(users.close(own(principal), caller())),
    changePassword: ({ caller, payload, principal }) =>
      changing(users.changePassword(own(principal), { ...payload, caller: caller() })),
    changeEmail: ({ caller, payload: { email }, principal }) =>
      users.requestEmailChange(own(principal), email, caller()),
    addAccount: ({ payload: { label }, principal }) =>
      Effect.map(changing(users.addSubAccount(own(principal), label)), accountView),
    beginKyc: ({ principal }) => changing(users.beginKyc(own(principal)))
  }
}

const factors = (services: Services): Handlers<typeof FactorsApi> => {
  const factors = Context.get(services, Factors)
  const users = Context.get(services, Users)
  return {
    list: ({ principal }) => Effect.map(users.profile(own(principal)), factorsView),
    beginTotp: ({ principal }) =>
      Effect.map(factors.beginTotp(own(principal)), ({ secret, uri }) => ({
        secret: Redacted.value(secret),
        uri: Redacted.value(uri)
      })),
    confirmTotp: ({ caller, payload: { code }, principal }) =>
      Effect.map(changing(factors.confirmTotp(own(principal), code, caller())), codesView),
    removeTotp: ({ caller, principal }) => changing(factors.removeTotp(own(principal), caller())),
    beginPasskey: ({ principal }) =>
      Effect.map(factors.beginPasskey(own(principal)), (options) => ({ options: options as never })),
    addPasskey: ({ caller, payload, principal }) =>
      Effect.map(changing(factors.addPasskey(own(principal), payload, caller())), codesView),
    removePasskey: ({ caller, params: { passkey }, principal }) =>
      changing(factors.removePasskey(own(principal), passkey, caller())),
    newRecoveryCodes: ({ caller, principal }) =>
      Effect.map(changing(factors.newRecoveryCodes(own(principal), caller())), codesView)
  }
}

const codesView = (codes: Codes) => ({ recoveryCodes: codes && codes.map(Redacted.value) })

const administration = (services: Services): Handlers<typeof AdministrationApi> => {
  const administration = Context.get(services, Administration)
  const frozen = (frozen: boolean) => (principal: Principal, user: string) =>
    Effect.map(changing(administration.setFrozen(own(principal), UserId(user), frozen)), userView)
  return {
    users: ({ principal, query: { cursor, limit = pageSizeDefault } }) =>
      cursor !== undefined && !isUserId(cursor)
        ? Effect.fail(new MalformedCursor())
        : Effect.map(
            administration.users(own(principal), { after: cursor === undefined ? null : UserId(cursor), limit }),
            (users) => ({ data: users.map(userView), next: users.length < limit ? null : users.at(-1)!.userId })
          ),
    user: ({ params: { user }, principal }) => Effect.map(administration.user(own(principal), UserId(user)), userView),
    freeze: ({ params: { user }, principal }) => frozen(true)(principal, user),
    unfreeze: ({ params: { user }, principal }) => frozen(false)(principal, user),
    decideKyc: ({ params: { user }, payload: { decision }, principal }) =>
      Effect.map(changing(administration.decideKyc(own(principal), UserId(user), decision)), userView),
    setRoles: ({ params: { user }, payload: { roles }, principal }) =>
      Effect.map(changing(administration.setRoles(own(principal), UserId(user), roles)), userView),
    audit: ({ principal, query: { cursor = "0", limit = pageSizeDefault } }) =>
      !/^\d{1,15}$/.test(cursor)
        ? Effect.fail(new MalformedCursor())
        : Effect.map(administration.audit(own(principal), { after: Number(cursor), limit }), (entries) => ({
            data: entries.map(auditEntryView),
            next: entries.length < limit ? null : String(entries.at(-1)!.sequence)
          })),
    verifyAudit: ({ principal }) => administration.verifyAudit(own(principal))
  }
}

const isUserId = Schema.is(UserIdSchema)

const keys = (services: Services): Handlers<typeof Keys> => ({
  keySet: () =>
    Effect.map(Context.get(services, AccessTokens).keySet, ({ keys }) => ({ keys: keys.map((key) => ({ ...key })) }))
})
