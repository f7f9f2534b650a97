/** Copies requests, so that the same data is checked, shown to guards and executed. */
import { besideOf, type Operation, requestShapeOf } from "./operation.ts"
import { fieldsOf, hasFields, type Shape } from "./shape.ts"

/**
 * Copies a program's request to plain data, reading each property once: the declared fields,
 * inherited or own, and all other own properties, which the check will refuse. Throws whatever a
 * getter throws.
 */
export const copyOf = (operation: Operation, request: unknown): unknown =>
  copy(request, requestShapeOf(operation), besideOf(operation))

/** Deeper than any valid request. */
const depthMax = 32

/** Values that are cyclic or too deep are left as they are; the check refuses them. */
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
  // Without a prototype, so that a field called `__proto__` is refused and cannot add fields to the
  // request.
  const copied: Record<string, unknown> = Object.create(null)
  for (const name of names) {
    const found = (value as Readonly<Record<string, unknown>>)[name]
    if (found !== undefined) copied[name] = copy(found, fields.get(name), [], path)
  }
  return copied
}
