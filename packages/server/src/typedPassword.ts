/**
 * Reads a password from the person running a command: asked for twice without echo, or read from a
 * pipe. Never an argument.
 */
import { Effect, Redacted, Schema } from "effect"
import { createInterface } from "node:readline"
import { Writable } from "node:stream"

/** One sentence about what was entered instead of a password, and what to do. */
export class NotTyped extends Schema.TaggedError<NotTyped>()("NotTyped", {
  message: Schema.String
}) {}

const bytesMax = 4_096

export const typedPassword: Effect.Effect<Redacted.Redacted, NotTyped> = Effect.suspend(() =>
  process.stdin.isTTY ? asked : piped
)

const piped = Effect.gen(function* () {
  const text = yield* Effect.promise(async () => {
    let read = ""
    for await (const chunk of process.stdin) {
      read += String(chunk)
      if (read.length > bytesMax) break
    }
    return read
  })
  const password = text.replace(/\r?\n$/, "")
  if (password === "") {
    return yield* new NotTyped({
      message: "No password came: pipe one in, or make one with --generate-password."
    })
  }
  if (text.length > bytesMax || /[\r\n]/.test(password)) {
    return yield* new NotTyped({
      message: "What was piped in is no password: give one line and nothing else."
    })
  }
  return Redacted.make(password)
})

const asked = Effect.gen(function* () {
  const [first, second] = yield* linesUnseen(["Password: ", "Repeat it: "])
  if (first === undefined || second === undefined) {
    return yield* new NotTyped({ message: "No password was given: nothing was done." })
  }
  if (first !== second)
    return yield* new NotTyped({
      message: "The two are not the same: nothing was done, start again."
    })
  return Redacted.make(first)
})

/** The answers so far. The terminal does not echo them. */
const linesUnseen = (questions: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.callback((resume) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true })
    const lines: Array<string> = []
    process.stderr.write(questions[0]!)
    terminal.on("line", (line) => {
      lines.push(line)
      process.stderr.write(`\n${questions[lines.length] ?? ""}`)
      if (lines.length === questions.length) terminal.close()
    })
    terminal.on("close", () => resume(Effect.succeed(lines)))
    return Effect.sync(() => terminal.close())
  })
