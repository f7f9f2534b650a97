/** How the members of a union of objects are told apart. */
import type { Field, Struct } from "../shape.ts"

export const hasField = (shape: Struct, name: string): boolean =>
  shape.fields.some((field) => field.name === name)

export const literalOf = (shape: Struct, name: string) => {
  const field = shape.fields.find((field) => field.name === name)
  return field?.shape.kind === "literals"
    ? { values: field.shape.values, optional: field.optional }
    : undefined
}

/**
 * The field in which each member has its own literals; `undefined` if the members differ only in
 * their fields.
 */
export const tagOf = (members: ReadonlyArray<Struct>): Field | undefined =>
  members[0]!.fields.find(({ name }) => {
    const literals = members.map((member) => literalOf(member, name)?.values)
    const values = literals.flatMap((of) => of ?? [])
    return literals.every((of) => of !== undefined) && new Set(values).size === values.length
  })

/** An expression for whether the object in `variable` is this member. */
export const isMember = (
  member: Struct,
  members: ReadonlyArray<Struct>,
  variableOf: (field: Field) => string
): string => {
  const tag = tagOf(members)
  if (tag === undefined) {
    const own = member.fields.find(
      ({ name, optional }) =>
        !optional && !members.some((other) => other !== member && hasField(other, name))
    )!
    return `${variableOf(own)}.${own.name} !== undefined`
  }
  const value = `${variableOf(tag)}.${tag.name}`
  const { optional, values } = literalOf(member, tag.name)!
  const cases = values.map((literal) => `${value} === ${JSON.stringify(literal)}`)
  return [...cases, ...(optional ? [`${value} === undefined`] : [])].join(" || ")
}
