/** Reads the body of a request, within its limits. */
import type { Code } from "@pandora-exchange/contract/failures"
import { isUtf8 } from "node:buffer"
import type { IncomingMessage } from "node:http"
import { bodyBytesMax } from "./Decoding.ts"

/** Whether anything follows the headers. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** Calls `done` or `fail` once. `guard` runs event handlers. */
export const readBody = (
  request: IncomingMessage,
  guard: (work: () => void) => void,
  done: (body: string) => void,
  fail: (code: Code) => void
): void => {
  const refusal = refusalOf(request)
  if (refusal === undefined) return collect(request, guard, done, fail)
  request.resume()
  fail(refusal)
}

const refusalOf = ({ headers }: IncomingMessage): Code | undefined => {
  const type = headers["content-type"]
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) return "UnsupportedMediaType"
  return Number(headers["content-length"] ?? 0) > bodyBytesMax ? "BodyTooLarge" : undefined
}

const collect = (
  request: IncomingMessage,
  guard: (work: () => void) => void,
  done: (body: string) => void,
  fail: (code: Code) => void
): void => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  const add = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
    else if (bytes - chunk.length <= bodyBytesMax) fail("BodyTooLarge")
  }
  const end = () => {
    if (bytes > bodyBytesMax) return
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    if (isUtf8(body)) done(body.toString())
    else fail("MalformedBody")
  }
  request.on("data", (chunk: Buffer) => guard(() => add(chunk)))
  request.on("end", () => guard(end))
}
