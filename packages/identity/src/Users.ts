/**
 * Users and what they do with their own account: opening it, passwords, profile, sub-accounts, closing.
 *
 * There is no user before an address is proven: registering only sends a link, and whoever holds the link chooses the password.
 * So nobody can take an address in advance, nobody learns who has an account, and strangers store nothing here.
 */
import { type KycLevel, type Role, type User, UserId } from "@pandora-exchange/core/Identity"
import { EmailTaken, IdentityStore, type IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { Attempts } from "./Attempts.ts"
import { Audit } from "./Audit.ts"
import { type Caller, kept } from "./Caller.ts"
import { emailOf, wordsOf } from "./Email.ts"
import {
  type FactorRefused,
  type FactorRequired,
  LinkRefused,
  NotPossible,
  PasswordRefused,
  type PermissionMissing,
  SignInRefused,
  type StepUpRequired,
  type TooManyAttempts
} from "./Errors.ts"
import { challenged } from "./internal/challenging.ts"
import { ownUser, sameAddress, untilWritten } from "./internal/changing.ts"
import { openMain } from "./internal/openMain.ts"
import { KycProvider, type KycUnavailable } from "./KycProvider.ts"
import { Messages } from "./Messages.ts"
import * as PasswordPolicy from "./PasswordPolicy.ts"
import { Passwords } from "./Passwords.ts"
import { type Principal, requireFresh } from "./Principal.ts"
import * as Proofs from "./Proofs.ts"
import * as Randomness from "./Randomness.ts"
import { Secrets } from "./Secrets.ts"
import { Sessions, type Unavailable } from "./Sessions.ts"
import { Settings } from "./Settings.ts"
import { VenueAccounts, type VenueAccountsUnavailable } from "./VenueAccounts.ts"

const registrationLifeMs = 86_400_000
const resetLifeMs = 30 * 60_000
const emailChangeLifeMs = 30 * 60_000
export const subAccountsMax = 20

export interface NewUser {
  readonly email: string
  readonly password: Redacted.Redacted
  readonly name: string
  readonly roles: ReadonlyArray<Role>
}

export class Users extends Context.Service<
  Users,
  {
    /** Sends a link to the address, whether it has an account or not. Says nothing about that. */
    readonly register: (email: string, caller: Caller) => Effect.Effect<void, TooManyAttempts | Unavailable>
    /** Opens the account that a link was sent for. The link works once. */
    readonly verify: (request: {
      readonly token: Redacted.Redacted
      readonly password: Redacted.Redacted
      readonly name: string
      readonly caller: Caller
    }) => Effect.Effect<
      UserId,
      LinkRefused | PasswordRefused | TooManyAttempts | VenueAccountsUnavailable | Unavailable
    >
    /** A user whose address the operator vouches for. Staff, who are no `user` as well, have no account in the venue. */
    readonly create: (
      user: NewUser
    ) => Effect.Effect<UserId, EmailTaken | NotPossible | PasswordRefused | VenueAccountsUnavailable | Unavailable>
    readonly requestPasswordReset: (email: string, caller: Caller) => Effect.Effect<void, TooManyAttempts | Unavailable>
    /** Takes the second factor, too, of those who have one: whoever reads the mail must not get past it. Ends all sessions. */
    readonly resetPassword: (request: {
      readonly token: Redacted.Redacted
      readonly password: Redacted.Redacted
      readonly proof?: Proofs.Proof | undefined
      readonly caller: Caller
    }) => Effect.Effect<
      void,
      LinkRefused | PasswordRefused | FactorRequired | FactorRefused | TooManyAttempts | Unavailable
    >
    /** Ends all other sessions. */
    readonly changePassword: (
      principal: Principal,
      request: {
        readonly current: Redacted.Redacted
        readonly next: Redacted.Redacted
        readonly caller: Caller
      }
    ) => Effect.Effect<
      void,
      SignInRefused | PasswordRefused | StepUpRequired | TooManyAttempts | NotPossible | PermissionMissing | Unavailable
    >
    /**
     * Sends a link to the new address, whoever has it, and tells the old one. Takes a fresh proof: whoever has the address can
     * reset the password.
     */
    readonly requestEmailChange: (
      principal: Principal,
      email: string,
      caller: Caller
    ) => Effect.Effect<void, StepUpRequired | TooManyAttempts | NotPossible | PermissionMissing | Unavailable>
    /** Done by whoever holds the link, once. Ends all sessions but the one that asked, and voids links that were sent before. */
    readonly changeEmail: (request: {
      readonly token: Redacted.Redacted
      readonly caller: Caller
    }) => Effect.Effect<void, LinkRefused | TooManyAttempts | Unavailable>
    readonly profile: (
      principal: Principal
    ) => Effect.Effect<User, NotPossible | PermissionMissing | IdentityUnavailable>
    readonly rename: (
      principal: Principal,
      name: string
    ) => Effect.Effect<void, NotPossible | PermissionMissing | Unavailable>
    readonly addSubAccount: (
      principal: Principal,
      label: string
    ) => Effect.Effect<
      User["accounts"][number],
      NotPossible | PermissionMissing | VenueAccountsUnavailable | Unavailable
    >
    /** Asks to be verified. */
    readonly beginKyc: (
      principal: Principal
    ) => Effect.Effect<
      { readonly kyc: KycLevel; readonly next: string | null },
      NotPossible | PermissionMissing | KycUnavailable | Unavailable
    >
    /** Only without funds. The address is free again, the record stays. */
    readonly close: (
      principal: Principal,
      caller: Caller
    ) => Effect.Effect<void, StepUpRequired | NotPossible | PermissionMissing | VenueAccountsUnavailable | Unavailable>
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
  const store = yield* IdentityStore
  const accounts = yield* VenueAccounts
  const attempts = yield* Attempts
  const audit = yield* Audit
  const kyc = yield* KycProvider
  const messages = yield* Messages
  const passwords = yield* Passwords
  const secrets = yield* Secrets
  const sessions = yield* Sessions
  const settings = yield* Settings
  const context = yield* Effect.context<IdentityStore | Secrets | Settings>()

  /** A link's token: what it is for, sealed, so that nothing of it has to be stored. */
  const linkFor = Effect.fnUntraced(function* (
    purpose: string,
    content: Readonly<Record<string, unknown>>,
    lifeMs: number
  ) {
    const expiresAt = (yield* Clock.currentTimeMillis) + lifeMs
    return Redacted.make(yield* secrets.seal(purpose, JSON.stringify({ ...content, expiresAt })))
  })

  const readLink = Effect.fnUntraced(function* <A>(purpose: string, token: Redacted.Redacted) {
    const text =
      Redacted.value(token).length > tokenLengthMax ? undefined : secrets.open(purpose, Redacted.value(token))
    if (text === undefined) return yield* new LinkRefused()
    const content = JSON.parse(text) as A & { readonly expiresAt: number }
    if (content.expiresAt <= (yield* Clock.currentTimeMillis)) return yield* new LinkRefused()
    return content
  })

  const checkPassword = (password: Redacted.Redacted, email: string, name: string, hasFactor: boolean) => {
    const about = [...wordsOf(email), ...wordsOf(name.toLowerCase()), ...wordsOf(settings.name.toLowerCase())]
    const problem = PasswordPolicy.problemOf({ password: Redacted.value(password), hasFactor, about })
    return problem === undefined ? Effect.void : Effect.fail(new PasswordRefused({ problem }))
  }

  const standsAlone = (password: Redacted.Redacted): boolean =>
    PasswordPolicy.lengthOf(Redacted.value(password)) >= PasswordPolicy.lengthMinAlone

  const register: Users["Service"]["register"] = Effect.fn("Users.register")(function* (typed, caller) {
    yield* attempts.from(caller.address)
    const email = emailOf(typed)
    if (email === undefined || !(yield* attempts.ofMail(email, "registration"))) return
    const token = yield* linkFor("registration", { email }, registrationLifeMs)
    const user = yield* store.userByEmail(email)
    yield* messages.send(email, user === undefined ? { kind: "verification", token } : { kind: "registeredAlready" })
  })

  const insert = Effect.fnUntraced(function* ({ email, name, password, roles }: NewUser) {
    yield* checkPassword(password, email, name, false)
    if ((yield* store.userByEmail(email)) !== undefined) return yield* new EmailTaken()
    const userId = UserId(`usr_${yield* Randomness.text(16)}`)
    const user: User = {
      userId,
      version: 1,
      email,
      name,
      status: "active",
      kyc: "none",
      roles,
      accounts: [],
      passwordHash: yield* passwords.hash(password),
      passwordStandsAlone: true,
      credentials: 1,
      totp: null,
      recoveryCodes: [],
      passkeys: [],
      challenge: null,
      subjectKey: yield* audit.newSubjectKey(userId),
      createdAt: yield* Clock.currentTimeMillis
    }
    // Opened before: an account without a user has nothing and does no harm.
    const opened = roles.includes("user") ? yield* openMain(accounts, userId) : []
    const entry = yield* audit.draft({ kind: "registered", user, details: { roles } })
    yield* untilWritten(
      store.write({
        changes: [{ _tag: "InsertUser", user: { ...user, accounts: opened } }],
        audit: [entry]
      })
    )
    return userId
  })

  const verify: Users["Service"]["verify"] = Effect.fn("Users.verify")(function* ({ caller, name, password, token }) {
    yield* attempts.from(caller.address)
    const { email } = yield* readLink<{ readonly email: string }>("registration", token)
    return yield* Effect.catchIf(
      insert({ email, name, password, roles: ["user"] }),
      (error) => error instanceof EmailTaken,
      () => Effect.fail(new LinkRefused())
    )
  })

  const create: Users["Service"]["create"] = Effect.fn("Users.create")(function* (user) {
    const email = emailOf(user.email)
    if (email === undefined) return yield* new NotPossible({ problem: "MalformedEmail" })
    return yield* insert({ ...user, email })
  })

  const requestPasswordReset: Users["Service"]["requestPasswordReset"] = Effect.fn("Users.requestPasswordReset")(
    function* (typed, caller) {
      yield* attempts.from(caller.address)
      const email = emailOf(typed)
      if (email === undefined || !(yield* attempts.ofMail(email, "passwordReset"))) return
      const user = yield* store.userByEmail(email)
      const content = { userId: user?.userId ?? "", credentials: user?.credentials ?? 0 }
      const token = yield* linkFor("reset", content, resetLifeMs)
      if (user !== undefined) yield* messages.send(email, { kind: "passwordReset", token })
    }
  )

  const resetPassword: Users["Service"]["resetPassword"] = Effect.fn("Users.resetPassword")(function* ({
    caller,
    password,
    proof,
    token
  }) {
    yield* attempts.from(caller.address)
    const link = yield* readLink<{ readonly userId: UserId; readonly credentials: number }>("reset", token)
    const named = yield* store.user(link.userId)
    if (named === undefined || named.credentials !== link.credentials) return yield* new LinkRefused()
    const withFactor = Proofs.hasFactor(named)
    yield* checkPassword(password, named.email, named.name, withFactor)
    if (withFactor) {
      yield* attempts.ofFactor(named.userId)
      if (proof === undefined) {
        return yield* yield* untilWritten(resetRequired(link.userId, link.credentials))
      }
    }
    const passwordHash = yield* passwords.hash(password)
    const user = yield* untilWritten(
      Effect.gen(function* () {
        const user = yield* store.user(link.userId)
        // Using the link changes what it must be equal to: it works once.
        if (user === undefined || user.status === "closed" || user.credentials !== link.credentials) {
          return yield* new LinkRefused()
        }
        const proven = withFactor ? yield* Proofs.prove(user, proof!) : user
        const changed = withPassword(proven, passwordHash, standsAlone(password))
        yield* sameAddress(write(changed, "passwordChanged", null, { by: "reset" }))
        return user
      }).pipe(Effect.provide(context))
    )
    yield* sessions.recheck(user.userId)
    yield* attempts.forgive(user, caller.address)
    yield* messages.send(user.email, { kind: "passwordChanged", caller: kept(caller) })
  })

  const resetRequired = Effect.fnUntraced(function* (userId: UserId, credentials: number) {
    const user = yield* store.user(userId)
    return user === undefined || user.credentials !== credentials ? new LinkRefused() : yield* challenged(user)
  }, Effect.provide(context))

  /** The user, with all sessions but one ended: what they were opened with has changed. */
  const write = Effect.fnUntraced(function* (
    user: User,
    reason: "passwordChanged" | "emailChanged" | "userClosed",
    except: Principal["sessionId"] | null,
    details: Readonly<Record<string, string>>
  ) {
    const at = yield* Clock.currentTimeMillis
    yield* store.write({
      changes: [
        { _tag: "UpdateUser", user },
        { _tag: "EndSessions", userId: user.userId, except, reason, at }
      ],
      audit: [yield* audit.draft({ kind: reason, user, details })]
    })
  })

  const changePassword: Users["Service"]["changePassword"] = Effect.fn("Users.changePassword")(function* (
    principal,
    { caller, current, next }
  ) {
    yield* attempts.from(caller.address)
    yield* requireFresh(principal)
    const seen = yield* ownUser(principal)
    yield* attempts.ofFactor(seen.userId)
    if (!(yield* passwords.verify(seen.passwordHash, current))) return yield* new SignInRefused()
    yield* checkPassword(next, seen.email, seen.name, Proofs.hasFactor(seen))
    const passwordHash = yield* passwords.hash(next)
    yield* untilWritten(
      Effect.gen(function* () {
        const user = yield* ownUser(principal)
        if (user.passwordHash !== seen.passwordHash) return yield* new SignInRefused()
        if (Proofs.hasFactor(user) !== Proofs.hasFactor(seen)) {
          yield* checkPassword(next, user.email, user.name, Proofs.hasFactor(user))
        }
        const changed = withPassword(user, passwordHash, standsAlone(next))
        yield* sameAddress(write(changed, "passwordChanged", principal.sessionId, { by: "user" }))
      })
    )
    yield* sessions.recheck(principal.userId)
    yield* messages.send(seen.email, { kind: "passwordChanged", caller: kept(caller) })
  }, Effect.provide(context))

  const requestEmailChange: Users["Service"]["requestEmailChange"] = Effect.fn("Users.requestEmailChange")(function* (
    principal,
    typed,
    caller
  ) {
    yield* attempts.from(caller.address)
    yield* requireFresh(principal)
    const { credentials, email: old, userId } = yield* movable(principal)
    const email = emailOf(typed)
    if (email === undefined) return yield* new NotPossible({ problem: "MalformedEmail" })
    if (!(yield* attempts.ofMail(old, "oldAddress")) || !(yield* attempts.ofMail(email, "newAddress"))) return
    const link: EmailChange = { userId, credentials, email, sessionId: principal.sessionId }
    const token = yield* linkFor("email", link, emailChangeLifeMs)
    const taken = (yield* store.userByEmail(email)) !== undefined
    yield* messages.send(email, taken ? { kind: "registeredAlready" } : { kind: "emailChange", token })
    yield* messages.send(old, { kind: "emailChangeAsked", caller: kept(caller) })
  }, Effect.provide(context))

  const changeEmail: Users["Service"]["changeEmail"] = Effect.fn("Users.changeEmail")(function* ({ caller, token }) {
    yield* attempts.from(caller.address)
    const { credentials, email, sessionId, userId } = yield* readLink<EmailChange>("email", token)
    const old = yield* untilWritten(
      Effect.gen(function* () {
        const user = yield* store.user(userId)
        // Using the link changes what it must be equal to, and so does a new password: it works once, or not at all.
        if (user === undefined || user.status !== "active" || user.credentials !== credentials) {
          return yield* new LinkRefused()
        }
        const changed: User = { ...user, email, credentials: credentials + 1, challenge: null }
        yield* write(changed, "emailChanged", sessionId, { address: caller.address })
        return user.email
      })
    ).pipe(Effect.catchTag("EmailTaken", () => Effect.fail(new LinkRefused())))
    yield* sessions.recheck(userId)
    yield* messages.send(old, { kind: "emailChanged", caller: kept(caller) })
  })

  /** Decides on the user as they are now, and writes what comes of it. */
  const update = <E>(
    principal: Principal,
    kind: string,
    decide: (user: User) => Effect.Effect<User, E>
  ): Effect.Effect<User, E | NotPossible | PermissionMissing | Unavailable> =>
    untilWritten(
      Effect.gen(function* () {
        const changed = yield* Effect.flatMap(ownUser(principal), decide)
        const entry = yield* audit.draft({ kind, user: changed })
        yield* sameAddress(store.write({ changes: [{ _tag: "UpdateUser", user: changed }], audit: [entry] }))
        return changed
      })
    ).pipe(
      Effect.tap(({ userId }) => sessions.recheck(userId)),
      Effect.provide(context)
    ) as Effect.Effect<User, E | NotPossible | PermissionMissing | Unavailable>

  const addSubAccount: Users["Service"]["addSubAccount"] = Effect.fn("Users.addSubAccount")(
    function* (principal, label) {
      const user = yield* update(
        principal,
        "subAccountAdded",
        Effect.fnUntraced(function* (user) {
          yield* unlessFrozen(user)
          const { length } = user.accounts
          if (length === 0) return yield* new NotPossible({ problem: "NoAccount" })
          if (length > subAccountsMax) return yield* new NotPossible({ problem: "TooManySubAccounts" })
          const accountId = yield* accounts.open(`user:${user.userId}:${length}`)
          const changed: User = { ...user, accounts: [...user.accounts, { accountId, label }] }
          return changed
        })
      )
      return user.accounts.at(-1)!
    }
  )

  const beginKyc: Users["Service"]["beginKyc"] = Effect.fn("Users.beginKyc")(function* (principal) {
    const seen = yield* ownUser(principal)
    const problem = () => new NotPossible({ problem: "KycUnderWay" })
    if (seen.kyc === "pending" || seen.kyc === "verified") return yield* problem()
    const { next } = yield* kyc.begin(seen.userId)
    const user = yield* update(principal, "kycBegun", (user) =>
      user.kyc === seen.kyc ? Effect.succeed({ ...user, kyc: "pending" as const }) : Effect.fail(problem())
    )
    return { kyc: user.kyc, next }
  }, Effect.provide(context))

  const close: Users["Service"]["close"] = Effect.fn("Users.close")(function* (principal, caller) {
    yield* requireFresh(principal)
    const seen = yield* movable(principal)
    for (const { accountId } of seen.accounts) {
      if (!(yield* accounts.isEmpty(accountId))) return yield* new NotPossible({ problem: "FundsLeft" })
    }
    yield* untilWritten(
      Effect.flatMap(movable(principal), (user) =>
        sameAddress(write({ ...user, status: "closed", roles: [] }, "userClosed", null, { address: caller.address }))
      )
    )
    yield* sessions.recheck(principal.userId)
    yield* messages.send(seen.email, { kind: "accountClosed" })
  }, Effect.provide(context))

  return Users.of({
    register,
    verify,
    create,
    requestPasswordReset,
    resetPassword,
    changePassword,
    requestEmailChange,
    changeEmail,
    profile: (principal) => Effect.provide(ownUser(principal), context),
    rename: (principal, name) =>
      Effect.asVoid(update(principal, "renamed", (user) => Effect.as(unlessFrozen(user), { ...user, name }))),
    addSubAccount,
    beginKyc,
    close
  })
})

const tokenLengthMax = 2_048

/** Who is frozen may still look, and secure what they have: with a new password, a factor, an end of sessions. */
const unlessFrozen = (user: User): Effect.Effect<User, NotPossible> =>
  user.status === "frozen" ? Effect.fail(new NotPossible({ problem: "AccountFrozen" })) : Effect.succeed(user)

const movable = (principal: Principal) => Effect.flatMap(ownUser(principal), unlessFrozen)

/** What a link to a new address says. */
interface EmailChange {
  readonly [field: string]: unknown
  readonly userId: UserId
  readonly credentials: number
  readonly email: string
  /** The session that asked goes on. */
  readonly sessionId: Principal["sessionId"]
}

const withPassword = (user: User, passwordHash: string, passwordStandsAlone: boolean): User => ({
  ...user,
  passwordHash,
  passwordStandsAlone,
  credentials: user.credentials + 1,
  challenge: null
})
