/**
 * The state as bytes, in one canonical form: equal states give equal bytes, however they came
 * about. Snapshots are these bytes, and the state hash is their SHA-256. Specified in
 * `docs/concepts/state-format.md`; written in pieces, so that a large state can be written without
 * pausing anything.
 */
import { Layout } from "@pandora-exchange/core"
import { createHash } from "node:crypto"
import { InvariantBroken } from "./invariant.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import * as Accounts from "./SnapshotAccounts.ts"
import { Reader, Writer } from "./SnapshotBytes.ts"
import * as Keys from "./SnapshotKeys.ts"
import * as Markets from "./SnapshotMarkets.ts"
import * as Orders from "./SnapshotOrders.ts"
import type { Section } from "./SnapshotSection.ts"
import { formatVersion } from "./SnapshotTable.ts"
import { State } from "./State.ts"

export { formatVersion } from "./SnapshotTable.ts"
export { MalformedSnapshot } from "./SnapshotBytes.ts"

const sections: ReadonlyArray<Section> = [
  Accounts.counters,
  Accounts.assets,
  Accounts.opened,
  Accounts.accountTerms,
  Accounts.timers,
  Accounts.balances,
  Accounts.holds,
  Markets.markets,
  Orders.lists,
  Orders.activationQueue,
  Keys.sources,
  Keys.horizons,
  Keys.keys
]

/**
 * The state's bytes, piece by piece. The state must not change until the last piece has been taken.
 */
export function* encode(state: State): Generator<Uint8Array> {
  const w = new Writer()
  for (const section of sections) {
    for (const _ of section.write(state, w)) yield w.take()
  }
  yield w.take()
}

/** SHA-256 of the canonical form, in hex. */
export const hashOf = (state: State): string => {
  const hash = createHash("sha256")
  for (const piece of encode(state)) hash.update(piece)
  return hash.digest("hex")
}

/** Decodes a state written by `encode`, of this build or one with an earlier format. */
export const decode = (
  bytes: Uint8Array,
  limits: Limits = limitsDefault,
  version: number = formatVersion
): State => {
  const r = new Reader(bytes, version, new State(limits))
  try {
    for (const { read } of sections) read(r)
    r.check(r.atEnd, "bytes follow the state")
    Orders.register(r)
    return r.state
  } catch (cause) {
    // A view throws at the end of its bytes; checking every number would slow reading down.
    if (cause instanceof RangeError) r.fail(`the state ends within it, at byte ${r.length}`)
    if (cause instanceof Layout.MalformedRecord || cause instanceof InvariantBroken)
      r.fail(cause.message)
    throw cause
  }
}
