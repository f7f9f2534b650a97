/**
 * Reads requests with Effect's decoder: for programs that must not generate code, and as the
 * reference for the generated checks.
 */
import { Exit, Schema, SchemaIssue } from "effect"
import { Fault, type FaultCode } from "./Fault.ts"
import { remembered } from "./internal/remembered.ts"
import { besideOf, isKeyed, type Operation, placementOf, requestShapeOf } from "./operation.ts"
import { type Field, fieldsOf, hasFields, type Shape } from "./shape.ts"

type Fields = Readonly<Record<string, unknown>>

const strict = { onExcessProperty: "error" } as const

const decoderOf = remembered((operation: Operation) =>
  Schema.decodeUnknownExit(requestOf(operation) as Schema.Codec<object>, strict)
)
const insideDecoderOf = remembered((operation: Operation) =>
  Schema.decodeUnknownExit(Schema.toType(requestOf(operation)) as Schema.Codec<object>, strict)
)

const requestOf = ({ request }: Operation): Schema.Top => request ?? Schema.Struct({})

export const decodeInside = (operation: Operation, request: unknown): Fault | undefined => {
  if (typeof request !== "object" || request === null) return new Fault("NotAnObject", "request")
  const exit = insideDecoderOf(operation)(withoutKey(operation, request as Fields))
  return Exit.isFailure(exit) ? faultOf(exit) : undefined
}

/** The key or source number is not part of the request, and neither are undefined fields. */
const withoutKey = (operation: Operation, request: Fields): Fields => {
  const beside = new Set(besideOf(operation))
  return Object.fromEntries(
    Object.entries(request).filter(([name, value]) => value !== undefined && !beside.has(name))
  )
}

export const decodeHttp = (
  operation: Operation,
  path: Fields,
  query: Fields,
  body: Fields
): object | Fault => {
  const places = placementOf(operation)
  const stray =
    strayIn(path, places.path, []) ??
    strayIn(query, places.query, []) ??
    strayIn(body, places.body, [])
  return (
    stray ??
    decoded(operation, {
      ...numbersOf({ ...path, ...query }, [...places.path, ...places.query]),
      ...body
    })
  )
}

export const decodeMessage = (operation: Operation, message: Fields): object | Fault => {
  const { body, path, query } = placementOf(operation)
  const under = operation.stream?.body
  const beside = under === undefined ? [...path, ...query, ...body] : [...path, ...query]
  const stray = strayIn(message, beside, [
    "op",
    "id",
    ...(isKeyed(operation) ? ["key"] : []),
    ...(under === undefined ? [] : [under])
  ])
  if (stray !== undefined) return stray
  const { id, key: _key, op: _op, ...rest } = message
  if (typeof id !== "string" || id.length < 1 || id.length > 64 || !id.isWellFormed())
    return new Fault("InvalidValue", "id")
  if (under === undefined) return decoded(operation, rest)
  const { [under]: inner, ...outer } = rest
  if (typeof inner !== "object" || inner === null) return new Fault("InvalidValue", under)
  return (
    strayIn(inner as Fields, body, []) ?? decoded(operation, { ...outer, ...(inner as Fields) })
  )
}

export const decode = (schema: Schema.Top, message: Fields): object | Fault => {
  const exit = Schema.decodeUnknownExit(schema as Schema.Codec<object>, strict)(message)
  return Exit.isFailure(exit) ? faultOf(exit) : exit.value
}

/** A field that does not belong there. */
const strayIn = (
  given: Fields,
  places: ReadonlyArray<Field>,
  extra: ReadonlyArray<string>
): Fault | undefined => {
  const known = new Set([...places.map(({ wire }) => wire), ...extra])
  const stray = Object.keys(given).find((name) => !known.has(name))
  return stray === undefined ? undefined : new Fault("UnknownField", stray)
}

/** URLs contain text: digits become a number where the shape requires one. */
const numbersOf = (given: Fields, places: ReadonlyArray<Field>): Fields => {
  const whole = new Set(
    places.filter(({ shape }) => shape.kind === "whole").map(({ wire }) => wire)
  )
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      whole.has(name) && /^(0|[1-9][0-9]{0,15})$/.test(String(value)) ? Number(value) : value
    ])
  )
}

/**
 * The account is optional on the wire: a placeholder stands in for it while the rest is decoded.
 */
const decoded = (operation: Operation, given: Fields): object | Fault => {
  const shape = requestShapeOf(operation)
  const faults: Array<Fault> = []
  const parted = split(given, shape, "", faults) as Fields
  if (faults[0] !== undefined) return faults[0]
  const account =
    fieldsOf(shape).some(({ account }) => account === true) && given["account"] === undefined
  const exit = decoderOf(operation)({ ...parted, ...(account && { account: "acc_1" }) })
  if (Exit.isFailure(exit)) return faultOf(exit)
  if (!account) return exit.value
  const { account: _, ...rest } = exit.value as Fields
  return rest
}

/** `client:ID` goes into the sibling field, which does not exist on the wire. */
const split = (value: unknown, shape: Shape, path: string, faults: Array<Fault>): unknown => {
  if (shape.kind === "list" && Array.isArray(value))
    return value.map((item, i) => split(item, shape.item, `${path}${i}.`, faults))
  if (!hasFields(shape) || !isObject(value)) return value
  const fields = new Map(fieldsOf(shape).map((field) => [field.wire, field]))
  for (const { client, wire } of fields.values()) {
    if (client !== undefined && value[wire] === undefined)
      faults.push(new Fault("MissingField", path + wire))
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields.get(name)
      if (field?.inside !== undefined) faults.push(new Fault("UnknownField", path + name))
      if (field?.client !== undefined && isClientId(inner)) return [field.client, inner.slice(7)]
      return [
        name,
        field === undefined ? inner : split(inner, field.shape, `${path}${name}.`, faults)
      ]
    })
  )
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isClientId = (value: unknown): value is string =>
  typeof value === "string" && value.startsWith("client:") && value.length > 7

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const faultOf = (exit: Exit.Failure<unknown, Schema.SchemaError>): Fault => {
  const failed = exit.cause.reasons.find((reason) => reason._tag === "Fail")!
  const first = formatIssue(failed.error.issue).issues[0]
  const path = (first?.path ?? [])
    .map((part) => String(typeof part === "object" ? part.key : part))
    .join(".")
  return new Fault(codeOf(failed.error.issue), path === "" ? "request" : path, first?.message)
}

const codeOf = (issue: SchemaIssue.Issue): FaultCode => {
  switch (issue._tag) {
    case "UnexpectedKey":
      return "UnknownField"
    case "MissingKey":
      return "MissingField"
    case "Pointer":
      return codeOf(issue.issue)
    case "Composite":
      return codeOf(issue.issues[0])
    case "AnyOf":
      return issue.issues.length === 1 ? codeOf(issue.issues[0]!) : "InvalidValue"
    default:
      return "InvalidValue"
  }
}
