/**
 * Log lines as JSON on standard error. Anything that could be a secret is not printed, whatever its
 * name in the code.
 */
import { Layer, Logger, Redactable, References } from "effect"
import type { Config } from "./Config.ts"

const secretNames =
  /authorization|token|password|secret|cookie|signature|credential|apikey|api_key|private/i
const bearer = /\b(bearer\s+)[A-Za-z0-9._~+/=-]+/gi
/** Access tokens, and refresh tokens. */
const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]+|\bpdr_[\w-]+/g
const urlPassword = /(:\/\/[^:/@\s]+:)[^@\s]+@/g
const depthMax = 6

/** The value without secrets, in a form JSON can represent. */
export const scrub = (value: unknown, depth = 0): unknown => {
  if (Redactable.isRedactable(value)) return "<redacted>"
  if (typeof value === "string") {
    return value
      .replace(bearer, "$1<redacted>")
      .replace(token, "<redacted>")
      .replace(urlPassword, "$1<redacted>@")
  }
  if (typeof value === "bigint") return value.toString()
  if (typeof value !== "object" || value === null) return value
  if (depth >= depthMax) return "…"
  if (value instanceof Error) {
    const { cause, message, name, stack } = value
    return scrub(
      { ...value, name, message, stack, ...(cause === undefined ? {} : { cause }) },
      depth + 1
    )
  }
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretNames.test(name) ? "<redacted>" : scrub(item, depth + 1)
    ])
  )
}

const logger = (write: (line: string) => void) =>
  Logger.make((entry) => {
    const { annotations, cause, level, message, timestamp } = Logger.formatStructured.log(entry)
    const line = {
      time: timestamp,
      level,
      message,
      ...annotations,
      ...(cause === undefined ? {} : { cause })
    }
    write(JSON.stringify(scrub(line)))
  })

export const layer = (
  { logLevel }: Pick<Config, "logLevel">,
  write: (line: string) => void = (line) => process.stderr.write(`${line}\n`)
) =>
  Layer.mergeAll(Logger.layer([logger(write)]), Layer.succeed(References.MinimumLogLevel, logLevel))
