/**
 * Whose permissions may have changed, on whichever node: each change of a user or a session stands
 * in the audit trail, and a node reads what was added since it last looked. One query for all
 * sessions, however many are open.
 */
import { auditGenesis } from "@pandora-exchange/core/AuditChain"
import type { AuditEntry, UserId } from "@pandora-exchange/core/Identity"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Effect, Latch, Stream } from "effect"

/** How often a node looks. */
export const lookEveryMs = 250
/**
 * What a node knows counts for so long after it was last known to be all: so long a revocation
 * takes at most, anywhere.
 */
export const trustedMs = 1_000
const pageSize = 1_000
/**
 * So many users may wait for one listener; if there are more, it is told that everybody may have
 * changed.
 */
const waitingMax = 10_000

/** `everybody`: the feed was not read for a while, so that nobody knows. */
export type Changed = ReadonlySet<UserId> | "everybody"

/** They tell of nothing that ends or changes. */
export const changesNothing: ReadonlySet<string> = new Set([
  "registered",
  "signedIn",
  "signInRefused",
  "factorRefused"
])

const nothing: Pick<AuditEntry, "sequence" | "hash"> = { sequence: 0, hash: auditGenesis }

/**
 * Monotonic, in milliseconds: what is trusted for a while must not live longer when a clock steps
 * back.
 */
export const elapsedMs: Effect.Effect<number> = Effect.map(Clock.monotonicTimeNanos, (nanos) =>
  Number(nanos / 1_000_000n)
)

/** Runs until its scope closes. `forget` is told before any listener is. */
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
    // What was read before may be older than the entry that was last.
    yield* tell("everybody")
    completeAt = startedAt
  })

  const look = Effect.gen(function* () {
    for (;;) {
      if (last === undefined) return yield* begin
      const startedAt = yield* elapsedMs
      const { hash, sequence } = last
      // The last one comes again, unless the store is not what it was: another one took its place,
      // or a copy of it.
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

  /** No answer is waited for past the time at which listeners have to know that there is none. */
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
        // What is known is not trusted until it is known to be all again, and need not be forgotten
        // for that.
        yield* announce("everybody")
      })
    )
  )

  yield* Effect.forkScoped(Effect.forever(Effect.andThen(lookInTime, Effect.sleep(lookEveryMs))))

  return {
    /** Whether what was read then and not forgotten since is trusted still. */
    isTrusted: (readAt: number): Effect.Effect<boolean> =>
      Effect.map(elapsedMs, (now) => now - Math.max(readAt, completeAt) < trustedMs),
    /** What this node changed itself is forgotten at once. */
    tell,
    /**
     * Each listener is told of everybody whose permissions may have changed since it began to
     * listen.
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
