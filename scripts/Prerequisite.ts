/**
 * Things some tests and benches need that are not part of the repository.
 *
 * A missing one skips the tests that need it and says on standard error what to do.
 * `PANDORA_REQUIRE`, a list such as `postgres,recordings` or just `all`, turns the skips into
 * failures. `.ci/run` requires all of them.
 */

const names = [
  "bun",
  "curl",
  "deno",
  "full-disk",
  "node22",
  "packaged-postgres",
  "postgres",
  "recordings",
  "terminal",
  "vectors"
] as const
export type Name = (typeof names)[number]

/** The exit code of a program that did nothing because something is missing. */
export const exitCodeSkipped = 77

export interface Found {
  readonly present: boolean
  /** What to do if it is missing. Completes the sentence "To run them, ...". */
  readonly remedy: string
}

/** Returns whether it is available. Throws if it is missing and required. */
export const available = (
  name: Name,
  { present, remedy }: Found,
  required: string = process.env["PANDORA_REQUIRE"] ?? ""
): boolean => {
  const wanted = requiredNames(required)
  if (present) return true
  if (wanted.has(name))
    throw new Error(`PANDORA_REQUIRE requires ${name}, which is missing. To provide it, ${remedy}`)
  process.stderr.write(
    `[${name}] SKIPPED: tests and benches that need it. To run them, ${remedy}\n`
  )
  return false
}

const requiredNames = (required: string): ReadonlySet<string> => {
  const wanted = required.split(",").filter((name) => name !== "")
  const unknown = wanted.find((name) => name !== "all" && !isName(name))
  if (unknown !== undefined) {
    throw new Error(`PANDORA_REQUIRE must be a list of: all, ${names.join(", ")} (got ${unknown})`)
  }
  return new Set(wanted.includes("all") ? names : wanted)
}

const isName = (name: string): name is Name => (names as ReadonlyArray<string>).includes(name)
