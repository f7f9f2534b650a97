/**
 * A record of what was done to whom, and by whom, as a chain that reveals any change: entries are
 * only ever appended, and each one holds the hash of the one before.
 *
 * The details of an entry are sealed with a key of the user's own. Once that key is deleted nobody
 * can read them, and the chain still verifies.
 */
import { auditGenesis, auditHash } from "@pandora-exchange/core/AuditChain"
import {
  type AuditDraft,
  type AuditEntry,
  type User,
  type UserId
} from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore, type IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { takingNothing } from "./internal/changing.ts"
import * as Randomness from "./Randomness.ts"
import { openWith, sealWith, Secrets } from "./Secrets.ts"
import type { SecretKey } from "./Settings.ts"

export type Details = Readonly<Record<string, string | number | boolean | ReadonlyArray<string>>>

export interface Act {
  readonly kind: string
  /** The user concerned. */
  readonly user?: Pick<User, "userId" | "subjectKey"> | undefined
  /** Who did it, if it was not that user. */
  readonly actor?: UserId
  /** Never contains secrets: no passwords, codes or tokens. */
  readonly details?: Details
}

export type ReadEntry = Omit<AuditEntry, "payload"> & {
  /** Null once the user's key has been deleted. */
  readonly details: Details | null
}

/**
 * How much of the chain is intact; `brokenAt` is the first entry that differs from what was
 * written.
 */
export interface Verified {
  readonly entries: number
  readonly head: string
  readonly brokenAt: number | null
}

export class Audit extends Context.Service<
  Audit,
  {
    /** Returns an entry to be written in the same transaction as the change it describes. */
    readonly draft: (act: Act) => Effect.Effect<AuditDraft>
    /** Writes an entry on its own, for events worth recording that change nothing. */
    readonly record: (act: Act) => Effect.Effect<void, IdentityUnavailable>
    readonly read: (page: {
      readonly after: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<ReadEntry>, IdentityUnavailable>
    /** Reads the whole trail. Keep `head` somewhere else to detect a truncated trail too. */
    readonly verify: Effect.Effect<Verified, IdentityUnavailable>
    /** Returns a new sealed key for a user's entries. */
    readonly newSubjectKey: (userId: UserId) => Effect.Effect<string>
  }
>()("@pandora-exchange/identity/Audit") {
  static readonly layer: Layer.Layer<Audit, never, IdentityStore | Secrets> = Layer.effect(
    Audit,
    Effect.suspend(() => make())
  )
}

const pageSize = 1_000
const withoutSubject = "audit"
const subjectPurpose = (userId: UserId) => `subject ${userId}`

const make = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const secrets = yield* Secrets

  const keyOf = ({
    subjectKey,
    userId
  }: Pick<User, "userId" | "subjectKey">): SecretKey | undefined => {
    const key = subjectKey === null ? undefined : secrets.open(subjectPurpose(userId), subjectKey)
    return key === undefined
      ? undefined
      : { id: "s", key: Redacted.make(Buffer.from(key, "base64url")) }
  }

  const draft = Effect.fnUntraced(function* ({ actor, details = {}, kind, user }: Act) {
    const key = user && keyOf(user)
    const text = JSON.stringify(details)
    const draft: AuditDraft = {
      at: yield* Clock.currentTimeMillis,
      kind,
      subject: user?.userId ?? null,
      actor: actor ?? null,
      payload:
        key === undefined
          ? yield* secrets.seal(withoutSubject, text)
          : yield* sealWith(key, kind, text)
    }
    return draft
  })

  const opened = Effect.fnUntraced(function* ({ payload, ...entry }: AuditEntry) {
    const user = entry.subject === null ? undefined : yield* store.user(entry.subject)
    const key = user && keyOf(user)
    const text =
      (key && openWith(key, entry.kind, payload)) ??
      (entry.subject === null ? secrets.open(withoutSubject, payload) : undefined)
    const read: ReadEntry = {
      ...entry,
      details: text === undefined ? null : (JSON.parse(text) as Details)
    }
    return read
  })

  const verify = Effect.gen(function* () {
    let head = auditGenesis
    let entries = 0
    for (;;) {
      const page = yield* store.auditEntries({ after: entries, limit: pageSize })
      for (const entry of page) {
        const hash = auditHash(head, entries + 1, entry)
        if (entry.sequence !== entries + 1 || entry.hash !== hash) {
          const broken: Verified = { entries, head, brokenAt: entries + 1 }
          return broken
        }
        head = hash
        entries++
      }
      if (page.length < pageSize) break
    }
    const whole: Verified = { entries, head, brokenAt: null }
    return whole
  })

  return Audit.of({
    draft,
    record: (act) =>
      Effect.flatMap(draft(act), (entry) => store.write({ changes: [], audit: [entry] })).pipe(
        takingNothing,
        Effect.catchTag("Conflict", (error) => Effect.die(error))
      ),
    read: (page) =>
      Effect.flatMap(store.auditEntries(page), (entries) => Effect.forEach(entries, opened)),
    verify,
    newSubjectKey: (userId) =>
      Effect.flatMap(Randomness.text(32), (key) => secrets.seal(subjectPurpose(userId), key))
  })
})
