/**
 * What can go wrong around the sequencer. Each kind has its own random numbers from the seed, so
 * that each can be left out separately.
 */
import { Random } from "../test/reference/randomCommands.ts"

export const faultKinds = [
  "answersLost",
  "commandsDoubled",
  "commandsDelayed",
  "clientsGiveUp",
  "bursts",
  "journalUnknown",
  "journalFull",
  "journalSlow",
  "journalDamaged",
  "rivals",
  "crashes",
  "restarts",
  "pauses",
  "clocks",
  "snapshotsDamaged",
  "followersCut",
  "snapshotsUnknown"
] as const

export type FaultKind = (typeof faultKinds)[number]

export class Faults {
  /** How often each kind struck. */
  readonly struck = new Map<FaultKind, number>()
  healed = false
  private readonly randoms = new Map<FaultKind, Random>()

  constructor(seed: number, kinds: ReadonlyArray<FaultKind>) {
    for (const kind of kinds)
      this.randoms.set(kind, new Random(seed * 64 + faultKinds.indexOf(kind)))
  }

  /** Whether it goes wrong this time. */
  strikes(kind: FaultKind, probability: number): boolean {
    const random = this.randoms.get(kind)
    if (random === undefined || this.healed || !random.chance(probability)) return false
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1)
    return true
  }

  /** How badly, if it does. */
  of(kind: FaultKind): Random {
    return this.randoms.get(kind)!
  }
}
