/**
 * Users and their own accounts: registration, passwords, profile, sub-accounts, closing.
 *
 * A user exists only after an address is proven: registering merely sends a link, and its recipient
 * chooses the password. So nobody can claim an address in advance, nobody learns who has an
 * account, and strangers cannot fill our storage.
 */
import type { Refused } from "@pandora-exchange/contract/failure"
import type { KycLevel, User, UserId } from "@pandora-exchange/core/IdentityRecords"
import type {
  EmailTaken,
  IdentityStore,
  IdentityUnavailable
} from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer } from "effect"
import type { Attempts } from "./Attempts.ts"
import type { Audit } from "./Audit.ts"
import type { Caller } from "./Caller.ts"
import type {
  FactorRefused,
  FactorRequired,
  LinkRefused,
  PermissionMissing,
  SignInRefused,
  StepUpRequired,
  TokenRefused,
  TooManyAttempts
} from "./Errors.ts"
import { identityContext } from "./internal/IdentityContext.ts"
import { methodsOf } from "./internal/methodsOf.ts"
import { addSubAccount, subAccountsMax } from "./internal/users/addSubAccount.ts"
import { beginKyc } from "./internal/users/beginKyc.ts"
import { changeEmail, type EmailChangeRequest } from "./internal/users/changeEmail.ts"
import { changePassword, type PasswordChange } from "./internal/users/changePassword.ts"
import { close } from "./internal/users/close.ts"
import { create } from "./internal/users/create.ts"
import type { NewUser } from "./internal/users/insertUser.ts"
import { profile } from "./internal/users/profile.ts"
import { register } from "./internal/users/register.ts"
import { rename } from "./internal/users/rename.ts"
import { requestEmailChange } from "./internal/users/requestEmailChange.ts"
import { requestPasswordReset } from "./internal/users/requestPasswordReset.ts"
import { type PasswordReset, resetPassword } from "./internal/users/resetPassword.ts"
import type { UsersContext } from "./internal/users/UsersContext.ts"
import { type Verification, verify } from "./internal/users/verify.ts"
import { KycProvider, type KycUnavailable } from "./KycProvider.ts"
import type { Messages } from "./Messages.ts"
import type { PasswordProblem } from "./PasswordPolicy.ts"
import { Passwords } from "./Passwords.ts"
import type { Principal } from "./Principal.ts"
import type { Secrets } from "./Secrets.ts"
import { Sessions, type Unavailable } from "./Sessions.ts"
import type { Settings } from "./Settings.ts"
import { VenueAccounts, type VenueAccountsUnavailable } from "./VenueAccounts.ts"

export { type NewUser, subAccountsMax }

export class Users extends Context.Service<
  Users,
  {
    /** Sends a link to the address, whether or not it has an account, and does not reveal which. */
    readonly register: (
      email: string,
      caller: Caller
    ) => Effect.Effect<void, Refused<"MalformedEmail"> | TooManyAttempts | Unavailable>
    /** Opens the account the link was sent for. The link works once. */
    readonly verify: (
      request: Verification
    ) => Effect.Effect<
      UserId,
      | LinkRefused
      | Refused<"MalformedName" | PasswordProblem>
      | TooManyAttempts
      | VenueAccountsUnavailable
      | Unavailable
    >
    /**
     * Creates a user whose address the operator vouches for. Staff who are not also a `user` get no
     * account in the venue.
     */
    readonly create: (
      user: NewUser
    ) => Effect.Effect<
      UserId,
      | EmailTaken
      | Refused<"MalformedEmail" | "MalformedName" | PasswordProblem>
      | VenueAccountsUnavailable
      | Unavailable
    >
    readonly requestPasswordReset: (
      email: string,
      caller: Caller
    ) => Effect.Effect<void, Refused<"MalformedEmail"> | TooManyAttempts | Unavailable>
    /**
     * Also requires the second factor of a user who has one: access to the mailbox alone must not
     * be enough. Ends all sessions.
     */
    readonly resetPassword: (
      request: PasswordReset
    ) => Effect.Effect<
      void,
      | LinkRefused
      | Refused<PasswordProblem>
      | FactorRequired
      | FactorRefused
      | TooManyAttempts
      | Unavailable
    >
    /** Ends all other sessions. */
    readonly changePassword: (
      principal: Principal,
      request: PasswordChange
    ) => Effect.Effect<
      void,
      | SignInRefused
      | StepUpRequired
      | TokenRefused
      | TooManyAttempts
      | Refused<PasswordProblem>
      | PermissionMissing
      | Unavailable
    >
    /**
     * Sends a link to the new address, whether or not it is taken, and a notice to the old one.
     * Requires a fresh proof, because the address can be used to reset the password.
     */
    readonly requestEmailChange: (
      principal: Principal,
      email: string,
      caller: Caller
    ) => Effect.Effect<
      void,
      | StepUpRequired
      | TokenRefused
      | TooManyAttempts
      | Refused<"MalformedEmail" | "AccountFrozen">
      | PermissionMissing
      | Unavailable
    >
    /**
     * Completes the change for the holder of the link, once. Ends all sessions except the one that
     * asked, and voids links sent earlier.
     */
    readonly changeEmail: (
      request: EmailChangeRequest
    ) => Effect.Effect<void, LinkRefused | TooManyAttempts | Unavailable>
    readonly profile: (
      principal: Principal
    ) => Effect.Effect<User, TokenRefused | PermissionMissing | IdentityUnavailable>
    readonly rename: (
      principal: Principal,
      name: string
    ) => Effect.Effect<
      void,
      TokenRefused | Refused<"MalformedName" | "AccountFrozen"> | PermissionMissing | Unavailable
    >
    readonly addSubAccount: (
      principal: Principal,
      label: string
    ) => Effect.Effect<
      User["accounts"][number],
      | TokenRefused
      | Refused<"MalformedName" | "AccountFrozen" | "NoAccount" | "TooManySubAccounts">
      | PermissionMissing
      | VenueAccountsUnavailable
      | Unavailable
    >
    /** Requests verification. */
    readonly beginKyc: (
      principal: Principal
    ) => Effect.Effect<
      { readonly kyc: KycLevel; readonly next: string | null },
      TokenRefused | Refused<"KycUnderWay"> | PermissionMissing | KycUnavailable | Unavailable
    >
    /** Allowed only without funds. The address becomes available again; the record is kept. */
    readonly close: (
      principal: Principal,
      caller: Caller
    ) => Effect.Effect<
      void,
      | StepUpRequired
      | TokenRefused
      | Refused<"FundsLeft" | "AccountFrozen">
      | PermissionMissing
      | VenueAccountsUnavailable
      | Unavailable
    >
  }
>()("@pandora-exchange/identity/Users") {
  static readonly layer: Layer.Layer<
    Users,
    never,
    | Attempts
    | Audit
    | IdentityStore
    | KycProvider
    | Messages
    | Passwords
    | Secrets
    | Sessions
    | Settings
    | VenueAccounts
  > = Layer.effect(
    Users,
    Effect.suspend(() => make())
  )
}

const make = Effect.fnUntraced(function* () {
  const context: UsersContext = {
    ...(yield* identityContext((yield* Sessions).recheck)),
    accounts: yield* VenueAccounts,
    kyc: yield* KycProvider,
    passwords: yield* Passwords
  }
  return Users.of(
    methodsOf(context, {
      register,
      verify,
      create,
      requestPasswordReset,
      resetPassword,
      changePassword,
      requestEmailChange,
      changeEmail,
      profile,
      rename,
      addSubAccount,
      beginKyc,
      close
    })
  )
})
