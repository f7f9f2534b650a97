/** Checks what the server sends against its declarations: codes, answers and stream messages. */
import type { Operation } from "@pandora-exchange/contract"
import { offered } from "@pandora-exchange/contract/api"
import { Message } from "@pandora-exchange/contract/channels"
import { codesOf } from "@pandora-exchange/contract/codes"
import { type Code, isCode } from "@pandora-exchange/contract/failures"
import { Schema } from "effect"

/** Undeclared operations are those about users, on a server whose host has its own users. */
const notThere: ReadonlySet<Code | undefined> = new Set(["NotFound", "MethodNotAllowed", undefined])

/** Literal paths first. */
const declared = offered({ users: true })
  .filter(({ rest }) => rest !== undefined)
  .toSorted(
    (one, other) => Number(one.rest!.path.includes(":")) - Number(other.rest!.path.includes(":"))
  )
  .map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.rest!.path.replace(/:\w+/g, "[^/]+")}$`)
  }))

const operationAt = (method: string, path: string): Operation | undefined =>
  declared.find(
    ({ operation, pattern }) =>
      operation.rest!.method === method && pattern.test(path.replace(/\?.*/, ""))
  )?.operation

/** Reads JSON that matches the schema exactly: a field too many is as wrong as one too few. */
const readerOf = (schema: Schema.Top) =>
  Schema.decodeUnknownSync(schema as Schema.Codec<unknown>, { onExcessProperty: "error" })

/** Throws unless the answer, or the code of the problem, is one that the operation declares. */
export const mustBeDeclared = (method: string, path: string, status: number, answer: any): void => {
  const operation = operationAt(method, path)
  if (operation === undefined) return
  const { otherwise } = operation.rest!
  if (status === otherwise?.status && answer.code === undefined)
    return void readerOf(otherwise.answer)(answer)
  if (status < 400)
    return operation.answer === undefined ? undefined : void readerOf(operation.answer)(answer)
  const code = answer.code as Code | undefined
  // A code of the host, from a guard.
  if (code !== undefined && !isCode(code) && operation.movesMoney === true) return
  if (notThere.has(code) || codesOf(operation).includes(code!)) return
  throw new Error(
    `${operation.name} (${method} ${path}) was refused as ${code}, which it does not declare`
  )
}

/** Throws unless the code of a problem of the stream is one that the operation declares. */
export const mustBeDeclaredFor = (op: unknown, code: string): void => {
  const operation = declared.find(({ operation }) => operation.name === op)?.operation
  if (operation?.stream === undefined || code === "MalformedMessage") return
  if (!isCode(code) && operation.movesMoney === true) return
  if (!(codesOf(operation) as ReadonlyArray<string>).includes(code))
    throw new Error(
      `${operation.name} was refused on the stream as ${code}, which it does not declare`
    )
}

/** Reads a message of the stream. Throws unless it is one that the contract declares. */
export const declaredMessage: (message: unknown) => unknown = readerOf(Message)
