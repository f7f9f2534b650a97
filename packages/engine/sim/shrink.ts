/**
 * Reduces a failing run to the smallest that still fails: fewer commands first, then fewer kinds of
 * faults. Deterministic.
 */
import { faultKinds } from "./Faults.ts"
import type { Options, Outcome } from "./Simulation.ts"

export const shrink = (options: Options, run: (options: Options) => Outcome): Outcome => {
  let smallest = run(options)
  if (smallest.failure === undefined) return smallest
  const fails = (smaller: Partial<Options>): boolean => {
    const outcome = run({
      ...options,
      commands: smallest.commands,
      faults: smallest.faults,
      ...smaller
    })
    if (outcome.failure === undefined) return false
    smallest = outcome
    return true
  }

  let passes = 0
  while (smallest.commands - passes > 1) {
    const commands = (passes + smallest.commands) >> 1
    if (!fails({ commands })) passes = commands
  }
  if (!fails({ faults: [] }))
    dropped(options.faults ?? faultKinds, (without) => fails({ faults: kept(smallest, without) }))
  return smallest
}

const kept = ({ faults }: Outcome, without: ReadonlyArray<string>) =>
  faults.filter((kind) => !without.includes(kind))

/** Tries to do without all of `kinds` and, if that is too much, without each half. */
const dropped = <A>(
  kinds: ReadonlyArray<A>,
  areNeedless: (kinds: ReadonlyArray<A>) => boolean
): void => {
  if (kinds.length === 0 || areNeedless(kinds) || kinds.length === 1) return
  const middle = kinds.length >> 1
  dropped(kinds.slice(0, middle), areNeedless)
  dropped(kinds.slice(middle), areNeedless)
}
