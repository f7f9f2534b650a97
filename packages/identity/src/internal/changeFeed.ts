/**
 * Tracks whose permissions may have changed, on any node: every change of a user or session is in
 * the audit trail, and each node polls for new entries. One query serves all sessions, however many
 * are open.
 */
import { auditGenesis } from "@pandora-exchange/core/AuditChain"
import type { AuditEntry, UserId } from "@pandora-exchange/core/IdentityRecords"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Effect, Latch, Stream } from "effect"

/** How often a node polls. */
export const lookEveryMs = 250
/**
 * How long a node trusts its knowledge after it was last known to be complete. This bounds how long
 * a revocation can take on any node.
 */
export const trustedMs = 1_000
const pageSize = 1_000
/**
 * How many users may wait for one listener; beyond that, it is told that everybody may have
 * changed.
 */
const waitingMax = 10_000

/** `everybody`: the feed went unread for too long, so changes may have been missed. */
export type Changed = ReadonlySet<UserId> | "everybody"

/** Actions that end nothing and change no permission. */
export const changesNothing: ReadonlySet<string> = new Set([
  "registered",
  "signedIn",
  "signInRefused",
  "factorRefused"
])

const nothing: Pick<AuditEntry, "sequence" | "hash"> = { sequence: 0, hash: auditGenesis }

/**
 * Monotonic, in milliseconds, so that trust does not last longer when the wall clock steps back.
 */
export const elapsedMs: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)

/** Runs until its scope closes. Calls `forget` before it tells any listener. */
export const follow = Effect.fnUntraced(function* (
  forget: (changed: Changed) => Effect.Effect<void>
) {
  const store = yield* IdentityStore
  const listeners = new Set<Listener>()
  let last: typeof nothing | undefined
  let completeAt = -Infinity
  let toldAt = -Infinity
  let failing = false

  const announce = (changed: Changed) =>
    Effect.sync(() => {
      for (const listener of listeners) listener.add(changed)
    })
  const tell = (changed: Changed) => Effect.andThen(forget(changed), announce(changed))

  const begin = Effect.gen(function* () {
    const startedAt = yield* elapsedMs
    last = (yield* store.lastAuditEntry) ?? nothing
    // Anything read earlier may be older than the last entry.
    yield* tell("everybody")
    completeAt = startedAt
  })

  const look = Effect.gen(function* () {
    for (;;) {
      if (last === undefined) return yield* begin
      const startedAt = yield* elapsedMs
      const { hash, sequence } = last
      // The last entry is read again every time. If it differs, the store was replaced or restored
      // from a copy.
      const page = yield* store.auditEntries({ after: Math.max(0, sequence - 1), limit: pageSize })
      if (sequence > 0 && page[0]?.hash !== hash) {
        last = undefined
        continue
      }
      const users = page.flatMap((entry) =>
        entry.sequence > sequence && entry.subject !== null && !changesNothing.has(entry.kind)
          ? [entry.subject]
          : []
      )
      if (users.length > 0) yield* tell(new Set(users))
      last = page.at(-1) ?? last
      if (page.length < pageSize) {
        completeAt = startedAt
        return
      }
    }
  })

  /** Waits for an answer no longer than until listeners must learn that there is none. */
  const lookInTime = Effect.gen(function* () {
    const leftMs = completeAt + trustedMs - (yield* elapsedMs)
    yield* Effect.timeout(look, leftMs > 0 ? Math.min(leftMs, trustedMs) : trustedMs)
    failing = false
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.gen(function* () {
        if (!failing) {
          yield* Effect.logWarning(
            "Changes of users and sessions cannot be read: each session is read itself",
            cause
          )
        }
        failing = true
        const now = yield* elapsedMs
        if (now - Math.max(completeAt, toldAt) < trustedMs) return
        toldAt = now
        // Knowledge is distrusted until it is known to be complete again, and so need not be
        // dropped.
        yield* announce("everybody")
      })
    )
  )

  yield* Effect.forkScoped(Effect.forever(Effect.andThen(lookInTime, Effect.sleep(lookEveryMs))))

  return {
    /** Whether data read at that time, and not forgotten since, can still be trusted. */
    isTrusted: (readAt: number): Effect.Effect<boolean> =>
      Effect.map(elapsedMs, (now) => now - Math.max(readAt, completeAt) < trustedMs),
    /** Changes made by this node are forgotten at once. */
    tell,
    /**
     * Each listener hears of everyone whose permissions may have changed since it started
     * listening.
     */
    changed: Stream.unwrap(
      Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => {
            const listener = new Listener()
            listeners.add(listener)
            return listener
          }),
          (listener) => Effect.sync(() => listeners.delete(listener))
        ),
        ({ take }) => Stream.fromEffectRepeat(take)
      )
    )
  }
})

/** What one listener has not taken yet, each user once. */
class Listener {
  private readonly latch = Latch.makeUnsafe()
  private waiting: Changed = new Set()

  add(changed: Changed): void {
    this.waiting = merged(this.waiting, changed)
    this.latch.openUnsafe()
  }

  readonly take: Effect.Effect<Changed> = Effect.map(this.latch.await, () => {
    const taken = this.waiting
    this.waiting = new Set()
    this.latch.closeUnsafe()
    return taken
  })
}

const merged = (waiting: Changed, more: Changed): Changed => {
  if (waiting === "everybody" || more === "everybody") return "everybody"
  const both = new Set([...waiting, ...more])
  return both.size > waitingMax ? "everybody" : both
}
