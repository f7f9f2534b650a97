export const median = (values: ReadonlyArray<number>): number => {
  const ascending = values.toSorted((a, b) => a - b)
  const half = ascending.length >> 1
  return ascending.length % 2 === 1
    ? ascending[half]!
    : (ascending[half - 1]! + ascending[half]!) / 2
}

/** The smallest value that at least this fraction of the values does not exceed. */
export const percentile = (values: ReadonlyArray<number>, part: number): number => {
  const ascending = Float64Array.from(values).sort()
  return ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)]!
}
