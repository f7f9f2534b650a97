import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { auditGenesis, auditHash } from "../src/AuditChain.ts"
import type {
  AuditDraft,
  AuditEntry,
  Session,
  SigningKey,
  User,
  UserId
} from "../src/IdentityRecords.ts"
import { AccountId } from "../src/Ids.ts"
import {
  type Change,
  Conflict,
  EmailTaken,
  type IdentityStore,
  PasskeyTaken,
  type Written
} from "../src/ports/IdentityStore.ts"
import { IdentityStoreSuite } from "../testing/index.ts"

const found =
  "users are found as they were stored, by id, by address and in order, also after the store was opened again"
const otherVersion =
  "error: a change to another version than the stored one is a Conflict, and nothing of the write is made"
const oneAddress = "error: an address belongs to one user, until that one is closed"
const onePasskey = "error: a passkey belongs to one user, until it is removed or that one is closed"
const listed =
  "sessions are found with their user, by id and by refresh token, and listed newest first"
const usedOnce = "a refresh token is used once and gives the next one"
const ended = "error: an ended session ends once, refreshes nothing, and is not listed"
const allButOne = "all sessions of a user but one end, and those of others go on"
const chain = "entries of many writes at one moment have one order, no gaps, and one chain"
const expired = "what has expired is forgotten with its refresh tokens, and what has not stays"

/** Each is one mistake a store may make, with the case of the suite that has to detect it. */
const flaws = {
  beginsWithAnEntry: "an empty store has nobody and nothing",
  forgetsWhenClosed: found,
  listsAsStored: found,
  listsFromTheUser: found,
  cutsAccountNumbers: found,
  losesEmptyLists: found,
  keepsTheVersion: "a change is stored with the next version",
  findsByTheOldAddress: "a change is stored with the next version",
  ignoresVersions: otherVersion,
  writesUntilItConflicts: otherVersion,
  keepsEntriesOfConflicts: otherVersion,
  checksVersionsTooEarly: "of many changes to one version one is made",
  sharesAddresses: oneAddress,
  sharesAddressesOnChange: oneAddress,
  keepsAddressesOfTheClosed: oneAddress,
  sharesPasskeys: onePasskey,
  sharesPasskeysOnChange: onePasskey,
  comparesTheFirstPasskey: onePasskey,
  keepsPasskeysOfTheClosed: onePasskey,
  checksPasskeysTooEarly: "of many users with one passkey one is stored",
  checksAddressesTooEarly: "of many users with one address one is stored",
  listsSessionsOldestFirst: listed,
  losesFactors: listed,
  checksVersionsBeforeTheWrite: "a session begins in one write with a change of its user",
  beginsOnAnyVersion:
    "error: no session begins on a version of the user that is not the stored one",
  beginsTooLate:
    "when a password changes, no session that begins at the same moment with the old one goes on",
  takesUsedTokens: usedOnce,
  takesUnknownTokens: usedOnce,
  forgetsUse: usedOnce,
  forgetsSuccessors: usedOnce,
  rotatesTooLate: "of 50 refreshes at one moment one is made",
  endsForOthers: ended,
  endsTwice: ended,
  refreshesEnded: ended,
  listsEnded: ended,
  endsTheExcepted: allButOne,
  endsThoseOfOthers: allButOne,
  endsAgain: allButOne,
  leavesGaps: chain,
  chainsNothing: chain,
  mixesWrites: chain,
  readsTheEntryAgain: chain,
  saysTheFirstIsLast: chain,
  keepsKeysAsWritten: "signing keys come in the order in which they sign",
  takesAKeyTwice: "signing keys come in the order in which they sign",
  forgetsNothing: expired,
  forgetsAMomentEarly: expired,
  keepsRefreshTokens: expired,
  forgetsKeysAMomentEarly: expired
}

type Flaw = keyof typeof flaws

describe("IdentityStoreSuite", () => {
  for (const { name, run } of IdentityStoreSuite.cases) {
    it.live(`a sound store passes: ${name}`, () => Effect.provide(run, placeWith(undefined)))
  }

  for (const [flaw, name] of Object.entries(flaws) as Array<[Flaw, string]>) {
    it.live(`a store that ${flaw} fails: ${name}`, () =>
      Effect.gen(function* () {
        const { run } = IdentityStoreSuite.cases.find((found) => found.name === name)!
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(run, placeWith(flaw)))))
      })
    )
  }

  it("every case finds a flaw", () => {
    assert.deepStrictEqual(
      new Set(IdentityStoreSuite.cases.map(({ name }) => name)),
      new Set(Object.values(flaws))
    )
  })
})

interface Refresh {
  readonly sessionId: string
  readonly usedAt: number | null
  readonly successor: string | null
}

interface State {
  users: Map<string, User>
  sessions: Map<string, Session>
  refreshes: Map<string, Refresh>
  keys: Array<SigningKey>
  entries: Array<AuditEntry>
}

const emptyState = (): State => ({
  users: new Map(),
  sessions: new Map(),
  refreshes: new Map(),
  keys: [],
  entries: []
})

const copyOf = (state: State): State => ({
  users: new Map(state.users),
  sessions: new Map(state.sessions),
  refreshes: new Map(state.refreshes),
  keys: [...state.keys],
  entries: [...state.entries]
})

const placeWith = (flaw: Flaw | undefined) =>
  Layer.sync(IdentityStoreSuite.IdentityPlace, () => {
    const place = { state: emptyState() }
    if (flaw === "beginsWithAnEntry") {
      append(
        place.state,
        [{ at: 0, kind: "began", subject: null, actor: null, payload: "" }],
        undefined
      )
    }
    return {
      open: Effect.sync(() => {
        if (flaw === "forgetsWhenClosed") place.state = emptyState()
        return open(place, flaw)
      })
    }
  })

/** The change that is checked before others get in between, and made without checking again. */
const early: Partial<Record<Flaw, Change["_tag"]>> = {
  checksVersionsTooEarly: "UpdateUser",
  checksAddressesTooEarly: "InsertUser",
  checksPasskeysTooEarly: "InsertUser",
  beginsTooLate: "InsertSession",
  rotatesTooLate: "RotateRefresh"
}

/** The simplest possible in-memory store, with at most one flaw. */
const open = (place: { state: State }, flaw: Flaw | undefined): IdentityStore["Service"] => {
  const byId = (a: User, b: User) => (a.userId < b.userId ? -1 : 1)
  const withUser = (session: Session | undefined) =>
    session && { session, user: place.state.users.get(session.userId)! }
  const unchecked = flaw && early[flaw]

  const write = Effect.fnUntraced(function* (written: Written) {
    if (unchecked !== undefined) {
      const problem = apply(copyOf(place.state), written, flaw, undefined)
      if (problem !== undefined) return yield* problem
      yield* Effect.yieldNow
    }
    const next = copyOf(place.state)
    const problem = apply(next, written, flaw, unchecked)
    if (problem !== undefined && flaw === "writesUntilItConflicts") place.state = next
    if (problem !== undefined && flaw === "keepsEntriesOfConflicts")
      append(place.state, written.audit, flaw)
    if (problem !== undefined) return yield* problem
    if (flaw === "mixesWrites") {
      for (const draft of written.audit) {
        append(place.state, [draft], flaw)
        yield* Effect.yieldNow
      }
      return
    }
    append(next, written.audit, flaw)
    place.state = next
  })

  return {
    user: (userId) => Effect.sync(() => place.state.users.get(userId)),
    userByEmail: (email) =>
      Effect.sync(() => {
        const users = [...place.state.users.values()]
        const user = users.find((user) => user.email === email && user.status !== "closed")
        return (
          user ??
          (flaw === "findsByTheOldAddress"
            ? users.find(({ name }) => email.startsWith(name))
            : undefined)
        )
      }),
    users: ({ after, limit }) =>
      Effect.sync(() => {
        const users = [...place.state.users.values()]
        if (flaw !== "listsAsStored") users.sort(byId)
        const isAfter = ({ userId }: User) =>
          userId > (after ?? "") || (flaw === "listsFromTheUser" && userId === after)
        return users.filter(isAfter).slice(0, limit)
      }),
    session: (sessionId) => Effect.sync(() => withUser(place.state.sessions.get(sessionId))),
    sessions: (userId) =>
      Effect.sync(() => {
        const sessions = [...place.state.sessions.values()].filter(
          (session) =>
            session.userId === userId && (session.endedAt === null || flaw === "listsEnded")
        )
        const newest = sessions.sort((a, b) => b.createdAt - a.createdAt)
        return flaw === "listsSessionsOldestFirst" ? newest.reverse() : newest
      }),
    refreshToken: (hash) =>
      Effect.sync(() => {
        const refresh = place.state.refreshes.get(hash)
        const of = refresh && (withUser(place.state.sessions.get(refresh.sessionId)) ?? kept)
        return (
          of && {
            ...of,
            usedAt: flaw === "forgetsUse" ? null : refresh!.usedAt,
            successor: flaw === "forgetsSuccessors" ? null : refresh!.successor
          }
        )
      }),
    signingKeys: Effect.sync(() =>
      flaw === "keepsKeysAsWritten"
        ? place.state.keys
        : [...place.state.keys].sort((a, b) => a.signsFrom - b.signsFrom)
    ),
    lastAuditEntry: Effect.sync(() =>
      place.state.entries.at(flaw === "saysTheFirstIsLast" ? 0 : -1)
    ),
    auditEntries: ({ after, limit }) =>
      Effect.sync(() => {
        const from = flaw === "readsTheEntryAgain" ? after : after + 1
        return place.state.entries.filter(({ sequence }) => sequence >= from).slice(0, limit)
      }),
    write,
    forgetExpired: (time) =>
      Effect.sync(() => {
        if (flaw === "forgetsNothing") return
        const next = copyOf(place.state)
        const until = flaw === "forgetsAMomentEarly" ? time + 1 : time
        for (const { expiresAt, sessionId } of place.state.sessions.values()) {
          if (expiresAt < until) next.sessions.delete(sessionId)
        }
        if (flaw !== "keepsRefreshTokens") {
          for (const [hash, { sessionId }] of place.state.refreshes) {
            if (!next.sessions.has(sessionId)) next.refreshes.delete(hash)
          }
        }
        const keysUntil = flaw === "forgetsKeysAMomentEarly" ? time + 1 : time
        next.keys = next.keys.filter(({ publishedUntil }) => publishedUntil >= keysUntil)
        place.state = next
      })
  }
}

/** The result for a refresh token that outlived its session. */
const kept = { session: {} as Session, user: {} as User }

/** Makes the changes, or returns the objection to one; `unchecked` ones are made regardless. */
const apply = (
  state: State,
  { changes }: Written,
  flaw: Flaw | undefined,
  unchecked: Change["_tag"] | undefined
): Conflict | EmailTaken | PasskeyTaken | undefined => {
  const versions = new Map([...state.users].map(([userId, { version }]) => [userId, version]))
  for (const change of changes) {
    const problem = change._tag === unchecked ? undefined : problemOf(state, versions, change, flaw)
    if (problem !== undefined) return problem
    carryOut(state, change, flaw)
  }
  return undefined
}

const problemOf = (
  state: State,
  versionsBefore: ReadonlyMap<string, number>,
  change: Change,
  flaw: Flaw | undefined
): Conflict | EmailTaken | PasskeyTaken | undefined => {
  const isTaken = ({ email, userId }: User) =>
    [...state.users.values()].some(
      (other) =>
        other.email === email &&
        other.userId !== userId &&
        (other.status !== "closed" || flaw === "keepsAddressesOfTheClosed")
    )
  const isPasskeyTaken = ({ passkeys, userId }: User) => {
    const ids = new Set(passkeys.map(({ credentialId }) => credentialId))
    return [...state.users.values()].some(
      (other) =>
        other.userId !== userId &&
        (other.status !== "closed" || flaw === "keepsPasskeysOfTheClosed") &&
        other.passkeys
          .slice(0, flaw === "comparesTheFirstPasskey" ? 1 : undefined)
          .some(({ credentialId }) => ids.has(credentialId))
    )
  }
  switch (change._tag) {
    case "InsertUser":
      if (isTaken(change.user) && flaw !== "sharesAddresses") return new EmailTaken()
      return isPasskeyTaken(change.user) && flaw !== "sharesPasskeys"
        ? new PasskeyTaken()
        : undefined
    case "UpdateUser": {
      const stored = state.users.get(change.user.userId)
      if (stored === undefined) return new Conflict()
      if (stored.version !== change.user.version && flaw !== "ignoresVersions")
        return new Conflict()
      if (isTaken(change.user) && flaw !== "sharesAddressesOnChange") return new EmailTaken()
      return isPasskeyTaken(change.user) && flaw !== "sharesPasskeysOnChange"
        ? new PasskeyTaken()
        : undefined
    }
    case "InsertSession": {
      const { userId } = change.session
      const version =
        flaw === "checksVersionsBeforeTheWrite"
          ? versionsBefore.get(userId)
          : state.users.get(userId)?.version
      if (version === undefined) return new Conflict()
      return version !== change.userVersion && flaw !== "beginsOnAnyVersion"
        ? new Conflict()
        : undefined
    }
    case "RotateRefresh": {
      const session = state.sessions.get(change.sessionId)
      const refresh = state.refreshes.get(change.hash)
      if (session === undefined || (session.endedAt !== null && flaw !== "refreshesEnded"))
        return new Conflict()
      if (refresh === undefined) return flaw === "takesUnknownTokens" ? undefined : new Conflict()
      return refresh.usedAt !== null && flaw !== "takesUsedTokens" ? new Conflict() : undefined
    }
    case "EndSession": {
      const session = state.sessions.get(change.sessionId)
      if (session === undefined || (session.userId !== change.userId && flaw !== "endsForOthers"))
        return new Conflict()
      return session.endedAt !== null && flaw !== "endsTwice" ? new Conflict() : undefined
    }
    case "InsertSigningKey": {
      const isThere = state.keys.some(({ keyId }) => keyId === change.key.keyId)
      return isThere && flaw !== "takesAKeyTwice" ? new Conflict() : undefined
    }
    case "EndSessions":
      return undefined
  }
}

const unused = { usedAt: null, successor: null }

const carryOut = (state: State, change: Change, flaw: Flaw | undefined): void => {
  const end = (session: Session, at: number, reason: Session["endReason"]) =>
    state.sessions.set(session.sessionId, { ...session, endedAt: at, endReason: reason })
  switch (change._tag) {
    case "InsertUser":
      state.users.set(change.user.userId, stored(change.user, flaw))
      return
    case "UpdateUser": {
      const { user } = change
      const version = flaw === "keepsTheVersion" ? user.version : user.version + 1
      state.users.set(user.userId, { ...stored(user, flaw), version })
      return
    }
    case "InsertSession": {
      const { refreshHash, session } = change
      state.sessions.set(
        session.sessionId,
        flaw === "losesFactors" ? { ...session, factorAt: null } : session
      )
      state.refreshes.set(refreshHash, { ...unused, sessionId: session.sessionId })
      return
    }
    case "RotateRefresh": {
      const { at, hash, nextHash, sessionId, successor } = change
      const session = state.sessions.get(sessionId)!
      state.sessions.set(sessionId, { ...session, refreshedAt: at })
      state.refreshes.set(hash, { sessionId, usedAt: at, successor })
      state.refreshes.set(nextHash, { ...unused, sessionId })
      return
    }
    case "EndSession":
      end(state.sessions.get(change.sessionId)!, change.at, change.reason)
      return
    case "EndSessions": {
      const { at, except, reason, userId } = change
      const ends = (session: Session) =>
        isOf(session.userId, userId, flaw) &&
        (session.endedAt === null || flaw === "endsAgain") &&
        (session.sessionId !== except || flaw === "endsTheExcepted")
      for (const session of state.sessions.values()) if (ends(session)) end(session, at, reason)
      return
    }
    case "InsertSigningKey":
      state.keys.push(change.key)
  }
}

const isOf = (owner: UserId, userId: UserId, flaw: Flaw | undefined): boolean =>
  owner === userId || flaw === "endsThoseOfOthers"

const stored = (user: User, flaw: Flaw | undefined): User => {
  if (flaw === "cutsAccountNumbers") {
    return {
      ...user,
      accounts: user.accounts.map(({ accountId, label }) => ({
        accountId: AccountId(accountId >>> 0),
        label
      }))
    }
  }
  return flaw === "losesEmptyLists" && user.roles.length === 0 ? { ...user, roles: ["user"] } : user
}

const append = (state: State, drafts: ReadonlyArray<AuditDraft>, flaw: Flaw | undefined): void => {
  for (const draft of drafts) {
    const last = state.entries.at(-1)
    const sequence = (last?.sequence ?? 0) + (flaw === "leavesGaps" ? 2 : 1)
    const previous = flaw === "chainsNothing" ? auditGenesis : (last?.hash ?? auditGenesis)
    state.entries.push({ ...draft, sequence, hash: auditHash(previous, sequence, draft) })
  }
}
