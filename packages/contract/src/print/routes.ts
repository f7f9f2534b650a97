/** Generates the routes as plain data, and the client methods that call them. */
import { path } from "../channels.ts"
import { isKeyed, type Operation, placementOf } from "../operation.ts"
import { type Field, type Shape, shapeOf } from "../shape.ts"
import { documented, headed } from "./text.ts"
import { fieldText, isDeclared, nameOn, partsOf, typeText } from "./types.ts"

const offered = (operations: ReadonlyArray<Operation>) =>
  operations.flatMap((op) => (op.rest === undefined ? [] : [{ ...op, rest: op.rest }]))

type Offered = ReturnType<typeof offered>[number]

type Again = "always" | "key" | "keys" | "never"

/**
 * Whether a request that got no answer may be resent. In the SDK, only commands change anything.
 */
const againOf = ({ keyPerItem, movesMoney, rest, sdk }: Offered): Again => {
  if (movesMoney === true) return keyPerItem === true ? "keys" : "key"
  return rest.method === "GET" || (sdk ?? false) !== false ? "always" : "never"
}

/**
 * How the body is built from a method's argument: from all of it, or from one field; absent without
 * a body.
 */
const bodyOf = (op: Offered): string => {
  const { body } = placementOf(op)
  return body.length === 1 ? body[0]!.wire : body.length === 0 ? "" : "*"
}

const routeText = (op: Offered): string => {
  const { method, otherwise, path } = op.rest
  const access = op.permission === "public" ? "public" : "token"
  const parts = [
    method,
    path,
    bodyOf(op),
    againOf(op),
    access,
    ...(otherwise === undefined ? [] : [otherwise.status])
  ]
  return `  ${op.name}: [${parts.map((part) => JSON.stringify(part)).join(", ")}]`
}

const commandText = (op: Offered): string | undefined => {
  if (op.stream === undefined) return undefined
  const parts = [op.rest.path, bodyOf(op), againOf(op), op.stream.body ?? ""]
  return `  ${op.name}: [${parts.map((part) => JSON.stringify(part)).join(", ")}]`
}

/** Method, path, body and retry class of each operation. */
export const printRoutes = (operations: ReadonlyArray<Operation>): string =>
  headed("Every route as plain data.", [
    `${documented(
      "Method, path, body (`*` for an object, a name for its only field, empty for none), when a request without an " +
        "answer may be sent again (`always`, with its idempotency `key`, with the `keys` of its items, or `never`), whether it needs a token, and a " +
        "status above 400 that comes with an answer.",
      `export type Route = readonly [\n  method: string,\n  path: string,\n  body: string,\n  again: "always" | "key" | "keys" | "never",\n  access: "public" | "token",\n  otherwise?: number\n]`
    )}`,
    `export const routes = {\n${offered(operations).map(routeText).join(",\n")}\n} as const satisfies Readonly<Record<string, Route>>`,
    documented("The path of the WebSocket.", `export const streamPath = ${JSON.stringify(path)}`),
    documented(
      "Path, body and keys of a command, as of its route, and the name under which its body stands in a message of " +
        "the stream; empty where its fields stand beside `op`.",
      `export type Command = readonly [path: string, body: string, again: Route[3], under: string]`
    ),
    `export const commands = {\n${offered(operations)
      .flatMap((op) => commandText(op) ?? [])
      .join(",\n")}\n} as const satisfies Readonly<Record<string, Command>>`
  ])

/** The faces of a client. */
export type Wrap = (type: string) => string

const keyField = documented(
  "The idempotency key. Default: a new one for each call.",
  "readonly key?: string"
)

const optionsName = ({ name }: Operation) => `${name[0]!.toUpperCase()}${name.slice(1)}Options`

const optionsText = (op: Offered): string | undefined => {
  const fields: ReadonlyArray<string> = [
    ...placementOf(op).query.map((field: Field) => fieldText({ ...field, optional: true }, "wire")),
    ...(isKeyed(op) ? [keyField] : [])
  ]
  if (fields.length === 0) return undefined
  return `export interface ${optionsName(op)} {\n${fields.join("\n").replace(/^/gm, "  ")}\n}`
}

const argumentsOf = (op: Offered): string => {
  const { body, path } = placementOf(op)
  const only = body.length === 1 ? body[0]! : undefined
  const request = op.request === undefined ? undefined : shapeOf(op.request)
  return [
    ...path.map(({ wire }) => `${wire}: string`),
    ...(only !== undefined
      ? [`${only.wire}: ${typeText(only.shape, "wire")}`]
      : body.length > 0
        ? [`${op.stream?.body ?? "request"}: ${typeText(request!, "wire")}`]
        : []),
    ...(optionsText(op) === undefined ? [] : [`options?: ${optionsName(op)}`])
  ].join(", ")
}

const answerText = ({ answer }: Operation): string =>
  answer === undefined ? "void" : typeText(shapeOf(answer), "wire")

const methodText = (op: Offered, wrap: Wrap): string =>
  documented(op.doc, `${op.name}(${argumentsOf(op)}): ${wrap(answerText(op))}`).replace(/^/gm, "  ")

const namesIn = (text: string, shapes: ReadonlyArray<Shape>): ReadonlyArray<string> =>
  [
    ...new Set(
      shapes.filter((shape) => isDeclared("wire", shape)).map((shape) => nameOn("wire", shape)!)
    )
  ]
    .filter((name) => new RegExp(`\\b${name}\\b`).test(text))
    .sort()

/** One interface of methods per face, with the options they share. */
export const printMethods = (operations: ReadonlyArray<Operation>): string => {
  const all = offered(operations)
  const options = all.flatMap((op) => optionsText(op) ?? [])
  const face = (heading: string, doc: string, methods: ReadonlyArray<Offered>, wrap: Wrap) =>
    documented(
      doc,
      `export interface ${heading} {\n${methods.map((op) => methodText(op, wrap)).join("\n\n")}\n}`
    )
  const promise: Wrap = (type) => `Promise<${type}>`
  const effect: Wrap = (type) => `Effect.Effect<${type}, E>`
  const onStream = all.filter(({ stream }) => stream !== undefined)
  const faces = [
    face("PromiseMethods", "Every operation of the HTTP API, with promises.", all, promise),
    face("StreamMethods", "Every command of the stream.", onStream, promise),
    face("EffectMethods<E>", "Every operation of the HTTP API, with effects.", all, effect)
  ]
  const text = [...options, ...faces].join("\n")
  const shapes = all.flatMap((op) =>
    [op.request, op.answer].flatMap((schema) =>
      schema === undefined ? [] : partsOf(shapeOf(schema), () => true)
    )
  )
  return headed("The methods of the clients.", [
    `import type { Effect } from "effect"\nimport type {\n${namesIn(text, shapes)
      .map((name) => `  ${name}`)
      .join(",\n")}\n} from "./wire.ts"`,
    ...options,
    ...faces
  ])
}
