/** The part of an address that may appear in a log: `a…@example.com`. */
export const masked = (address: string): string => address.replace(/^(.)[^@]*/, "$1…")
