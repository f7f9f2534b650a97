/**
 * Normalises an email address to the single form by which users are looked up. Returns `undefined`
 * if no mail could reach it.
 */
export const emailOf = (typed: string): string | undefined => {
  if (typed.length > emailLengthMax) return undefined
  const email = typed.trim().normalize("NFKC").toLowerCase()
  return email.length <= emailLengthMax && pattern.test(email) ? email : undefined
}

/** Source: RFC 5321, 4.5.3.1.3. */
const emailLengthMax = 254
const pattern = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/

/** The words in the address that a password should not be built from. */
export const wordsOf = (email: string): ReadonlyArray<string> => email.split(/[^a-z0-9]+/)
