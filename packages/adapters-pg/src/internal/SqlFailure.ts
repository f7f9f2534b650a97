/**
 * What a failed statement reveals: the server's own code if it responded, nothing if it did not.
 */
import { SqlError } from "effect/sql"

/**
 * The SQLSTATE of a statement refused by the server, nothing of which is stored. `undefined` if no
 * answer arrived, or one that ends the session, which can come after a commit: the write may or may
 * not have succeeded.
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
 * Whether the values themselves caused the failure, so that it would happen again. Connections,
 * locks, space and permissions recover; a wrong value stays wrong.
 */
export const isRefusedData = (error: SqlError.SqlError): boolean => {
  if (error.reason._tag === "ConnectionError") return false
  const { code } = (error.reason.cause ?? {}) as ServerError
  return code === undefined || dataClasses.has(code.slice(0, 2))
}

/**
 * Data exceptions, constraints, program limits, errors raised by our functions, damaged data.
 * Without a code it was never sent.
 */
const dataClasses = new Set(["22", "23", "54", "P0", "XX"])
