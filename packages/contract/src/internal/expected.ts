/** What a value must be, for error messages. */
import type { Shape } from "../shape.ts"

export const oneOfText = (values: ReadonlyArray<string | number | boolean>): string =>
  `must be ${values.length > 1 ? "one of: " : ""}${values.join(", ")}`

const span = (min: number, max: number, unit: string): string =>
  max === Number.MAX_SAFE_INTEGER ? `at least ${min} ${unit}` : `${min} to ${max} ${unit}`

export const expectedOf = (shape: Shape): string => {
  if (shape.mustBe !== undefined) return `must be ${shape.mustBe}`
  switch (shape.kind) {
    case "text":
      return `must be text of ${span(shape.min, shape.max, "characters")}, in well-formed Unicode`
    case "decimal":
    case "signedDecimal":
      return "must be a decimal in text of at most 64 characters"
    case "id":
      return `must be an id such as ${shape.prefix}_17`
    case "whole":
      return shape.max === Number.MAX_SAFE_INTEGER
        ? `must be a whole number of at least ${shape.min}`
        : `must be a whole number from ${shape.min} to ${shape.max}`
    case "boolean":
      return "must be true or false"
    case "literals":
      return oneOfText(shape.values)
    case "list":
      return `must be a list of ${span(shape.min, shape.max, "items")}`
    case "union":
      return shape.members.map(expectedOf).join(", or ")
    default:
      return "is not valid"
  }
}
