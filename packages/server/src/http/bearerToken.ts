import { Redacted } from "effect"
import type { IncomingMessage } from "node:http"

/** Returns `undefined` without a bearer token. */
export const tokenOf = ({ headers }: IncomingMessage): Redacted.Redacted | undefined => {
  const { authorization } = headers
  const match =
    authorization === undefined
      ? null
      : /^bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization)
  return match === null ? undefined : Redacted.make(match[1]!)
}
