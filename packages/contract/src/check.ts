/**
 * Request checks, generated from shapes on first use: fifteen times as fast as interpreting the
 * schemas. `checkOf` checks requests from programs; `httpReaderOf` and `messageReaderOf` read
 * requests from the wire. Where a program must not generate code, Effect's decoder does the same
 * (`decode.ts`), more slowly and with fewer codes.
 */
import type { Schema } from "effect"
import { decode, decodeHttp, decodeInside, decodeMessage } from "./decode.ts"
import type { Fault } from "./Fault.ts"
import { Generator, type Holder, type Mode } from "./internal/Generator.ts"
import { remembered } from "./internal/remembered.ts"
import { besideOf, isKeyed, type Operation, placementOf, requestShapeOf } from "./operation.ts"
import { type Field, shapeOf } from "./shape.ts"

type Fields = Readonly<Record<string, unknown>>

/**
 * Returns the first fault of a request from a program. Amounts and symbols are checked later, by
 * their readers.
 */
export type Check = (request: unknown) => Fault | undefined

/** Returns the request contained in the parts of an HTTP request, or its first fault. */
export type HttpReader = (path: Fields, query: Fields, body: Fields) => object | Fault

/** Returns the request contained in a stream message, or its first fault. */
export type MessageReader = (message: Fields) => object | Fault

export const checkOf: (operation: Operation) => Check = remembered(
  (operation: Operation): Check => {
    const code = new Generator()
    const extra = besideOf(operation)
    code.mustBeObject("request", "NotAnObject", '"request"')
    code.object(requestShapeOf(operation), [
      { variable: "request", path: undefined, extra, mode: "inside", takes: () => true }
    ])
    return code.compiled(["request"]) ?? ((request) => decodeInside(operation, request))
  }
)

const partOf = (variable: string, fields: ReadonlyArray<Field>, mode: Mode): Holder => {
  const names = new Set(fields.map(({ name }) => name))
  return { variable, path: undefined, extra: [], mode, takes: ({ name }) => names.has(name) }
}

export const httpReaderOf: (operation: Operation) => HttpReader = remembered(
  (operation: Operation): HttpReader => {
    const { body, path, query } = placementOf(operation)
    const code = new Generator()
    const holders = [
      partOf("path", path, "url"),
      partOf("query", query, "url"),
      partOf("body", body, "json")
    ]
    code.add(`return ${code.object(requestShapeOf(operation), holders)}`)
    return (
      code.compiled(["path", "query", "body"]) ?? ((...parts) => decodeHttp(operation, ...parts))
    )
  }
)

export const messageReaderOf: (operation: Operation) => MessageReader = remembered(
  (operation: Operation): MessageReader => {
    const code = new Generator()
    code.envelope()
    const holders = messageHolders(operation, code)
    code.add(`return ${code.object(requestShapeOf(operation), holders)}`)
    return code.compiled(["message"]) ?? ((message) => decodeMessage(operation, message))
  }
)

/** Reads stream messages that are not operations: they are exactly what their schema says. */
export const readerOf: (message: Schema.Top) => MessageReader = remembered(
  (schema: Schema.Top): MessageReader => {
    const code = new Generator()
    const holder: Holder = {
      variable: "message",
      path: undefined,
      extra: [],
      mode: "json",
      takes: () => true
    }
    code.add(`return ${code.object(shapeOf(schema), [holder])}`)
    return code.compiled(["message"]) ?? ((message) => decode(schema, message))
  }
)

const messageHolders = (operation: Operation, code: Generator): ReadonlyArray<Holder> => {
  const under = operation.stream?.body
  const extra = ["op", "id", ...(isKeyed(operation) ? ["key"] : [])]
  const message: Holder = {
    variable: "message",
    path: undefined,
    extra,
    mode: "json",
    takes: () => true
  }
  if (under === undefined) return [message]
  const { body } = placementOf(operation)
  const inside = { ...partOf("body", body, "json"), path: JSON.stringify(under) }
  code.add(`const body = message.${under}`)
  code.required("body", inside.path, undefined)
  code.mustBeObject("body", "InvalidValue", inside.path)
  return [{ ...message, extra: [...extra, under], takes: (field) => !inside.takes(field) }, inside]
}
