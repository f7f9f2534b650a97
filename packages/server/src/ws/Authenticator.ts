/**
 * Determines the current principal of a token, never as of before a change that arrives during the
 * lookup.
 */
import { Exit, type Redacted } from "effect"
import type { Failure } from "../http/Failure.ts"
import type { Authentication, Principal } from "../Authentication.ts"
import type { Fence, Fenced } from "../Fence.ts"

/** Stands for all principals where changes are reported. */
export const everybody = "everybody"

export class Authenticator {
  private readonly identity: Authentication["Service"]
  private readonly fence: Fence
  /** For each token being looked up, the changes that arrived in the meantime. */
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

  /** A lookup under way may be older than this. */
  noteChanges(changed: ReadonlySet<string> | typeof everybody): void {
    const ids = changed === everybody ? [everybody] : changed
    for (const meanwhile of this.underWay) for (const id of ids) meanwhile.add(id)
  }
}
