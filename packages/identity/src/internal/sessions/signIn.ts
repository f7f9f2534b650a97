import type { Session, User, UserId } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect, type Redacted } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { emailOf } from "../../Email.ts"
import { SignInRefused } from "../../Errors.ts"
import * as Proofs from "../../Proofs.ts"
import { challenged } from "../challenging.ts"
import { takingNothing, untilWritten } from "../changing.ts"
import { networkOf } from "../networkOf.ts"
import { goesOn } from "./lifetime.ts"
import { newSession, tokensOf } from "./newSession.ts"
import { proved, refuseSignIn } from "./proving.ts"
import type { SessionsContext } from "./SessionsContext.ts"

export interface SignIn {
  readonly email: string
  readonly password: Redacted.Redacted
  /** Includes the second factor, if there is one. */
  readonly proof?: Proofs.Proof | undefined
  readonly caller: Caller
}

/** Starts a session for a caller who proves a user's password and, if set up, a second factor. */
export const signIn = Effect.fn("Sessions.signIn")(function* (
  context: SessionsContext,
  request: SignIn
) {
  yield* context.attempts.from(request.caller.address)
  return yield* context.signIns(admitted(context, request))
})

const admitted = Effect.fnUntraced(function* (context: SessionsContext, request: SignIn) {
  const { attempts, messages, passwords } = context
  const { caller, password, proof } = request
  const { allowed, nearby, now, user } = yield* looked(context, request)
  const matches = yield* passwords.verify(user?.passwordHash, password)
  if (user === undefined || !matches || !allowed) return yield* refuseSignIn(context, user, caller)

  const raised = passwords.isOutdated(user.passwordHash)
    ? yield* passwords.hash(password)
    : undefined
  if (Proofs.hasFactor(user)) {
    if (proof === undefined) return yield* yield* untilWritten(required(context, user))
    yield* attempts.ofFactor(user.userId)
  }
  const given = yield* untilWritten(entered(context, user, raised, request))
  yield* attempts.forgive(user, caller.address)
  if (!isKnown(nearby, caller, now))
    yield* messages.send(user.email, { kind: "newDevice", caller: kept(caller) })
  return yield* tokensOf(context, given.session, given.refresh)
})

const nobody = "usr_nobody" as UserId

/** Reads, counts, hashes and writes the same whether or not the user exists. */
const looked = Effect.fnUntraced(function* (
  { attempts, store }: SessionsContext,
  { caller: { address }, email: typed }: SignIn
) {
  const email = emailOf(typed) ?? ""
  const user = yield* store.userByEmail(email)
  const sessions = yield* store.sessions(user?.userId ?? nobody)
  const now = yield* Clock.currentTimeMillis
  const network = networkOf(address)
  const nearby = sessions.filter((session) => networkOf(session.address) === network)
  const trusted = nearby.some((session) => goesOn(session, now))
  return { user, nearby, now, allowed: yield* attempts.ofPassword({ email, address, trusted }) }
})

/**
 * A `User-Agent` can be copied and a network is shared by many people; only both together identify
 * a known device.
 */
const isKnown = (nearby: ReadonlyArray<Session>, caller: Caller, now: number): boolean =>
  nearby.some(({ agent, expiresAt }) => agent === kept(caller).agent && expiresAt > now)

/** Decides on the row as it is now, once the password is known to be right. */
const entered = Effect.fnUntraced(function* (
  context: SessionsContext,
  seen: User,
  raised: string | undefined,
  { caller, proof }: SignIn
) {
  const { audit, store } = context
  const user = yield* store.user(seen.userId)
  if (user === undefined || user.status === "closed" || user.passwordHash !== seen.passwordHash) {
    return yield* new SignInRefused()
  }
  const withFactor = Proofs.hasFactor(user)
  if (withFactor && proof === undefined) return yield* yield* challenged(context, user)
  const proven = withFactor ? yield* proved(context, user, proof!, caller) : user
  const changed = raised === undefined ? proven : { ...proven, passwordHash: raised }
  const userVersion = user.version + (changed === user ? 0 : 1)
  const begun = yield* newSession(user, caller, { withFactor, userVersion })
  const details = {
    address: caller.address,
    agent: begun.session.agent,
    factor: proof?._tag ?? "none"
  }
  yield* takingNothing(
    store.write({
      changes: [
        ...(changed === user ? [] : [{ _tag: "UpdateUser", user: changed } as const]),
        begun.change
      ],
      audit: [yield* audit.draft({ kind: "signedIn", user, details })]
    })
  )
  return begun
})

/** Decides on the row as it is now, as `entered` does. */
const required = Effect.fnUntraced(function* (context: SessionsContext, seen: User) {
  const user = yield* context.store.user(seen.userId)
  return user === undefined || user.passwordHash !== seen.passwordHash
    ? new SignInRefused()
    : yield* challenged(context, user)
})
