/**
 * Responses on a connection that has no HTTP response object: after an unreadable request, or for a
 * refused upgrade.
 */
import { detailsOf, type ProblemDetails } from "@pandora-exchange/contract/problem"
import { STATUS_CODES } from "node:http"
import type { Socket } from "node:net"
import type { Fenced } from "../Fence.ts"

/**
 * How long a client has to close a connection that was ended here. Nothing else ends one that does
 * not.
 */
const lingerMs = 1_000

/** Responds on the bare connection, and ends it. */
export const refuseUpgrade = (socket: Socket, problem: ProblemDetails): void => {
  const body = JSON.stringify(problem)
  socket.on("error", () => {})
  setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${problem.requestId}\r\nconnection: close\r\n\r\n${body}`
  )
}

/** A connection without an HTTP response object: a bug ends whatever is left of it. */
export const bareConnection = (socket: Socket, requestId: string): Fenced => ({
  about: { requestId },
  abort: () => refuseUpgrade(socket, detailsOf("Internal", requestId))
})

/** Responds to an unreadable request. */
export const refuseUnreadable = (
  error: NodeJS.ErrnoException,
  socket: Socket,
  requestId: string
): void => {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy()
  const problem =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? detailsOf("RequestTimeout", requestId)
      : error.code === "HPE_HEADER_OVERFLOW"
        ? {
            ...detailsOf("UrlTooLong", requestId, { detail: "the headers are larger than 16 KiB" }),
            status: 431
          }
        : detailsOf("MalformedUrl", requestId, {
            detail: "this is no HTTP request that can be read"
          })
  refuseUpgrade(socket, problem)
}
