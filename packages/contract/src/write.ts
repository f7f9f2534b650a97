/**
 * Writers of answers, generated from shapes on first use: from what programs see straight to JSON,
 * without an intermediate object. Where a program must not generate code, Effect's encoder does the
 * same.
 */
import { Redacted, Schema } from "effect"
import { remembered } from "./internal/remembered.ts"
import { isMember } from "./internal/unions.ts"
import {
  type Field,
  type List,
  type Shape,
  shapeOf,
  type Struct,
  type Tuple,
  type Union
} from "./shape.ts"

/** The JSON of an answer. */
export type Write = (answer: unknown) => string

export const writerOf: (answer: Schema.Top) => Write = remembered((answer: Schema.Top): Write => {
  const code = new Writer()
  code.value(shapeOf(answer), "answer")
  return code.compiled() ?? encoded(answer)
})

const encoded = (answer: Schema.Top): Write => {
  const encode = Schema.encodeUnknownSync(answer as Schema.Codec<unknown>)
  return (value) => JSON.stringify(encode(value))
}

const quoted = (text: string): string => JSON.stringify(text)

/** Most text needs no escaping, and checking for that is faster than escaping. */
const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const textQuoted = (text: string): string =>
  plainText.test(text) ? `"${text}"` : JSON.stringify(text)

/** Whether text can be put into JSON unchanged. */
const isPlain = (text: string): boolean => /^[A-Za-z0-9 _.:/-]*$/.test(text)

/** A concatenation of strings, with adjacent literals merged. */
const joined = (expressions: ReadonlyArray<string>): string => {
  const parts = expressions.flatMap((expression) => expression.split(" + "))
  const merged: Array<string> = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (last?.endsWith('"') === true && last.startsWith('"') && part.startsWith('"')) {
      merged[merged.length - 1] = `${last.slice(0, -1)}${part.slice(1)}`
    } else merged.push(part)
  }
  return merged.join(" + ")
}

class Writer {
  private readonly lines: Array<string> = []
  /** Expressions still to be written, in one statement. */
  private pending: Array<string> = []
  private variables = 0

  compiled(): Write | undefined {
    this.flush()
    const source = `return function (answer) {\nlet s = ""\n${this.lines.join("\n")}\nreturn s\n}`
    try {
      return new Function("reveal", "quote", source)(Redacted.value, textQuoted) as Write
    } catch (error) {
      if (error instanceof EvalError) return undefined
      throw error
    }
  }

  /** Adds statements that write the value of an expression. */
  value(shape: Shape, v: string): void {
    switch (shape.kind) {
      case "list":
        return this.list(shape, v)
      case "tuple":
        return this.tuple(shape, v)
      case "struct":
        return this.struct(shape, v)
      case "union":
        return this.union(shape, v)
      case "record":
        return shape.value.kind === "unknown"
          ? this.write(`JSON.stringify(${v})`)
          : this.record(shape.value, v)
      default:
        return this.write(leaf(shape, v))
    }
  }

  private add(line: string): void {
    this.flush()
    this.lines.push(line)
  }

  /** Writes an expression. */
  private write(expression: string): void {
    this.pending.push(expression)
  }

  private flush(): void {
    if (this.pending.length > 0) this.lines.push(`s += ${joined(this.pending)}`)
    this.pending = []
  }

  private variable(): string {
    return `v${this.variables++}`
  }

  private list({ item }: List, v: string): void {
    const [index, value] = [this.variable(), this.variable()]
    this.write(`"["`)
    this.add(
      `for (let ${index} = 0; ${index} < ${v}.length; ${index}++) { const ${value} = ${v}[${index}]`
    )
    this.add(`if (${index} > 0) s += ","`)
    this.value(item, value)
    this.add("}")
    this.write(`"]"`)
  }

  private tuple({ items }: Tuple, v: string): void {
    items.forEach(({ shape }, i) => {
      this.write(i === 0 ? `"["` : `","`)
      this.value(shape, `${v}[${i}]`)
    })
    this.write(`"]"`)
  }

  private record(shape: Shape, v: string): void {
    const [name, comma] = [this.variable(), this.variable()]
    this.add(`let ${comma} = "{"`)
    this.add(
      `for (const ${name} of Object.keys(${v})) { s += ${comma} + JSON.stringify(${name}) + ":"; ${comma} = ","`
    )
    this.value(shape, `${v}[${name}]`)
    this.add("}")
    this.write(`(${comma} === "{" ? "{}" : "}")`)
  }

  /** Whether a comma precedes a field is known once an earlier field is always present. */
  private struct({ fields }: Struct, v: string): void {
    const comma = this.variable()
    const isSure = fields[0] !== undefined && !mayLack(fields[0])
    if (!isSure) this.add(`let ${comma} = "{"`)
    fields.forEach((field, i) => {
      const value = this.variable()
      const key = quoted(`${quoted(field.wire)}:`).slice(1)
      if (mayLack(field)) {
        this.add(`const ${value} = ${v}.${field.name}`)
        this.add(`if (${value} !== undefined) {`)
      }
      if (isSure) this.write(`"${i === 0 ? "{" : ","}${key}`)
      else this.add(`s += ${comma} + "${key}; ${comma} = ","`)
      this.value(field.shape, mayLack(field) ? value : `${v}.${field.name}`)
      if (mayLack(field)) this.add("}")
    })
    this.write(isSure ? `"}"` : `(${comma} === "{" ? "{}" : "}")`)
  }

  private union({ members }: Union, v: string): void {
    const structs = members.filter((member) => member.kind === "struct")
    if (structs.length === 0) return this.write(`JSON.stringify(${v})`)
    const others = members.filter(({ kind }) => kind === "null" || kind === "undefined")
    if (structs.length + others.length < members.length)
      throw new Error("A union of an answer mixes objects and values")
    if (others.length > 0) this.add(`if (${v} === null || ${v} === undefined) s += "null"; else {`)
    structs.forEach((member, i) => {
      const condition =
        i === structs.length - 1 ? "" : `if (${isMember(member, structs, () => v)}) `
      this.add(`${i === 0 ? "" : "else "}${condition}{`)
      this.struct(member, v)
      this.add("}")
    })
    if (others.length > 0) this.add("}")
  }
}

const mayLack = ({ absent, optional }: Field): boolean => absent || optional

const leaf = (shape: Shape, v: string): string => {
  switch (shape.kind) {
    case "id":
      return `"\\"${shape.prefix}_" + ${v} + "\\""`
    case "decimal":
    case "signedDecimal":
      return `"\\"" + ${v} + "\\""`
    case "whole":
    case "number":
    case "boolean":
      return v
    case "time":
      return `+${v}`
    case "text":
      return `quote(${v})`
    case "null":
      return `"null"`
    case "secret":
      return `JSON.stringify(reveal(${v}))`
    case "literals":
      return shape.values.every((value) => typeof value === "string" && isPlain(value))
        ? `"\\"" + ${v} + "\\""`
        : `JSON.stringify(${v})`
    default:
      return `JSON.stringify(${v})`
  }
}
