/**
 * What a failed statement tells: the server's own code where the server spoke, nothing where it did
 * not answer.
 */
import { SqlError } from "effect/sql"

/**
 * The SQLSTATE of a statement that the server refused, so that nothing of it is stored. `undefined`
 * when no answer came, or one that ends the session, which can come after a commit: then a write
 * may or may not have landed.
 */
export const refusal = (error: SqlError.SqlError): string | undefined => {
  const { code, severityUnlocalized } = (error.reason.cause ?? {}) as ServerError
  return severityUnlocalized === "ERROR" ? code : undefined
}

interface ServerError {
  readonly code?: string
  readonly severityUnlocalized?: string
}

/** The server's sentence and code, or the client's sentence. */
export const problemOf = (error: unknown): string => {
  if (!(error instanceof SqlError.SqlError))
    return error instanceof Error ? error.message : String(error)
  const { cause } = error.reason
  const { code } = (cause ?? {}) as ServerError
  const sentence = cause instanceof Error ? cause.message : error.message
  return code === undefined ? sentence : `${sentence}, SQLSTATE ${code}`
}

/**
 * Whether the values themselves are why a statement failed, so that it would fail again.
 * Connections, locks, room and rights come back; a wrong value stays wrong.
 */
export const isRefusedData = (error: SqlError.SqlError): boolean => {
  if (error.reason._tag === "ConnectionError") return false
  const { code } = (error.reason.cause ?? {}) as ServerError
  return code === undefined || dataClasses.has(code.slice(0, 2))
}

/**
 * Data exception, constraint, program limit, raised by a function of ours, damaged data. Without a
 * code it was never sent.
 */
const dataClasses = new Set(["22", "23", "54", "P0", "XX"])
