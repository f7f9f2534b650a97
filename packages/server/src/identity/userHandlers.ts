/**
 * Implements the operations about users: the services of the package `identity` in the terms of the
 * contract.
 */
import { pageSizeDefault } from "@pandora-exchange/contract/fields"
import type { ServerOperations } from "@pandora-exchange/contract/generated/port"
import type { ProblemCodes } from "@pandora-exchange/contract/generated/problemCodes"
import type * as Answered from "@pandora-exchange/contract/generated/server"
import type * as StaffOf from "@pandora-exchange/contract/operations/staff"
import * as UsersOf from "@pandora-exchange/contract/operations/users"
import { SessionId, UserId } from "@pandora-exchange/core/IdentityRecords"
import { AccessTokens } from "@pandora-exchange/identity/AccessTokens"
import { Administration } from "@pandora-exchange/identity/Administration"
import type { Caller } from "@pandora-exchange/identity/Caller"
import { type Codes, Factors } from "@pandora-exchange/identity/Factors"
import type { Principal as SessionPrincipal } from "@pandora-exchange/identity/Principal"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import { Users } from "@pandora-exchange/identity/Users"
import { Context, Effect, Redacted, Schema } from "effect"
import type { Principal } from "../Authentication.ts"
import { MalformedCursor } from "../History.ts"
import { ApiFailure, type DeclaredFailure, type IdentityFailure } from "../http/Failure.ts"
import {
  accountView,
  auditEntryView,
  factorRequestView,
  factorsView,
  proofOf,
  sessionView,
  stepUpOf,
  tokensView,
  userView
} from "./userViews.ts"

/** What the operations need from the package `identity`. */
export type Services = Context.Context<AccessTokens | Administration | Factors | Sessions | Users>

type Port = ServerOperations<never>

/**
 * Implements an operation, or fails with a code the operation declares. It may also ask for the
 * caller's address.
 */
type Handler<Name extends keyof Port & keyof ProblemCodes> = (
  principal: Principal,
  request: Parameters<Port[Name]>[1],
  caller: () => Caller
) => Effect.Effect<Effect.Success<ReturnType<Port[Name]>>, DeclaredFailure<Name>>

/** A handler for each operation in a file of the contract. */
type Handlers<Module> = {
  readonly [Name in keyof Module & keyof Port & keyof ProblemCodes]: Handler<Name>
}

export type IdentityHandlers = Handlers<typeof UsersOf> & Handlers<typeof StaffOf>

export const identityHandlers = (services: Services): IdentityHandlers => ({
  ...registrations(services),
  ...sessions(services),
  ...profile(services),
  ...factors(services),
  ...administration(services),
  keySet: () =>
    Effect.map(Context.get(services, AccessTokens).keySet, ({ keys }) => ({
      keys: keys.map((key) => ({ ...key }))
    }))
})

/** The principal with their session. Routes about users exist only for users of identity. */
const own = (principal: Principal): SessionPrincipal => {
  if (!("sessionId" in principal))
    throw new Error("a route about users needs a principal of identity")
  return principal as SessionPrincipal
}

/** A write the store did not confirm may have happened. */
const changing = <A, E extends IdentityFailure>(change: Effect.Effect<A, E>) =>
  Effect.mapError(change, (failure) =>
    failure._tag === "IdentityUnavailable"
      ? new ApiFailure({ code: "ChangeUnknown", cause: failure.cause })
      : failure
  )

const registrations = (services: Services) => {
  const users = Context.get(services, Users)
  return {
    register: (_, { email }, caller) => users.register(email, caller()),
    completeRegistration: (_, request, caller) =>
      Effect.map(changing(users.verify({ ...request, caller: caller() })), (user) => ({ user })),
    requestPasswordReset: (_, { email }, caller) => users.requestPasswordReset(email, caller()),
    completePasswordReset: (_, { password, proof, token }, caller) =>
      changing(
        users.resetPassword({ token, password, proof: proof && proofOf(proof), caller: caller() })
      ),
    completeEmailChange: (_, { token }, caller) =>
      changing(users.changeEmail({ token, caller: caller() }))
  } satisfies Partial<IdentityHandlers>
}

const sessions = (services: Services) => {
  const sessions = Context.get(services, Sessions)
  return {
    signIn: (_, { email, password, proof }, caller) =>
      Effect.map(
        sessions.signIn({ email, password, proof: proof && proofOf(proof), caller: caller() }),
        tokensView
      ),
    refresh: (_, { refreshToken }, caller) =>
      Effect.map(changing(sessions.refresh(refreshToken, caller())), tokensView),
    sessions: (principal) =>
      Effect.map(sessions.list(own(principal)), (all) => ({
        data: all.map(sessionView(own(principal).sessionId))
      })),
    endSession: (principal, { session }) =>
      changing(sessions.revoke(own(principal), SessionId(session))),
    endOtherSessions: (principal) => changing(sessions.revokeOthers(own(principal))),
    beginStepUp: (principal) =>
      Effect.map(sessions.beginStepUp(own(principal)), (required) => ({
        factor: required && factorRequestView(required)
      })),
    stepUp: (principal, { proof }, caller) =>
      Effect.map(changing(sessions.stepUp(own(principal), stepUpOf(proof), caller())), tokensView)
  } satisfies Partial<IdentityHandlers>
}

const profile = (services: Services) => {
  const users = Context.get(services, Users)
  return {
    user: (principal) => Effect.map(users.profile(own(principal)), userView),
    rename: (principal, { name }) => changing(users.rename(own(principal), name)),
    closeUser: (principal, _, caller) => changing(users.close(own(principal), caller())),
    changePassword: (principal, request, caller) =>
      changing(users.changePassword(own(principal), { ...request, caller: caller() })),
    changeEmail: (principal, { email }, caller) =>
      users.requestEmailChange(own(principal), email, caller()),
    addAccount: (principal, { label }) =>
      Effect.map(changing(users.addSubAccount(own(principal), label)), accountView),
    beginKyc: (principal) => changing(users.beginKyc(own(principal)))
  } satisfies Partial<IdentityHandlers>
}

const factors = (services: Services) => {
  const factors = Context.get(services, Factors)
  const users = Context.get(services, Users)
  return {
    factors: (principal) => Effect.map(users.profile(own(principal)), factorsView),
    beginTotp: (principal) =>
      Effect.map(factors.beginTotp(own(principal)), ({ secret, uri }) => ({
        secret: Redacted.value(secret),
        uri: Redacted.value(uri)
      })),
    confirmTotp: (principal, { code }, caller) =>
      Effect.map(changing(factors.confirmTotp(own(principal), code, caller())), codesView),
    removeTotp: (principal, _, caller) => changing(factors.removeTotp(own(principal), caller())),
    beginPasskey: (principal) =>
      Effect.map(factors.beginPasskey(own(principal)), (options) => ({
        options: options as Answered.PasskeyOptions["options"]
      })),
    addPasskey: (principal, request, caller) =>
      Effect.map(changing(factors.addPasskey(own(principal), request, caller())), codesView),
    removePasskey: (principal, { passkey }, caller) =>
      changing(factors.removePasskey(own(principal), passkey, caller())),
    newRecoveryCodes: (principal, _, caller) =>
      Effect.map(changing(factors.newRecoveryCodes(own(principal), caller())), codesView)
  } satisfies Partial<IdentityHandlers>
}

const codesView = (codes: Codes) => ({ recoveryCodes: codes && codes.map(Redacted.value) })

const administration = (services: Services) => {
  const administration = Context.get(services, Administration)
  const frozen = (principal: Principal, user: string, frozen: boolean) =>
    Effect.map(changing(administration.setFrozen(own(principal), UserId(user), frozen)), userView)
  return {
    users: (principal, { cursor, limit = pageSizeDefault }) =>
      cursor !== undefined && !isUserId(cursor)
        ? Effect.fail(new MalformedCursor())
        : Effect.map(
            administration.users(own(principal), {
              after: cursor === undefined ? null : UserId(cursor),
              limit
            }),
            (users) => ({
              data: users.map(userView),
              next: users.length < limit ? null : users.at(-1)!.userId
            })
          ),
    userNamed: (principal, { user }) =>
      Effect.map(administration.user(own(principal), UserId(user)), userView),
    freezeUser: (principal, { user }) => frozen(principal, user, true),
    unfreezeUser: (principal, { user }) => frozen(principal, user, false),
    decideKyc: (principal, { decision, user }) =>
      Effect.map(
        changing(administration.decideKyc(own(principal), UserId(user), decision)),
        userView
      ),
    setRoles: (principal, { roles, user }) =>
      Effect.map(changing(administration.setRoles(own(principal), UserId(user), roles)), userView),
    auditEntries: (principal, { cursor = "0", limit = pageSizeDefault }) =>
      !/^\d{1,15}$/.test(cursor)
        ? Effect.fail(new MalformedCursor())
        : Effect.map(
            administration.audit(own(principal), { after: Number(cursor), limit }),
            (entries) => ({
              data: entries.map(auditEntryView),
              next: entries.length < limit ? null : String(entries.at(-1)!.sequence)
            })
          ),
    verifyAudit: (principal) => administration.verifyAudit(own(principal))
  } satisfies Partial<IdentityHandlers>
}

const isUserId = Schema.is(UsersOf.UserId)
