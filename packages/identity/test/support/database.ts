/**
 * One embedded database for all test files of a process, which stops with it, and within it a
 * separate venue for each store.
 */
import * as EmbeddedDatabase from "@pandora-exchange/adapters-pg/EmbeddedDatabase"
import { PgDatabase } from "@pandora-exchange/adapters-pg/PgDatabase"
import * as PgIdentityStore from "@pandora-exchange/adapters-pg/PgIdentityStore"
import { type Session, SessionId, type UserId } from "@pandora-exchange/core/IdentityRecords"
import {
  type Change,
  IdentityStore,
  type Written
} from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer, Scope } from "effect"
import { assert } from "vitest"
import { changesNothing } from "../../src/internal/changeFeed.ts"
import { principalOf } from "../../src/Principal.ts"

const database = await Effect.runPromise(
  Scope.provide(Layer.build(EmbeddedDatabase.layer()), Scope.makeUnsafe())
)

export const { sql } = Context.get(database, PgDatabase)

let venues = 0

export interface Place {
  readonly venueId: string
  readonly store: IdentityStore["Service"]
}

/** The venue is empty. */
export const emptyPlace: Effect.Effect<Place> = Effect.suspend(() => {
  const venueId = `venue${++venues}`
  const layer = Layer.provide(PgIdentityStore.layer({ venueId }), Layer.succeedContext(database))
  return Effect.scoped(
    Effect.map(Layer.build(layer), (context) => ({
      venueId,
      store: telling(Context.get(context, IdentityStore))
    }))
  )
})

/**
 * The same store, but it rejects any change of permissions that the audit trail does not report:
 * nodes learn of changes from the trail and nothing else.
 */
const telling = (store: IdentityStore["Service"]): IdentityStore["Service"] => {
  const sightOf = (userId: UserId) =>
    Effect.map(Effect.all([store.user(userId), store.sessions(userId)]), ([user, sessions]) => ({
      user: user && principalOf(user, sessionOfNobody),
      credentials: user?.credentials,
      sessions: sessions.map(({ sessionId }) => sessionId)
    }))
  const write = Effect.fnUntraced(function* (written: Written) {
    const told = new Set(
      written.audit.filter(({ kind }) => !changesNothing.has(kind)).map(({ subject }) => subject)
    )
    const untold = written.changes
      .map(userOf)
      .filter((userId) => userId !== undefined && !told.has(userId))
    const before = yield* Effect.forEach(untold, (userId) => sightOf(userId!))
    yield* store.write(written)
    const after = yield* Effect.forEach(untold, (userId) => sightOf(userId!))
    before.forEach(({ credentials, sessions, user }, i) => {
      const still = after[i]!.sessions.filter((sessionId) => sessions.includes(sessionId))
      const isNew = user === undefined
      if (!isNew)
        assert.deepStrictEqual({ ...after[i], sessions: still }, { credentials, sessions, user })
    })
  })
  return { ...store, write }
}

const sessionOfNobody = { sessionId: SessionId("ses_nobody"), provenAt: 0, factorAt: 1 } as Session

const userOf = (change: Change): UserId | undefined => {
  switch (change._tag) {
    case "InsertUser":
    case "UpdateUser":
      return change.user.userId
    case "EndSession":
    case "EndSessions":
      return change.userId
    default:
      return undefined
  }
}
