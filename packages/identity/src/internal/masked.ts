/** As much of an address as a log may hold: `a…@example.com`. */
export const masked = (address: string): string => address.replace(/^(.)[^@]*/, "$1…")
