/** What pages of other origins may do. */
import type { IncomingMessage, ServerResponse } from "node:http"

/** Lets a page of one of these origins read the response. */
export const allowOrigin = (
  { headers: { origin } }: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>
): void => {
  if (origin === undefined || !origins.has(origin)) return
  response.setHeader("access-control-allow-origin", origin)
  response.setHeader("vary", "origin")
  response.setHeader("access-control-expose-headers", "x-request-id, retry-after")
}

/** Answers `OPTIONS`. */
export const preflight = (response: ServerResponse, methods: ReadonlyArray<string>): void => {
  response.setHeader("access-control-allow-methods", methods.join(", "))
  response.setHeader("access-control-allow-headers", "authorization, content-type, idempotency-key")
  response.setHeader("access-control-max-age", "600")
  response.setHeader("allow", methods.join(", "))
  response.writeHead(204)
  response.end()
}
