/**
 * Whether a method that declares these codes may fail with `code`. A command may also fail with a
 * guard's own code, which is unknown here.
 */
export const declares = (
  codes: ReadonlySet<string>,
  code: string,
  isKnown: (code: string) => boolean
): boolean => codes.has(code) || (codes.has("GuardRefused") && !isKnown(code))
