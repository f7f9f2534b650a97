/**
 * Schemas as plain data, from which generators, checks and writers are made. The only file that
 * reads Effect's syntax trees, where constraints are in `checks[].annotations.representation` and
 * the documentation of keys in `context.annotations`.
 */
import type { Schema, SchemaAST } from "effect"
import type { FaultCode } from "./Fault.ts"
import type { KeyMarks, Marks } from "./fields.ts"

interface Named {
  /** The type's name. */
  readonly name?: string
  readonly doc?: string
  /** The type's name on the wire, where it differs. */
  readonly wireName?: string
  /** What a value must be, in words. Default: derived from its limits. */
  readonly mustBe?: string
}

export interface Text extends Named {
  readonly kind: "text"
  readonly min: number
  readonly max: number
  readonly pattern: RegExp | undefined
  /** `symbol` names something listed; `label` is printable ASCII kept by the venue. */
  readonly use: "symbol" | "label" | undefined
}

export interface Whole extends Named {
  readonly kind: "whole"
  readonly min: number
  readonly max: number
}

/** A number inside, `PREFIX_NUMBER` on the wire. */
export interface Id extends Named {
  readonly kind: "id"
  readonly prefix: string
}

export interface Literals extends Named {
  readonly kind: "literals"
  readonly values: ReadonlyArray<string | number | boolean>
}

export interface List extends Named {
  readonly kind: "list"
  readonly item: Shape
  readonly min: number
  readonly max: number
}

export interface Tuple extends Named {
  readonly kind: "tuple"
  readonly items: ReadonlyArray<{ readonly shape: Shape; readonly label: string | undefined }>
}

export interface Field extends Omit<KeyMarks, "description"> {
  readonly name: string
  readonly wire: string
  readonly doc: string | undefined
  readonly shape: Shape
  /** Optional, inside and on the wire. */
  readonly optional: boolean
  /** `undefined` inside and absent on the wire. */
  readonly absent: boolean
}

export interface Struct extends Named {
  readonly kind: "struct"
  readonly fields: ReadonlyArray<Field>
  readonly bases: ReadonlyArray<Struct>
  /** The code for a field that belongs to another member of the same union. */
  readonly foreign: FaultCode | undefined
}

export interface Union extends Named {
  readonly kind: "union"
  readonly members: ReadonlyArray<Shape>
}

/** `time`: milliseconds, or a `Date` inside. `secret`: redacted inside, text on the wire. */
export interface Plain extends Named {
  readonly kind:
    | "decimal"
    | "signedDecimal"
    | "boolean"
    | "number"
    | "null"
    | "undefined"
    | "time"
    | "secret"
    | "unknown"
}

export interface Record extends Named {
  readonly kind: "record"
  readonly value: Shape
}

export type Shape = Text | Whole | Id | Literals | List | Tuple | Struct | Union | Plain | Record

const known = new WeakMap<object, Shape>()

/** Returns the shape of a schema, always the same object for the same schema. */
export const shapeOf = (schema: Schema.Top): Shape => shapeOfAst(schema.ast)

/** Whether a shape is a struct or a union of structs. */
export const hasFields = (shape: Shape): shape is Struct | Union =>
  shape.kind === "struct" || (shape.kind === "union" && shape.members.every(hasFields))

/** The fields of a struct, or of all members of a union of structs, each name once. */
export const fieldsOf = (shape: Shape): ReadonlyArray<Field> => {
  if (shape.kind === "struct") return shape.fields
  if (shape.kind !== "union") throw new Error(`${shape.name ?? shape.kind} has no fields`)
  const all = new Map(shape.members.flatMap(fieldsOf).map((field) => [field.name, field]))
  return [...all.values()]
}

const shapeOfAst = (ast: SchemaAST.AST): Shape => {
  const before = known.get(ast)
  if (before !== undefined) return before
  const shape = read(ast, annotationsOf(ast))
  known.set(ast, shape)
  return shape
}

interface Annotations extends Marks {
  readonly identifier?: string
  readonly description?: string
}

/** Effect keeps the annotations of a checked schema with its last check. */
const annotationsOf = (ast: SchemaAST.AST): Annotations =>
  Object.assign({}, ast.annotations, ...(ast.checks ?? []).map((check) => check.annotations))

const namesOf = ({ description, identifier, mustBe, wireName }: Annotations): Named => ({
  ...(identifier !== undefined && { name: identifier }),
  ...(description !== undefined && { doc: description }),
  ...(wireName !== undefined && { wireName }),
  ...(mustBe !== undefined && { mustBe })
})

const read = (ast: SchemaAST.AST, annotations: Annotations): Shape => {
  const named = namesOf(annotations)
  switch (annotations.leaf) {
    case undefined:
    case "symbol":
    case "label":
      return plain(ast, annotations, named)
    case "id":
      return { kind: "id", prefix: annotations.prefix!, ...named }
    default:
      return { kind: annotations.leaf, ...named }
  }
}

const plain = (ast: SchemaAST.AST, annotations: Annotations, named: Named): Shape => {
  switch (ast._tag) {
    case "String": {
      const { maxLength = Number.MAX_SAFE_INTEGER, minLength = 0, source, flags } = limitsOf(ast)
      const pattern = source === undefined ? undefined : new RegExp(source, flags)
      const use =
        annotations.leaf === "symbol" || annotations.leaf === "label" ? annotations.leaf : undefined
      return { kind: "text", min: minLength, max: maxLength, pattern, use, ...named }
    }
    case "Number":
      return numberOf(ast, named)
    case "Boolean":
      return { kind: "boolean", ...named }
    case "Null":
      return { kind: "null", ...named }
    case "Undefined":
      return { kind: "undefined", ...named }
    case "Literal":
      return { kind: "literals", values: [ast.literal as string], ...named }
    case "Union":
      return unionOf(ast, named)
    case "Arrays":
      return arrayOf(ast, named)
    case "Objects":
      return objectOf(ast, annotations, named)
    case "Unknown":
    case "Any":
      return { kind: "unknown", ...named }
    default:
      throw new Error(
        `The contract has no shape for the schema ${ast._tag} (${named.name ?? "without a name"})`
      )
  }
}

interface Limits {
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly source?: string
  readonly flags?: string
  readonly isInt?: boolean
}

/** The constraints of all checks as one object. Throws for an unsupported check. */
const limitsOf = (ast: SchemaAST.AST): Limits =>
  Object.assign(
    {},
    ...(ast.checks ?? []).map((check) => limitsOfCheck(check as SchemaAST.Filter<unknown>))
  )

const limitsOfCheck = ({ annotations }: SchemaAST.Filter<unknown>): Limits => {
  const { id, payload } = (
    annotations as { representation?: { id: string; payload: Limits | null } } | undefined
  )?.representation ?? { id: "a check without a representation", payload: null }
  switch (id) {
    case "effect/schema/isInt":
      return { isInt: true }
    case "effect/schema/isMinLength":
    case "effect/schema/isMaxLength":
    case "effect/schema/isBetween":
    case "effect/schema/isPattern":
      return payload!
    // This holds for all text in a request.
    case "pandora/isWellFormed":
      return {}
    default:
      throw new Error(`The contract knows no ${id}`)
  }
}

const numberOf = (ast: SchemaAST.AST, named: Named): Shape => {
  const {
    isInt,
    maximum = Number.MAX_SAFE_INTEGER,
    minimum = Number.MIN_SAFE_INTEGER
  } = limitsOf(ast)
  return isInt === true
    ? { kind: "whole", min: minimum, max: maximum, ...named }
    : { kind: "number", ...named }
}

const unionOf = (ast: SchemaAST.Union, named: Named): Shape => {
  const members = ast.types.map(shapeOfAst)
  const literals = members.filter((member) => member.kind === "literals")
  if (literals.length === members.length) {
    return { kind: "literals", values: literals.flatMap(({ values }) => values), ...named }
  }
  return { kind: "union", members, ...named }
}

const arrayOf = (ast: SchemaAST.Arrays, named: Named): Shape => {
  const { maxLength = Number.MAX_SAFE_INTEGER, minLength = 0 } = limitsOf(ast)
  const [rest] = ast.rest
  if (rest !== undefined)
    return { kind: "list", item: shapeOfAst(rest), min: minLength, max: maxLength, ...named }
  const items = ast.elements.map((item) => ({
    shape: shapeOfAst(item),
    label: keyMarksOf(item).description
  }))
  return { kind: "tuple", items, ...named }
}

const objectOf = (ast: SchemaAST.Objects, annotations: Annotations, named: Named): Shape => {
  const [index] = ast.indexSignatures
  if (index !== undefined) return { kind: "record", value: shapeOfAst(index.type), ...named }
  const { bases = [], foreign, wireKeys = {} } = annotations
  return {
    kind: "struct",
    fields: ast.propertySignatures.map(({ name, type }) => fieldOf(String(name), type, wireKeys)),
    bases: bases.map((base) => shapeOf(base) as Struct),
    foreign,
    ...named
  }
}

const keyMarksOf = (ast: SchemaAST.AST): KeyMarks => (ast.context?.annotations ?? {}) as KeyMarks

const fieldOf = (
  name: string,
  ast: SchemaAST.AST,
  wireKeys: Readonly<Partial<{ [name: string]: string }>>
): Field => {
  const { absent } = annotationsOf(ast)
  const { description, ...marks } = keyMarksOf(ast)
  return {
    name,
    wire: wireKeys[name] ?? name,
    doc: description,
    shape: absent === undefined ? shapeOfAst(ast) : shapeOf(absent),
    optional: ast.context?.isOptional === true,
    absent: absent !== undefined,
    ...marks
  }
}
