/** Copies of requests, so that what is checked, shown and executed is one and the same. */
import { besideOf, type Operation, requestShapeOf } from "./operation.ts"
import { fieldsOf, hasFields, type Shape } from "./shape.ts"

/**
 * What a program gave as plain data, each property read once: the declared fields, wherever the
 * object has them from, and whatever else it has, for the check to refuse. Throws what a property
 * throws.
 */
export const copyOf = (operation: Operation, request: unknown): unknown =>
  copy(request, requestShapeOf(operation), besideOf(operation))

/** Deeper than any request. */
const depthMax = 32

/** What leads back to itself, or is deeper than any request, stays as it is: it is refused. */
const copy = (
  value: unknown,
  shape: Shape | undefined,
  more: ReadonlyArray<string> = [],
  above: ReadonlyArray<object> = []
): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Date) return new Date(value.getTime())
  if (above.length === depthMax || above.includes(value)) return value
  const path = [...above, value]
  if (Array.isArray(value)) {
    const item = shape?.kind === "list" ? shape.item : undefined
    return value.map((found) => copy(found, item, [], path))
  }
  const declared = shape !== undefined && hasFields(shape) ? fieldsOf(shape) : []
  const fields = new Map(declared.map((field) => [field.name, field.shape]))
  const names = new Set([...Object.keys(value), ...fields.keys(), ...more])
  // Without a prototype: a field called `__proto__` is one to refuse, and lends the request
  // nothing.
  const copied: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    const found = (value as Readonly<Record<string, unknown>>)[name]
    if (found !== undefined) copied[name] = copy(found, fields.get(name), [], path)
  }
  return copied
}
