import { Effect } from "effect"
import { readFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import * as Bitstamp from "./Bitstamp.ts"
import * as Lobster from "./Lobster.ts"
import { NotARecording } from "./Recording.ts"

/** The recording in a file, gzipped or plain. Its format is recognised by the first line. */
export const read = Effect.fnUntraced(function* (file: string) {
  const lines = yield* readLines(file)
  const first = lines[0] ?? ""
  if (Bitstamp.begins(first)) return yield* attempt(file, () => Bitstamp.recording(lines))
  if (!Lobster.begins(first)) {
    return yield* new NotARecording({
      file,
      problem: "this is neither a Bitstamp log nor a LOBSTER message file"
    })
  }
  const name = basename(file)
  const messages = yield* attempt(file, () => Lobster.messages(lines))
  const bookFile = join(dirname(file), Lobster.bookName(name))
  const book = yield* readBook(file, bookFile)
  return yield* attempt(bookFile, () => Lobster.recording(Lobster.ticker(name), messages, book))
})

/** `undefined` if there is no order book file beside the messages. */
const readBook = Effect.fnUntraced(function* (file: string, bookFile: string) {
  if (bookFile === file) return undefined
  const lines = yield* Effect.catchIf(
    readLines(bookFile),
    ({ problem }) => problem === missing,
    () => Effect.undefined
  )
  return lines === undefined ? undefined : yield* attempt(bookFile, () => Lobster.book(lines))
})

const attempt = <A>(file: string, parse: () => A): Effect.Effect<A, NotARecording> =>
  Effect.try({
    try: parse,
    catch: (error) => new NotARecording({ file, problem: (error as Error).message })
  })

const readLines = Effect.fnUntraced(function* (file: string) {
  const failed = (problem: string) => new NotARecording({ file, problem })
  const bytes = yield* Effect.tryPromise({
    try: () => readFile(file),
    catch: (error) => failed(readProblem(error))
  })
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  const text = isPacked
    ? yield* Effect.tryPromise({
        try: () => promisify(gunzip)(bytes),
        catch: () => failed("its gzip data is damaged")
      })
    : bytes
  const lines = text.toString("utf8").split(/\r?\n/)
  if (lines.at(-1) === "") lines.pop()
  return lines
})

const missing = "there is no such file"

const readProblem = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === "ENOENT") return missing
  if (code === "EISDIR") return "this is a folder, not a file"
  return `it cannot be read (${code ?? message})`
}
