export function check(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${fact}`)
}
