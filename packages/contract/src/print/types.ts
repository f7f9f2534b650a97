/**
 * Generates TypeScript interfaces from the schemas, so that every editor shows their documentation.
 */
import { Message } from "../channels.ts"
import { isAboutAccount, isKeyed, isOffered, type Operation, placementOf } from "../operation.ts"
import { ProblemDetails } from "../problem.ts"
import { type Field, type Shape, shapeOf, type Struct } from "../shape.ts"
import { documented, headed } from "./text.ts"

/** `sdk`: for programs. `own`: the same without the account. `wire`: as in JSON. */
export type Side = "sdk" | "own" | "wire"

export const nameOn = (side: Side, { name, wireName }: Shape): string | undefined =>
  side === "wire" ? (wireName ?? name) : name

/** Whether the type gets its own declaration. */
export const isDeclared = (side: Side, shape: Shape): boolean =>
  shape.name !== undefined &&
  (shape.kind === "struct" ||
    shape.kind === "union" ||
    shape.kind === "literals" ||
    (shape.kind === "id" && side !== "wire"))

/** The type, at a place where it is used. */
export const typeText = (shape: Shape, side: Side): string =>
  isDeclared(side, shape) ? nameOn(side, shape)! : inlineText(shape, side)

const inlineText = (shape: Shape, side: Side): string => {
  switch (shape.kind) {
    case "text":
    case "decimal":
    case "signedDecimal":
      return "string"
    case "whole":
    case "number":
      return "number"
    case "id":
      return side === "wire" ? "string" : `number & { readonly "~id"?: "${shape.name}" }`
    case "time":
      return side === "wire" ? "number" : "number | Date"
    case "secret":
      return side === "wire" ? "string" : "Redacted.Redacted"
    case "literals":
      return alternatives(shape.values.map((value) => JSON.stringify(value)))
    case "list":
      return `ReadonlyArray<${typeText(shape.item, side)}>`
    case "tuple":
      return `readonly [${shape.items.map((item) => tupleItem(item, side)).join(", ")}]`
    case "union":
      return shape.members.map((member) => typeText(member, side)).join(" | ")
    case "record":
      return `{ readonly [name: string]: ${typeText(shape.value, side)} }`
    case "struct":
      return `{\n${shape.fields.map((field) => fieldText(field, side).replace(/^/gm, "  ")).join("\n")}\n}`
    default:
      return shape.kind
  }
}

/** Long unions are written one member per line. */
const alternatives = (members: ReadonlyArray<string>): string => {
  const line = members.join(" | ")
  return line.length <= 72 ? line : members.map((member) => `\n  | ${member}`).join("")
}

const tupleItem = (
  { label, shape }: { readonly shape: Shape; readonly label: string | undefined },
  side: Side
) => (label === undefined ? typeText(shape, side) : `${label}: ${typeText(shape, side)}`)

/**
 * What a field contains on the wire: where it names an order or a list, also the caller's own id.
 */
export const wireDocOf = ({ client, doc, shape }: Field): string | undefined =>
  client !== undefined && shape.kind === "id"
    ? `An id such as \`${shape.prefix}_17\`, or \`client:ID\` with your own id.`
    : doc

export const fieldText = (field: Field, side: Side): string => {
  const { absent, client, doc, name, optional, shape, wire } = field
  if (side !== "wire") {
    const type = `${typeText(shape, side)}${absent ? " | undefined" : ""}`
    return documented(doc, `readonly ${name}${optional ? "?" : ""}: ${type}`)
  }
  const mayLack = (optional && client === undefined) || absent
  const text = `readonly ${wire}${mayLack ? "?" : ""}: ${typeText(shape, side)}`
  return documented(wireDocOf(field), text)
}

/** The fields of a struct that a side shows. */
export type Shown = (field: Field) => boolean

/** Declares a struct: its own fields, plus those of its bases. */
const structText = (
  shape: Struct,
  side: Side,
  shown: Shown,
  more: ReadonlyArray<string>
): string => {
  const inherited = new Set(shape.bases.flatMap(({ fields }) => fields.map(({ name }) => name)))
  const isThere = (field: Field) => shown(field) && !(side === "wire" && field.inside !== undefined)
  const own = shape.fields.filter((field) => !inherited.has(field.name) && isThere(field))
  const bases = [...shape.bases.map((base) => nameOn(side, base)!), ...more]
  const heading = `export interface ${nameOn(side, shape)!}${bases.length > 0 ? ` extends ${bases.join(", ")}` : ""}`
  const body = own.map((field) => fieldText(field, side).replace(/^/gm, "  ")).join("\n")
  return documented(shape.doc, own.length === 0 ? `${heading} {}` : `${heading} {\n${body}\n}`)
}

const declarationText = (
  shape: Shape,
  side: Side,
  shown: Shown,
  more: ReadonlyArray<string>
): string =>
  shape.kind === "struct"
    ? structText(shape, side, shown, more)
    : documented(
        shape.doc,
        `export type ${nameOn(side, shape)!} = ${inlineText(shape, side)}`.replace("= \n", "=\n")
      )

/** The shapes a shape consists of, itself last. */
export const partsOf = (shape: Shape, shown: Shown): ReadonlyArray<Shape> => {
  switch (shape.kind) {
    case "list":
      return [...partsOf(shape.item, shown), shape]
    case "record":
      return [...partsOf(shape.value, shown), shape]
    case "tuple":
      return [...shape.items.flatMap((item) => partsOf(item.shape, shown)), shape]
    case "union":
      return [...shape.members.flatMap((member) => partsOf(member, shown)), shape]
    case "struct":
      return [
        ...shape.bases.flatMap((base) => partsOf(base, shown)),
        ...shape.fields.filter(shown).flatMap((field) => partsOf(field.shape, shown)),
        shape
      ]
    default:
      return [shape]
  }
}

interface Root {
  readonly shape: Shape
  readonly shown: Shown
}

const all: Shown = () => true

const requestOf = ({ request }: Operation): Shape | undefined =>
  request === undefined ? undefined : shapeOf(request)
const answerOf = ({ answer }: Operation): ReadonlyArray<Root> =>
  answer === undefined ? [] : [{ shape: shapeOf(answer), shown: all }]

/** The members of a request: itself, or those of the union. */
const membersOf = (shape: Shape): ReadonlyArray<Shape> =>
  shape.kind === "union" ? [...shape.members.flatMap(membersOf), shape] : [shape]

/** Requests of commands, which may be repeated under a key. */
const repeatable = (operations: ReadonlyArray<Operation>): ReadonlySet<Shape> =>
  new Set(
    operations.flatMap((op) => (isKeyed(op) && op.request ? membersOf(shapeOf(op.request)) : []))
  )

/** Every declaration the roots need, each once and before its first use. */
const declarations = (
  roots: ReadonlyArray<Root>,
  side: Side,
  keyed: ReadonlySet<Shape>,
  wanted: (shape: Shape) => boolean = () => true
): ReadonlyArray<string> => {
  const seen = new Map<string, Shape>()
  const texts: Array<string> = []
  for (const { shape: root, shown } of roots) {
    for (const shape of partsOf(root, shown)) {
      const name = nameOn(side, shape)
      if (name === undefined || !isDeclared(side, shape) || !wanted(shape)) continue
      const before = seen.get(name)
      if (before !== undefined && !isSame(before, shape))
        throw new Error(`Two types are called ${name}`)
      if (before !== undefined) continue
      seen.set(name, shape)
      texts.push(
        declarationText(
          shape,
          side,
          shown,
          keyed.has(shape) && shape.kind === "struct" ? ["Again"] : []
        )
      )
    }
  }
  return texts
}

/** A field with documentation of its own contains a copy of a named schema. */
const isSame = (one: Shape, other: Shape): boolean =>
  one === other || JSON.stringify(one, printable) === JSON.stringify(other, printable)
const printable = (_: string, value: unknown) => (value instanceof RegExp ? String(value) : value)

const again = documented(
  "Makes a command repeatable: the same one sent again is not done twice.",
  `export interface Again {
${documented(
  "From `idempotencyKey()`. The same request with the same key gets the first answer again, for 24 hours.",
  "readonly key?: string"
).replace(/^/gm, "  ")}
${documented(
  "For a service that numbers its commands 1, 2, 3 …: each is done once for ever.",
  "readonly source?: { readonly name: string; readonly number: number }"
).replace(/^/gm, "  ")}
}`
)

/** The types of the SDK's requests and answers. */
export const printSdk = (operations: ReadonlyArray<Operation>): string => {
  const offered = operations.filter(isOffered)
  const roots = offered.flatMap((op) => {
    const request = requestOf(op)
    return [...(request === undefined ? [] : [{ shape: request, shown: all }]), ...answersOf(op)]
  })
  return headed("Requests and answers of the SDK.", [
    again,
    ...declarations(roots, "sdk", repeatable(operations))
  ])
}

/** The types of requests and answers that the SDK does not have. */
export const printServer = (operations: ReadonlyArray<Operation>, sdk: string): string => {
  const roots = operations
    .filter((op) => !isOffered(op))
    .flatMap((op) => [
      ...(op.request === undefined ? [] : [{ shape: requestOf(op)!, shown: all }]),
      ...answerOf(op)
    ])
  const isInSdk = (shape: Shape) =>
    new RegExp(`^export (interface|type) ${shape.name}\\b`, "m").test(sdk)
  const printed = declarations(roots, "sdk", new Set(), (shape) => !isInSdk(shape))
  const names = new Set(
    roots
      .flatMap(({ shape }) => partsOf(shape, all))
      .flatMap((shape) => (isDeclared("sdk", shape) && isInSdk(shape) ? [shape.name!] : []))
  )
  const needed = [...names]
    .filter((name) => printed.some((text) => new RegExp(`\\b${name}\\b`).test(text)))
    .sort()
  return headed("Requests and answers of the server, beside those of the SDK.", [
    `import type { Redacted } from "effect"\nimport type {\n${needed.map((name) => `  ${name}`).join(",\n")}\n} from "./sdk.ts"`,
    ...printed
  ])
}

/** Where the SDK returns one field, only what that field contains. */
const answersOf = (op: Operation): ReadonlyArray<Root> =>
  op.sdk !== "data"
    ? answerOf(op)
    : answerOf(op).map((root) => ({
        ...root,
        shape: (root.shape as Struct).fields.find((f) => f.name === "data")!.shape
      }))

/**
 * Requests of a user about their own account, which they do not name. All other types are those of
 * the SDK.
 */
export const printOwn = (operations: ReadonlyArray<Operation>): string => {
  const own = operations.filter((op) => isOffered(op) && isAboutAccount(op))
  const shown: Shown = (field) => field.account !== true
  const roots = own.map((op) => ({ shape: requestOf(op)!, shown }))
  const printed = declarations(roots, "own", repeatable(operations), namesAccount)
  const others = roots
    .flatMap(({ shape }) => partsOf(shape, shown))
    .filter((shape) => !namesAccount(shape))
  const used = new Set([
    "Again",
    ...others.filter((shape) => isDeclared("own", shape)).map(({ name }) => name!)
  ])
  const needed = [...used]
    .filter((name) => printed.some((text) => new RegExp(`\\b${name}\\b`).test(text)))
    .sort()
  return headed("Requests about one's own account, which they do not name.", [
    `import type {\n${needed.map((name) => `  ${name}`).join(",\n")}\n} from "./sdk.ts"`,
    ...printed
  ])
}

/** Whether a type has an account field, and so a second form without it. */
const namesAccount = (shape: Shape): boolean =>
  shape.kind === "struct"
    ? shape.fields.some(({ account }) => account === true)
    : shape.kind === "union" && shape.members.some(namesAccount)

/** REST bodies and answers, and stream messages, as JSON. */
export const printWire = (operations: ReadonlyArray<Operation>): string => {
  const bodies = operations
    .filter(({ rest }) => rest !== undefined)
    .flatMap((op) => {
      const body = new Set(placementOf(op).body.map(({ name }) => name))
      const request = requestOf(op)
      const outside = new Set(
        [...placementOf(op).path, ...placementOf(op).query].flatMap(({ client, name }) => [
          name,
          client
        ])
      )
      const shown = (field: Field) => !outside.has(field.name)
      return [...(body.size === 0 ? [] : [{ shape: request!, shown }]), ...answerOf(op)]
    })
  const messages = [Message, ProblemDetails].map((schema) => ({
    shape: shapeOf(schema),
    shown: all
  }))
  return headed(
    "Bodies and answers of REST and messages of the stream, as JSON has them.",
    declarations([...bodies, ...messages], "wire", new Set())
  )
}
