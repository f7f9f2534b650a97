/**
 * Generates a compile-time test: each declared schema and its generated type are interchangeable.
 */
import type { Schema } from "effect"
import { isOperation, placementOf } from "../operation.ts"
import { type Shape, shapeOf } from "../shape.ts"
import { headed } from "./text.ts"

/** Modules of declarations, by name. */
export type Modules = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const isSchema = (value: unknown): value is Schema.Top =>
  (typeof value === "object" || typeof value === "function") && value !== null && "ast" in value

/** On the wire a request is spread over path, query and body, so that no single type covers it. */
const isSpread = (shape: Shape, requests: ReadonlySet<Shape>): boolean => {
  if (requests.has(shape)) return true
  if (shape.kind === "list") return isSpread(shape.item, requests)
  if (shape.kind === "union") return shape.members.some((member) => isSpread(member, requests))
  if (shape.kind !== "struct") return false
  return shape.fields.some(
    ({ account, client, shape }) =>
      account === true || client !== undefined || isSpread(shape, requests)
  )
}

/** Requests with fields in the path or the query. */
const spreadRequests = (modules: Modules): ReadonlySet<Shape> =>
  new Set(
    Object.values(modules)
      .flatMap((module) => Object.values(module))
      .filter(isOperation)
      .flatMap((operation) => {
        const { path, query } = placementOf(operation)
        return operation.request === undefined || path.length + query.length === 0
          ? []
          : [shapeOf(operation.request)]
      })
  )

const declares = (file: string, name: string): boolean =>
  new RegExp(`^export (interface|type) ${name}\\b`, "m").test(file)

export const printTypeTest = (modules: Modules, sdk: string, wire: string): string => {
  const spread = spreadRequests(modules)
  const checksOf = (module: string, exported: string, shape: Shape): ReadonlyArray<string> => {
    const { name = "", wireName = name } = shape
    return [
      ...(declares(sdk, name) ? [`same<typeof ${module}.${exported}.Type, sdk.${name}>()`] : []),
      ...(declares(wire, wireName) && !isSpread(shape, spread)
        ? [`same<typeof ${module}.${exported}.Encoded, wire.${wireName}>()`]
        : [])
    ]
  }
  const checks = Object.keys(modules)
    .sort()
    .flatMap((module) =>
      Object.keys(modules[module]!)
        .sort()
        .flatMap((exported) => {
          const value = modules[module]![exported]
          return isSchema(value) ? checksOf(module, exported, shapeOf(value)) : []
        })
    )
  const imports = [
    'import type * as sdk from "../../src/generated/sdk.ts"',
    'import type * as wire from "../../src/generated/wire.ts"',
    ...Object.keys(modules)
      .sort()
      .map((module) => `import type * as ${module} from "../../src/operations/${module}.ts"`)
  ]
  return headed("Each schema and its printed type can stand for each other.", [
    imports.join("\n"),
    "declare const same: <A, B>(...fault: [A, B] extends [B, A] ? [] : [schema: A, printed: B]) => void",
    checks.join("\n")
  ])
}
