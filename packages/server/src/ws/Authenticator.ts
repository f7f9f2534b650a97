/**
 * Finds out who the bearer of a token is, as of now: not as of before a change that came meanwhile.
 */
import { Exit, type Redacted } from "effect"
import type { Failure } from "../http/Failure.ts"
import type { Authentication, Principal } from "../Authentication.ts"
import type { Fence, Fenced } from "../Fence.ts"

/** Stands for all principals where changes are told. */
export const everybody = "everybody"

export class Authenticator {
  private readonly identity: Authentication["Service"]
  private readonly fence: Fence
  /** For each token that is being looked up, the changes that came meanwhile. */
  private readonly underWay = new Set<Set<string>>()

  constructor(identity: Authentication["Service"], fence: Fence) {
    this.identity = identity
    this.fence = fence
  }

  /** `fenced` is what a bug in `onExit` ends. */
  authenticate(
    fenced: Fenced,
    token: Redacted.Redacted,
    onExit: (exit: Exit.Exit<Principal, Failure>) => void
  ): void {
    const changed = new Set<string>()
    this.underWay.add(changed)
    const ask = () => this.identity.authenticate(token)
    this.fence.run<Principal, Failure>(fenced, ask, (exit) => {
      this.underWay.delete(changed)
      if (Exit.isSuccess(exit) && (changed.has(exit.value.userId) || changed.has(everybody))) {
        return this.authenticate(fenced, token, onExit)
      }
      onExit(exit)
    })
  }

  /** What is being looked up may be older than this. */
  noteChanges(changed: ReadonlySet<string> | typeof everybody): void {
    const ids = changed === everybody ? [everybody] : changed
    for (const meanwhile of this.underWay) for (const id of ids) meanwhile.add(id)
  }
}
