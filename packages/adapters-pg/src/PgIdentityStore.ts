/**
 * Users, sessions and the audit trail in Postgres.
 *
 * A write first locks its users in the order of their ids, then their sessions, and finally the
 * head of the audit trail. All writes lock in this order, so there are no deadlocks.
 */
import type { PgClient } from "@effect/sql-pg"
import { auditGenesis, auditHash } from "@pandora-exchange/core/AuditChain"
import {
  type AuditDraft,
  AuditEntry,
  Session,
  SigningKey,
  User
} from "@pandora-exchange/core/IdentityRecords"
import {
  type Change,
  Conflict,
  EmailTaken,
  IdentityStore,
  IdentityUnavailable,
  PasskeyTaken,
  type Written
} from "@pandora-exchange/core/ports/IdentityStore"
import { Effect, Layer, Schema } from "effect"
import type { SqlError } from "effect/sql"
import { inTransaction } from "./internal/inTransaction.ts"
import { Count, int8, rowOf, rowsOf } from "./internal/Rows.ts"
import { venueIdOf, type VenueOptions } from "./internal/venueIdOf.ts"
import { PgDatabase } from "./PgDatabase.ts"

export const layer = (options: VenueOptions = {}): Layer.Layer<IdentityStore, never, PgDatabase> =>
  Layer.effect(IdentityStore, make(options))

const make = Effect.fnUntraced(function* (options: VenueOptions) {
  const venueId = venueIdOf(options)
  const { sql } = yield* PgDatabase
  const mine = sql`venue_id = ${venueId}`
  const sessionColumns = sql.literal(sessionSelect)
  const userColumns = sql.literal(userSelect)
  const auditColumns = sql.literal("sequence, at, kind, subject, actor, payload, hash")

  const users = (condition: Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>) =>
    Effect.map(rowsOf(UserRow)(condition), (rows) => rows.map(userOf))
  const userWhere = (condition: Effect.Effect<ReadonlyArray<object>, SqlError.SqlError>) =>
    Effect.map(users(condition), ([user]) => user)

  return IdentityStore.of({
    user: (userId) =>
      userWhere(
        sql`SELECT ${userColumns} FROM pandora.identity_user u WHERE ${mine} AND user_id = ${userId}`
      ).pipe(unavailable),
    userByEmail: (email) =>
      userWhere(sql`
        SELECT ${userColumns} FROM pandora.identity_user u
        WHERE ${mine} AND email = ${email} AND status <> 'closed'`).pipe(unavailable),
    users: ({ after, limit }) =>
      users(sql`
        SELECT ${userColumns} FROM pandora.identity_user u
        WHERE ${mine} AND user_id > ${after ?? ""} ORDER BY user_id LIMIT ${limit}`).pipe(
        unavailable
      ),
    session: (sessionId) =>
      rowsOf(SessionOfUserRow)(sql`
        SELECT ${sessionColumns}, ${userColumns}
        FROM pandora.identity_session s JOIN pandora.identity_user u USING (venue_id, user_id)
        WHERE ${mine} AND session_id = ${sessionId}`).pipe(
        Effect.map(([row]) => row && { session: sessionOf(row), user: userOf(row) }),
        unavailable
      ),
    sessions: (userId) =>
      rowsOf(SessionRow)(sql`
        SELECT ${sessionColumns}, user_id AS "userId" FROM pandora.identity_session s
        WHERE ${mine} AND user_id = ${userId} AND ended_at IS NULL ORDER BY created_at DESC, session_id`).pipe(
        Effect.map((rows) => rows.map(sessionOf)),
        unavailable
      ),
    refreshToken: (hash) =>
      rowsOf(RefreshRow)(sql`
        SELECT ${sessionColumns}, ${userColumns}, used_at AS "usedAt", successor
        FROM pandora.identity_refresh_token r
          JOIN pandora.identity_session s USING (venue_id, session_id)
          JOIN pandora.identity_user u USING (venue_id, user_id)
        WHERE ${mine} AND hash = ${hash}`).pipe(
        Effect.map(
          ([row]) =>
            row && {
              session: sessionOf(row),
              user: userOf(row),
              usedAt: row.usedAt,
              successor: row.successor
            }
        ),
        unavailable
      ),
    signingKeys: rowsOf(SigningKeyRow)(sql`
      SELECT key_id AS "keyId", algorithm, public_key AS "publicKey", private_key AS "privateKey",
        signs_from AS "signsFrom", published_until AS "publishedUntil"
      FROM pandora.identity_signing_key WHERE ${mine} ORDER BY signs_from, key_id`).pipe(
      unavailable
    ),
    lastAuditEntry: rowsOf(AuditRow)(sql`
      SELECT ${auditColumns} FROM pandora.audit_entry
      WHERE ${mine} ORDER BY sequence DESC LIMIT 1`).pipe(
      Effect.map(([row]) => row),
      unavailable
    ),
    auditEntries: ({ after, limit }) =>
      rowsOf(AuditRow)(sql`
        SELECT ${auditColumns} FROM pandora.audit_entry
        WHERE ${mine} AND sequence > ${int8(after)} ORDER BY sequence LIMIT ${limit}`).pipe(
        unavailable
      ),
    write: Effect.fn("PgIdentityStore.write")(
      (written: Written) => inTransaction(sql, writeAll(sql, venueId, written)),
      Effect.catchTag("SqlError", (error) => Effect.fail(failureOf(error)))
    ),
    forgetExpired: (time) =>
      inTransaction(
        sql,
        Effect.gen(function* () {
          yield* sql`DELETE FROM pandora.identity_session WHERE ${mine} AND expires_at < ${int8(time)}`
          yield* sql`DELETE FROM pandora.identity_signing_key WHERE ${mine} AND published_until < ${int8(time)}`
        })
      ).pipe(unavailable)
  })
})

const unavailable = <A>(
  effect: Effect.Effect<A, SqlError.SqlError>
): Effect.Effect<A, IdentityUnavailable> =>
  Effect.catchTag(effect, "SqlError", (cause) => Effect.fail(new IdentityUnavailable({ cause })))

const failureOf = (error: SqlError.SqlError) => {
  const { reason } = error
  if (reason._tag === "UniqueViolation") {
    switch (reason.constraint) {
      case "identity_user_email":
        return new EmailTaken()
      case "identity_passkey_pkey":
        return new PasskeyTaken()
      default:
        return new Conflict()
    }
  }
  return new IdentityUnavailable({ cause: error })
}

const {
  totp,
  passwordHash,
  passwordStandsAlone,
  credentials,
  recoveryCodes,
  passkeys,
  challenge,
  subjectKey
} = User.fields
const Secrets = Schema.Struct({
  passwordHash,
  passwordStandsAlone,
  credentials,
  totp,
  recoveryCodes,
  passkeys,
  challenge,
  subjectKey
})
const { userId, email, name, status, kyc, roles, accounts } = User.fields
const userRow = {
  userId,
  email,
  name,
  status,
  kyc,
  roles,
  accounts,
  secrets: Secrets,
  version: Count,
  since: Count
}
const UserRow = Schema.Struct(userRow)

const userSelect = `u.user_id AS "userId", u.version, u.email, u.name, u.status, u.kyc, u.roles, u.accounts, u.secrets,
  u.created_at AS since`

const userOf = ({ secrets, since, ...columns }: typeof UserRow.Type): User => ({
  userId: columns.userId,
  version: columns.version,
  email: columns.email,
  name: columns.name,
  status: columns.status,
  kyc: columns.kyc,
  roles: columns.roles,
  accounts: columns.accounts,
  ...secrets,
  createdAt: since
})

const sessionRow = {
  ...Session.fields,
  createdAt: Count,
  expiresAt: Count,
  refreshedAt: Count,
  provenAt: Count,
  factorAt: Schema.NullOr(Count),
  endedAt: Schema.NullOr(Count)
}
const SessionRow = Schema.Struct(sessionRow)
const SessionOfUserRow = Schema.Struct({ ...sessionRow, ...userRow })
const RefreshRow = Schema.Struct({
  ...sessionRow,
  ...userRow,
  usedAt: Schema.NullOr(Count),
  successor: Schema.NullOr(Schema.String)
})

const sessionSelect = `s.session_id AS "sessionId", s.created_at AS "createdAt", s.expires_at AS "expiresAt",
  s.refreshed_at AS "refreshedAt", s.proven_at AS "provenAt", s.factor_at AS "factorAt", s.address, s.agent,
  s.ended_at AS "endedAt", s.end_reason AS "endReason"`

const sessionOf = (row: typeof SessionRow.Type): Session => ({
  sessionId: row.sessionId,
  userId: row.userId,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  refreshedAt: row.refreshedAt,
  provenAt: row.provenAt,
  factorAt: row.factorAt,
  address: row.address,
  agent: row.agent,
  endedAt: row.endedAt,
  endReason: row.endReason
})

const SigningKeyRow = Schema.Struct({
  ...SigningKey.fields,
  signsFrom: Count,
  publishedUntil: Count
})
const AuditRow = Schema.Struct({ ...AuditEntry.fields, sequence: Count, at: Count })

const writeAll = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  venueId: string,
  { audit, changes }: Written
) {
  const userIds = [...new Set(changes.flatMap(userIdsOf))]
  yield* sql`
    SELECT 1 FROM pandora.identity_user WHERE venue_id = ${venueId} AND user_id = ANY (${userIds}::text[])
    ORDER BY user_id FOR UPDATE`
  for (const change of changes) yield* carryOut(sql, venueId, change)
  if (audit.length > 0) yield* appendAudit(sql, venueId, audit)
})

const userIdsOf = (change: Change): ReadonlyArray<string> => {
  switch (change._tag) {
    case "InsertUser":
    case "UpdateUser":
      return [change.user.userId]
    case "InsertSession":
      return [change.session.userId]
    case "EndSession":
    case "EndSessions":
      return [change.userId]
    case "RotateRefresh":
    case "InsertSigningKey":
      return []
  }
}

/** Fails if a statement changed nothing, because it did not find the row it expects. */
const changed = <E>(
  rows: Effect.Effect<ReadonlyArray<unknown>, E>
): Effect.Effect<void, E | Conflict> =>
  Effect.flatMap(rows, ({ length }) => (length > 0 ? Effect.void : Effect.fail(new Conflict())))

const carryOut = (
  sql: PgClient.PgClient,
  venueId: string,
  change: Change
): Effect.Effect<void, Conflict | SqlError.SqlError> => {
  switch (change._tag) {
    case "InsertUser": {
      const { accounts, createdAt, email, kyc, name, roles, status, userId } = change.user
      return Effect.asVoid(sql`
        WITH written AS (
          INSERT INTO pandora.identity_user
            (venue_id, user_id, version, email, name, status, kyc, roles, accounts, secrets, created_at)
          VALUES (${venueId}, ${userId}, 1, ${email}, ${name}, ${status}, ${kyc}, ${roles}::text[],
            ${sql.json(accounts)}, ${sql.json(secretsOf(change.user))}, ${int8(createdAt)})
          RETURNING venue_id, user_id
        ), ${passkeysOf(sql, change.user)} SELECT 1 FROM written`)
    }
    case "UpdateUser": {
      const { accounts, email, kyc, name, roles, status, userId, version } = change.user
      return changed(sql`
        WITH written AS (
          UPDATE pandora.identity_user SET version = version + 1, email = ${email}, name = ${name}, status = ${status},
            kyc = ${kyc}, roles = ${roles}::text[], accounts = ${sql.json(accounts)},
            secrets = ${sql.json(secretsOf(change.user))}
          WHERE venue_id = ${venueId} AND user_id = ${userId} AND version = ${int8(version)}
          RETURNING venue_id, user_id
        ), ${passkeysOf(sql, change.user)} SELECT 1 FROM written`)
    }
    case "InsertSession": {
      const { refreshHash, session, userVersion } = change
      return Effect.andThen(
        changed(sql`
          INSERT INTO pandora.identity_session (venue_id, session_id, user_id, created_at, expires_at, refreshed_at,
            proven_at, factor_at, address, agent)
          SELECT venue_id, ${session.sessionId}, user_id, ${int8(session.createdAt)}, ${int8(session.expiresAt)},
            ${int8(session.refreshedAt)}, ${int8(session.provenAt)},
            ${session.factorAt === null ? null : int8(session.factorAt)}::int8, ${session.address}, ${session.agent}
          FROM pandora.identity_user
          WHERE venue_id = ${venueId} AND user_id = ${session.userId} AND version = ${int8(userVersion)} RETURNING 1`),
        insertRefreshToken(sql, venueId, session.sessionId, refreshHash)
      )
    }
    case "RotateRefresh": {
      const { at, hash, nextHash, sessionId, successor } = change
      return Effect.gen(function* () {
        // Locks the session first, as everything that ends a session does.
        yield* changed(sql`
          UPDATE pandora.identity_session SET refreshed_at = ${int8(at)}
          WHERE venue_id = ${venueId} AND session_id = ${sessionId} AND ended_at IS NULL RETURNING 1`)
        yield* changed(sql`
          UPDATE pandora.identity_refresh_token SET used_at = ${int8(at)}, successor = ${successor}
          WHERE venue_id = ${venueId} AND hash = ${hash} AND session_id = ${sessionId} AND used_at IS NULL RETURNING 1`)
        yield* insertRefreshToken(sql, venueId, sessionId, nextHash)
      })
    }
    case "EndSession": {
      const { at, reason, sessionId, userId } = change
      return changed(sql`
        UPDATE pandora.identity_session SET ended_at = ${int8(at)}, end_reason = ${reason}
        WHERE venue_id = ${venueId} AND session_id = ${sessionId} AND user_id = ${userId} AND ended_at IS NULL
        RETURNING 1`)
    }
    case "EndSessions": {
      const { at, except, reason, userId } = change
      return Effect.asVoid(sql`
        UPDATE pandora.identity_session SET ended_at = ${int8(at)}, end_reason = ${reason}
        WHERE venue_id = ${venueId} AND user_id = ${userId} AND ended_at IS NULL AND session_id <> ${except ?? ""}`)
    }
    case "InsertSigningKey": {
      const { algorithm, keyId, privateKey, publicKey, publishedUntil, signsFrom } = change.key
      return Effect.asVoid(sql`
        INSERT INTO pandora.identity_signing_key
          (venue_id, key_id, algorithm, public_key, private_key, signs_from, published_until)
        VALUES (${venueId}, ${keyId}, ${algorithm}, ${publicKey}, ${privateKey}, ${int8(signsFrom)},
          ${int8(publishedUntil)})`)
    }
  }
}

/**
 * Stores the passkeys that the user has now. They are written in the order of their ids, so that
 * two users who add the same ones do not deadlock.
 */
const passkeysOf = (sql: PgClient.PgClient, { passkeys, status }: User) => {
  const ids = status === "closed" ? [] : passkeys.map(({ credentialId }) => credentialId).sort()
  return sql`removed AS (
      DELETE FROM pandora.identity_passkey p USING written w
      WHERE p.venue_id = w.venue_id AND p.user_id = w.user_id AND p.credential_id <> ALL (${ids}::text[])
    ), added AS (
      INSERT INTO pandora.identity_passkey (venue_id, credential_id, user_id)
      SELECT w.venue_id, id, w.user_id FROM written w, unnest(${ids}::text[]) AS id
      WHERE NOT EXISTS (
        SELECT 1 FROM pandora.identity_passkey p
        WHERE p.venue_id = w.venue_id AND p.credential_id = id AND p.user_id = w.user_id
      )
    )`
}

const insertRefreshToken = (
  sql: PgClient.PgClient,
  venueId: string,
  sessionId: string,
  hash: string
) =>
  Effect.asVoid(sql`
    INSERT INTO pandora.identity_refresh_token (venue_id, hash, session_id) VALUES (${venueId}, ${hash}, ${sessionId})`)

const secretsOf = (user: User): typeof Secrets.Type => ({
  passwordHash: user.passwordHash,
  passwordStandsAlone: user.passwordStandsAlone,
  credentials: user.credentials,
  totp: user.totp,
  recoveryCodes: user.recoveryCodes,
  passkeys: user.passkeys,
  challenge: user.challenge,
  subjectKey: user.subjectKey
})

const HeadRow = Schema.Struct({ sequence: Count, hash: Schema.String })

/**
 * Appends to the trail. The head stays locked until the transaction ends, so entries have one order
 * and no gaps.
 */
const appendAudit = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  venueId: string,
  drafts: ReadonlyArray<AuditDraft>
) {
  yield* sql`
    INSERT INTO pandora.audit_head (venue_id, sequence, hash) VALUES (${venueId}, 0, ${auditGenesis})
    ON CONFLICT DO NOTHING`
  let { hash, sequence } = yield* rowOf(HeadRow)(sql`
    SELECT sequence, hash FROM pandora.audit_head WHERE venue_id = ${venueId} FOR UPDATE`)
  for (const draft of drafts) {
    hash = auditHash(hash, ++sequence, draft)
    yield* sql`
      INSERT INTO pandora.audit_entry (venue_id, sequence, at, kind, subject, actor, payload, hash)
      VALUES (${venueId}, ${int8(sequence)}, ${int8(draft.at)}, ${draft.kind}, ${draft.subject}, ${draft.actor},
        ${draft.payload}, ${hash})`
  }
  yield* sql`
    UPDATE pandora.audit_head SET sequence = ${int8(sequence)}, hash = ${hash} WHERE venue_id = ${venueId}`
})
