/**
 * Whether a method that fails with these codes may fail with `code`. A command may also fail with a
 * code of a guard of the host, which nobody knows.
 */
export const declares = (
  codes: ReadonlySet<string>,
  code: string,
  isKnown: (code: string) => boolean
): boolean => codes.has(code) || (codes.has("GuardRefused") && !isKnown(code))
