/**
 * Decides which passwords are acceptable: length counts, composition does not.
 *
 * Source: NIST SP 800-63B-4, 3.1.1.2: 15 characters alone, 8 with a second factor, at least 64
 * accepted, no composition rules, known and context words refused, Unicode normalised, never
 * truncated.
 */
import { commonWords } from "./internal/commonWords.ts"

export const lengthMinAlone = 15
export const lengthMinWithFactor = 8
/** Longer passwords are refused before they are hashed. */
export const lengthMax = 256

export type PasswordProblem =
  | "PasswordTooShort"
  | "PasswordTooLong"
  | "PasswordTooCommon"
  | "PasswordAboutYou"

export interface Candidate {
  /** The password as typed. */
  readonly password: string
  /** Whether the user also has a second factor. */
  readonly hasFactor: boolean
  /** Words anyone would try for this person: parts of the address, the name, the exchange. */
  readonly about: ReadonlyArray<string>
}

/**
 * Normalises characters that look alike, so that the same keys on another keyboard give the same
 * password.
 */
export const normalise = (password: string): string => password.normalize("NFC")

/** Counts code points, the closest simple measure of characters as people count them. */
export const lengthOf = (password: string): number => [...normalise(password)].length

/** Runs in bounded time for any input. */
export const isTooLong = (password: string): boolean =>
  password.length > 2 * lengthMax || lengthOf(password) > lengthMax

/** Returns the first problem found, if any. */
export const problemOf = ({
  about,
  hasFactor,
  password
}: Candidate): PasswordProblem | undefined => {
  if (isTooLong(password)) return "PasswordTooLong"
  if (lengthOf(password) < (hasFactor ? lengthMinWithFactor : lengthMinAlone))
    return "PasswordTooShort"
  const plain = plainOf(normalise(password))
  const withoutPerson = without(plain, about.map(plainOf).filter(isWord))
  if (withoutPerson !== plain && isGuessed(withoutPerson)) return "PasswordAboutYou"
  if (isGuessed(plain) || isGuessed(without(plain, commonWords))) return "PasswordTooCommon"
  return undefined
}

/** How many distinct characters must remain once everything guessable is removed. */
const restMin = 5

const isGuessed = (rest: string): boolean => new Set(rest).size < restMin || isPattern(rest)

const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s"
}

/** Lower case, with common substitutions undone and separators between words removed. */
const plainOf = (text: string): string =>
  [...text.toLowerCase().replace(/[\s!-#%-/:-?[-`{-~]/g, "")]
    .map((character) => leet[character] ?? character)
    .join("")

const isWord = (word: string): boolean => word.length >= 3

/** The text without the given words, longest first. */
const without = (plain: string, words: ReadonlyArray<string>): string =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.split(word).join(""), plain)

const rows = [
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "01234567890",
  "qwertzuiopu",
  "azertyuiop"
]
  .map(plainOf)
  .flatMap((row) => [row, [...row].reverse().join("")])

/** Repetitions of a short piece, and runs along the alphabet, the digits or a keyboard row. */
const isPattern = (plain: string): boolean => {
  if (/^(.{1,8}?)\1+.{0,7}$/su.test(plain)) return true
  let runs = 0
  for (let i = 0; i + 3 <= plain.length; i++)
    if (rows.some((row) => row.includes(plain.slice(i, i + 3)))) runs++
  return runs > 0 && runs >= (plain.length - 2) / 2
}
