/**
 * Converts shapes to JSON Schema for the types in JSON, which OpenAPI and AsyncAPI reference as
 * `#/components/schemas/…`.
 */
import type { Field, Shape, Struct } from "../shape.ts"
import { nameOn, wireDocOf } from "./types.ts"

export type Json = { readonly [name: string]: unknown }

/**
 * OpenAPI 3.1 uses JSON Schema 2020-12; AsyncAPI 3 uses draft 7, which allows nothing beside
 * `$ref`.
 */
export type Dialect = "2020-12" | "draft-07"

/** Collects the named schemas a document refers to. */
export class JsonSchemas {
  private readonly named = new Map<string, Json>()
  private readonly dialect: Dialect

  constructor(dialect: Dialect) {
    this.dialect = dialect
  }

  /** Every referenced schema, by name. */
  get components(): Json {
    return Object.fromEntries([...this.named].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  /** A reference to the schema of a named shape, or the schema itself. */
  of(shape: Shape, shown: (field: Field) => boolean = () => true): Json {
    const name = nameOn("wire", shape)
    if (name === undefined) return this.inline(shape, shown)
    if (!this.named.has(name)) {
      this.named.set(name, {})
      this.named.set(name, { title: name, ...described(shape.doc), ...this.inline(shape, shown) })
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  /** The schema of a field, with the field's own documentation. */
  ofField(field: Field): Json {
    const doc = wireDocOf(field)
    const schema = field.client === undefined ? this.of(field.shape) : this.idOrOwn(field.shape)
    if (doc === undefined) return schema
    return this.dialect === "draft-07" && "$ref" in schema
      ? { allOf: [schema], description: doc }
      : { ...schema, description: doc }
  }

  /** An id, or the caller's own id after `client:`. */
  private idOrOwn(shape: Shape): Json {
    const prefix = shape.kind === "id" ? shape.prefix : ""
    return {
      type: "string",
      pattern: `^(${prefix}_[1-9][0-9]{0,15}|client:.{1,36})$`,
      examples: [`${prefix}_17`, "client:my-id"]
    }
  }

  private inline(shape: Shape, shown: (field: Field) => boolean): Json {
    switch (shape.kind) {
      case "text":
        return {
          type: "string",
          ...(shape.min > 0 && { minLength: shape.min }),
          ...(shape.max < Number.MAX_SAFE_INTEGER && { maxLength: shape.max }),
          // Some tools do not support Unicode properties in patterns, so the description has to say
          // it.
          ...(shape.pattern?.flags === "" && { pattern: shape.pattern.source })
        }
      case "decimal":
        return {
          type: "string",
          maxLength: 64,
          pattern: "^[0-9]+(\\.[0-9]+)?$",
          ...this.example("0.015")
        }
      case "signedDecimal":
        return { type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$", ...this.example("-0.015") }
      case "id":
        return {
          type: "string",
          pattern: `^${shape.prefix}_[1-9][0-9]{0,15}$`,
          ...this.example(`${shape.prefix}_17`)
        }
      case "whole":
        return {
          type: "integer",
          ...(shape.min > Number.MIN_SAFE_INTEGER && { minimum: shape.min }),
          ...(shape.max < Number.MAX_SAFE_INTEGER && { maximum: shape.max })
        }
      case "time":
        return { type: "integer", minimum: 0 }
      case "secret":
        return { type: "string", format: "password", minLength: 1, maxLength: 2_048 }
      case "literals":
        return { type: typeof shape.values[0], enum: shape.values }
      case "list":
        return {
          type: "array",
          items: this.of(shape.item),
          ...(shape.min > 0 && { minItems: shape.min }),
          ...(shape.max < Number.MAX_SAFE_INTEGER && { maxItems: shape.max })
        }
      case "tuple":
        return this.tuple(shape.items.map((item) => this.of(item.shape)))
      case "union":
        return this.union(shape.members.map((member) => this.of(member, shown)))
      case "record":
        return { type: "object", additionalProperties: this.of(shape.value) }
      case "struct":
        return this.object(shape, shown)
      case "unknown":
        return {}
      case "undefined":
        throw new Error("A value that may be undefined has no JSON")
      default:
        return { type: shape.kind }
    }
  }

  private example(value: string): Json {
    return { examples: [value] }
  }

  private tuple(items: ReadonlyArray<Json>): Json {
    const length = { minItems: items.length, maxItems: items.length }
    return this.dialect === "draft-07"
      ? { type: "array", items, ...length }
      : // No further items, as their number says; some readers insist on `items`.
        { type: "array", prefixItems: items, items: items[0], ...length }
  }

  private union(members: ReadonlyArray<Json>): Json {
    const plain = members.length === 2 && members.find(({ type }) => type === "null") !== undefined
    const other = members.find(({ type }) => type !== "null")!
    if (plain && typeof other["type"] === "string")
      return { ...other, type: [other["type"], "null"] }
    return { anyOf: members }
  }

  private object(shape: Struct, shown: (field: Field) => boolean): Json {
    const fields = shape.fields.filter((field) => shown(field) && field.inside === undefined)
    const required = fields
      .filter(({ absent, client, optional }) => !absent && (!optional || client !== undefined))
      .map(({ wire }) => wire)
    return {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.wire, this.ofField(field)])),
      ...(required.length > 0 && { required }),
      additionalProperties: false
    }
  }
}

const described = (doc: string | undefined): Json => (doc === undefined ? {} : { description: doc })
