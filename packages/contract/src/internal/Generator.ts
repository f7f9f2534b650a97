/** Generates the source of checks: one function per request, without unnecessary calls or loops. */
import { Redacted } from "effect"
import { Fault, type FaultCode } from "../Fault.ts"
import { ClientOrderId } from "../fields.ts"
import {
  type Field,
  hasFields,
  type Id,
  type List,
  type Record as RecordShape,
  type Shape,
  shapeOf,
  type Struct,
  type Text,
  type Union
} from "../shape.ts"
import * as WireId from "../WireId.ts"
import { expectedOf, oneOfText } from "./expected.ts"
import { idCodes, insideCodes } from "./insideCodes.ts"
import { hasField, isMember, literalOf, tagOf } from "./unions.ts"

/**
 * `inside`: from a program. `json` and `url`: from the wire, to be converted to what programs see.
 */
export type Mode = "inside" | "json" | "url"

/** An object that contains some of the fields of a request. */
export interface Holder {
  /** The variable that contains it. */
  readonly variable: string
  /** An expression for its path in the request; absent for the request itself. */
  readonly path: string | undefined
  /** Other fields it may have. */
  readonly extra: ReadonlyArray<string>
  readonly mode: Mode
  readonly takes: (field: Field) => boolean
}

/** A variable with the value read for a field. */
interface Read {
  readonly name: string
  readonly variable: string
  readonly optional: boolean
}

/** Where a value is checked. */
interface Place {
  readonly variable: string
  /** An expression. */
  readonly path: string
  readonly mode: Mode
  /** The code for an invalid value from a program, where the default of its kind does not fit. */
  readonly code: FaultCode | undefined
}

const fault = (code: FaultCode, path: string, expected?: string): string =>
  `return fault(${JSON.stringify(code)}, ${path}${expected === undefined ? "" : `, ${JSON.stringify(expected)}`})`

/** The path of a field: a single literal where the parent path is one. */
const joined = (path: string | undefined, name: string): string =>
  path === undefined
    ? JSON.stringify(name)
    : /^"[^"]*"$/.test(path)
      ? `${path.slice(0, -1)}.${name}"`
      : `${path} + ${JSON.stringify(`.${name}`)}`

const ascii = /^[\x20-\x7e]{0,64}$/
const digits = /^(0|[1-9][0-9]{0,15})$/
/** Account numbers have 32 bits. */
const accountMax = 4_294_967_295
const clientPrefix = "client:"
const clientId = shapeOf(ClientOrderId) as Text

const identifierText: Text = { kind: "text", min: 1, max: 64, pattern: undefined, use: undefined }
const secretText: Text = { kind: "text", min: 1, max: 2_048, pattern: undefined, use: undefined }

/** Nested in another field on the wire. */
const isInside = (field: Field, { mode }: Holder): boolean =>
  mode !== "inside" && field.inside !== undefined

const nameIn = (field: Field, { mode }: Holder): string =>
  mode === "inside" ? field.name : field.wire

/** A function under construction. */
export class Generator {
  private readonly lines: Array<string> = []
  private readonly constants: Array<unknown> = []
  private variables = 0

  add(line: string): void {
    this.lines.push(line)
  }

  /** Returns `undefined` where programs must not generate code. */
  compiled<F>(parameters: ReadonlyArray<string>): F | undefined {
    const names = this.constants.map((_, i) => `c${i}`)
    const source = `return function (${parameters.join(", ")}) {\n${this.lines.join("\n")}\n}`
    const make = (code: FaultCode, field: string, expected?: string) =>
      new Fault(code, field, expected)
    try {
      return new Function("fault", ...names, source)(make, ...this.constants) as F
    } catch (error) {
      if (error instanceof EvalError) return undefined
      throw error
    }
  }

  /** Fails for values that no wire or program object can be. */
  mustBeObject(variable: string, code: FaultCode, path: string): void {
    const wrong = `typeof ${variable} !== "object" || ${variable} === null || Array.isArray(${variable})`
    this.add(
      `if (${wrong}) ${fault(code, path, code === "NotAnObject" ? undefined : "must be an object")}`
    )
  }

  required(variable: string, path: string, missing: FaultCode | undefined): void {
    this.add(`if (${variable} === undefined) ${fault(missing ?? "MissingField", path)}`)
  }

  /** The fields of every stream message. */
  envelope(): void {
    this.add("let id = message.id")
    this.required("id", '"id"', undefined)
    this.value(identifierText, { variable: "id", path: '"id"', mode: "json", code: undefined })
    this.add(
      `if (message.key !== undefined && typeof message.key !== "string") ${fault("InvalidValue", '"key"')}`
    )
  }

  /** Checks the object whose fields are in the holders. Returns the variable with the result. */
  object(shape: Shape, holders: ReadonlyArray<Holder>): string {
    const target = this.variable()
    this.add(`let ${target}`)
    if (shape.kind === "union") this.member(shape.members as ReadonlyArray<Struct>, holders, target)
    else this.struct(shape as Struct, holders, target, [])
    return target
  }

  private constant(value: unknown): string {
    this.constants.push(value)
    return `c${this.constants.length - 1}`
  }

  private variable(): string {
    return `v${this.variables++}`
  }

  /**
   * Picks the member by a literal that all members have, or otherwise by a field only that member
   * requires.
   */
  private member(
    members: ReadonlyArray<Struct>,
    holders: ReadonlyArray<Holder>,
    target: string
  ): void {
    const tag = tagOf(members)
    members.forEach((member, i) => {
      const condition = isMember(member, members, (field) => holderOf(field, holders).variable)
      const last = tag === undefined && i === members.length - 1
      this.add(`${i === 0 ? "" : "else "}${last ? "" : `if (${condition}) `}{`)
      this.struct(member, holders, target, members)
      this.add("}")
    })
    if (tag === undefined) return
    const holder = holderOf(tag, holders)
    const path = joined(holder.path, tag.name)
    const values = members.flatMap((member) => literalOf(member, tag.name)!.values)
    this.add(
      `else ${holder.mode === "inside" ? fault("NotOneOf", path) : fault("InvalidValue", path, oneOfText(values))}`
    )
  }

  private struct(
    shape: Struct,
    holders: ReadonlyArray<Holder>,
    target: string,
    family: ReadonlyArray<Struct>
  ): void {
    for (const holder of holders) this.closed(shape, holder, family)
    const read = shape.fields.flatMap((field) => {
      const holder = holders.find(({ takes }) => takes(field))
      return holder === undefined || isInside(field, holder) ? [] : this.field(field, holder)
    })
    if (holders[0]!.mode === "inside") return
    const always = read
      .filter(({ optional }) => !optional)
      .map(({ name, variable }) => `${name}: ${variable}`)
    this.add(`${target} = { ${always.join(", ")} }`)
    for (const { name, optional, variable } of read) {
      if (optional) this.add(`if (${variable} !== undefined) ${target}.${name} = ${variable}`)
    }
  }

  /** Refuses undeclared fields, so that a misspelt one is not ignored. */
  private closed(shape: Struct, holder: Holder, family: ReadonlyArray<Struct>): void {
    const fields = shape.fields.filter((field) => holder.takes(field) && !isInside(field, holder))
    const names = [...fields.map((field) => nameIn(field, holder)), ...holder.extra]
    const foreign = family
      .flatMap(({ fields }) => fields.map(({ name }) => name))
      .filter((n) => !hasField(shape, n))
    const cases = (names: ReadonlyArray<string>, then: string) =>
      names.length === 0
        ? ""
        : `${names.map((name) => `case ${JSON.stringify(name)}: `).join("")}${then}; `
    const path = holder.path === undefined ? "name" : `${holder.path} + "." + name`
    this.add(
      `for (const name in ${holder.variable}) switch (name) { ` +
        cases(names, "break") +
        cases([...new Set(foreign)], fault(shape.foreign ?? "UnknownField", path)) +
        `default: if (Object.hasOwn(${holder.variable}, name)) ${fault("UnknownField", path)} }`
    )
  }

  private field(field: Field, holder: Holder): ReadonlyArray<Read> {
    const variable = this.variable()
    const path = joined(holder.path, nameIn(field, holder))
    const { mode } = holder
    const place: Place = { variable, path, mode, code: field.code }
    this.add(`let ${variable} = ${holder.variable}.${nameIn(field, holder)}`)
    if (field.client !== undefined && mode !== "inside")
      return this.named(field, field.client, place, holder)
    const optional = field.optional || (field.account === true && mode !== "inside")
    if (optional) this.add(`if (${variable} !== undefined) {`)
    else if (mode !== "inside" || hasFields(field.shape))
      this.required(variable, path, field.missing)
    this.value(field.shape, place)
    if (optional) this.add("}")
    return [{ name: field.name, variable, optional }]
  }

  /** Reads `ord_17` into the field, and `client:ID` into its sibling. */
  private named(field: Field, client: string, place: Place, holder: Holder): ReadonlyArray<Read> {
    const other = this.variable()
    const { path, variable } = place
    const shape = field.shape as Id
    this.add(`let ${other}`)
    this.required(variable, path, field.missing)
    this.value(identifierText, place)
    this.add(
      `if (${variable}.startsWith("${clientPrefix}") && ${variable}.length > ${clientPrefix.length}) {`
    )
    this.add(`${other} = ${variable}.slice(${clientPrefix.length}); ${variable} = undefined`)
    this.add(
      `if (!${this.constant(clientId.pattern)}.test(${other})) ${fault("MalformedText", joined(holder.path, client), expectedOf(clientId))}`
    )
    this.add("} else {")
    const form = `must be an id such as ${shape.prefix}_17, or ${clientPrefix} with your own id`
    this.readId(shape, variable, fault(idCodes[shape.prefix]![1], path, form))
    this.add("}")
    return [
      { name: field.name, variable, optional: true },
      { name: client, variable: other, optional: true }
    ]
  }

  private readId({ prefix }: Id, variable: string, otherwise: string): void {
    const pattern = this.constant(new RegExp(`^${prefix}_[1-9][0-9]{0,15}$`))
    this.add(
      `if (typeof ${variable} !== "string" || !${pattern}.test(${variable}) || ` +
        `(${variable} = +${variable}.slice(${prefix.length + 1})) > ${Number.MAX_SAFE_INTEGER}) ${otherwise}`
    )
  }

  /** Fails unless `condition` holds. */
  private unless(condition: string, shape: Shape, { code, mode, path }: Place): void {
    const inside = code ?? insideCodes[shape.kind] ?? "InvalidValue"
    const otherwise =
      mode === "inside" ? fault(inside, path) : fault("InvalidValue", path, expectedOf(shape))
    this.add(`if (!(${condition})) ${otherwise}`)
  }

  /** Checks the value in the variable, and reads it into the result. */
  private value(shape: Shape, place: Place): void {
    const { mode, variable: v } = place
    switch (shape.kind) {
      case "text":
        return this.text(shape, place)
      case "decimal":
      case "signedDecimal":
        return this.decimal(shape, place)
      case "id":
        return this.id(shape, place)
      case "whole":
        if (mode === "url") this.add(`if (${this.constant(digits)}.test(${v})) ${v} = +${v}`)
        return this.unless(
          `Number.isSafeInteger(${v}) && ${v} >= ${shape.min} && ${v} <= ${shape.max}`,
          shape,
          place
        )
      case "time":
        if (mode === "inside") this.add(`if (${v} instanceof Date) ${v} = ${v}.getTime()`)
        return this.unless(
          `Number.isSafeInteger(${v}) && ${v} >= ${mode === "inside" ? 1 : 0}`,
          shape,
          place
        )
      case "boolean":
        if (mode === "url")
          this.add(`if (${v} === "true") ${v} = true; else if (${v} === "false") ${v} = false`)
        return this.unless(`typeof ${v} === "boolean"`, shape, place)
      case "literals":
        return this.unless(isA(shape, v), shape, place)
      case "secret":
        return this.secret(place)
      case "list":
        return this.list(shape, place)
      case "struct":
        return this.nested(shape, place)
      case "union":
        if (shape.members.every(({ kind }) => kind === "struct")) return this.nested(shape, place)
        return this.unless(isA(shape, v), shape, place)
      case "record":
        return this.record(shape, place)
      case "unknown":
        return
      default:
        throw new Error(`A request cannot hold a value of the kind ${shape.kind}`)
    }
  }

  private text(shape: Text, place: Place): void {
    const { mode, variable: v } = place
    if (shape.use === "symbol" && mode === "inside") return
    if (shape.use === "label") return this.label(shape, place)
    const matched =
      shape.pattern === undefined ? "" : ` && ${this.constant(shape.pattern)}.test(${v})`
    this.unless(`${isText(v, shape)}${matched}`, shape, place)
  }

  /** Characters the venue would refuse are refused with the venue's code. */
  private label(shape: Text, place: Place): void {
    const { mode, path, variable: v } = place
    const taken = `${this.constant(shape.pattern ?? ascii)}.test(${v})`
    if (mode === "inside") return this.unless(`typeof ${v} === "string" && ${taken}`, shape, place)
    this.unless(`typeof ${v} === "string" && ${sized(v, shape)}`, shape, place)
    const expected = shape.mustBe === undefined ? undefined : expectedOf(shape)
    this.add(`if (!${taken}) ${fault("MalformedText", path, expected)}`)
  }

  private decimal(shape: Shape, place: Place): void {
    if (place.mode === "inside") return
    this.add(`if (typeof ${place.variable} !== "string") ${fault("DecimalNotText", place.path)}`)
    this.unless(`${place.variable}.length <= 64`, shape, place)
  }

  private id(shape: Id, place: Place): void {
    const { mode, path, variable: v } = place
    if (mode !== "inside")
      return this.readId(shape, v, fault("InvalidValue", path, expectedOf(shape)))
    const max = shape.prefix === WireId.account.prefix ? ` && ${v} <= ${accountMax}` : ""
    const code = place.code ?? idCodes[shape.prefix]?.[0]
    this.unless(`Number.isSafeInteger(${v}) && ${v} > 0${max}`, shape, { ...place, code })
  }

  private secret(place: Place): void {
    const { mode, variable: v } = place
    if (mode === "inside")
      return this.unless(`${this.constant(Redacted.isRedacted)}(${v})`, secretText, place)
    this.text(secretText, place)
    this.add(`${v} = ${this.constant((text: string) => Redacted.make(text))}(${v})`)
  }

  private list(shape: List, place: Place): void {
    const { mode, path, variable: v } = place
    this.unless(`Array.isArray(${v}) && ${sized(v, shape)}`, shape, place)
    const [index, item, read] = [this.variable(), this.variable(), this.variable()]
    this.add(
      `const ${read} = []; for (let ${index} = 0; ${index} < ${v}.length; ${index}++) { let ${item} = ${v}[${index}]`
    )
    this.value(shape.item, {
      variable: item,
      path: `${path} + "." + ${index}`,
      mode,
      code: undefined
    })
    this.add(`${read}.push(${item}) }`)
    if (mode !== "inside") this.add(`${v} = ${read}`)
  }

  /** Passes the values on unread: the service that receives them verifies them as a whole. */
  private record({ value }: RecordShape, { mode, path, variable }: Place): void {
    if (value.kind !== "unknown") throw new Error("A request holds only records of unknown values")
    this.mustBeObject(variable, mode === "inside" ? "NotAnObject" : "InvalidValue", path)
  }

  private nested(shape: Struct | Union, { mode, path, variable }: Place): void {
    this.mustBeObject(variable, mode === "inside" ? "NotAnObject" : "InvalidValue", path)
    const read = this.object(shape, [{ variable, path, extra: [], mode, takes: () => true }])
    if (mode !== "inside") this.add(`${variable} = ${read}`)
  }
}

const holderOf = (field: Field, holders: ReadonlyArray<Holder>): Holder =>
  holders.find(({ takes }) => takes(field))!

const sized = (v: string, { max, min }: { readonly min: number; readonly max: number }): string =>
  `${v}.length >= ${min}${max === Number.MAX_SAFE_INTEGER ? "" : ` && ${v}.length <= ${max}`}`

const isText = (v: string, shape: Text): string =>
  `typeof ${v} === "string" && ${sized(v, shape)} && ${v}.isWellFormed()`

/** Whether a single expression can tell if a value has this shape. */
const isA = (shape: Shape, v: string): string => {
  switch (shape.kind) {
    case "boolean":
      return `typeof ${v} === "boolean"`
    case "null":
      return `${v} === null`
    case "text":
      return `(${isText(v, shape)})`
    case "literals":
      return shape.values.map((value) => `${v} === ${JSON.stringify(value)}`).join(" || ")
    case "union":
      return shape.members.map((member) => isA(member, v)).join(" || ")
    default:
      throw new Error(`A union of a request cannot hold a ${shape.kind}`)
  }
}
