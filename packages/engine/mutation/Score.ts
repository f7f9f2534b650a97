import type { Judged } from "./judge.ts"

export interface Score {
  readonly mutants: number
  readonly killed: number
  readonly endless: number
  readonly survived: number
  readonly notCovered: number
  /** The fraction that was noticed. */
  readonly score: number
}

export const scoreOf = (judged: ReadonlyArray<Judged>): Score => {
  const count = (tag: Judged["verdict"]["_tag"]): number =>
    judged.filter(({ verdict }) => verdict._tag === tag).length
  const killed = count("Killed")
  const endless = count("Endless")
  return {
    mutants: judged.length,
    killed,
    endless,
    survived: count("Survived"),
    notCovered: count("NotCovered"),
    score: (killed + endless) / judged.length
  }
}

/**
 * The 95 % confidence interval of the whole's score, given `mutants` drawn at random (Wilson 1927).
 */
export const interval = ({ mutants, score }: Score): readonly [number, number] => {
  const z2 = 1.96 ** 2
  const middle = (score + z2 / (2 * mutants)) / (1 + z2 / mutants)
  const reach =
    Math.sqrt((z2 * score * (1 - score)) / mutants + (z2 / (2 * mutants)) ** 2) / (1 + z2 / mutants)
  return [middle - reach, middle + reach]
}
