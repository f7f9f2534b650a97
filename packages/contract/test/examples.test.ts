import { expect, it } from "@effect/vitest"
import { operations } from "../src/api.ts"
import { httpReaderOf } from "../src/check.ts"
import { Fault } from "../src/Fault.ts"
import { exampleOf, examples } from "../src/print/examples.ts"

const routes = [...operations.values()].filter(({ rest }) => rest !== undefined)

/** URLs contain only text. */
const inUrl = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))

it.each(routes.map((operation) => [operation.name, operation] as const))(
  "the example of %s is a request that its reader takes; print/examples.ts has them",
  (_, operation) => {
    const { body, path, query } = exampleOf(operation)
    expect(httpReaderOf(operation)(inUrl(path), inUrl(query), body)).not.toBeInstanceOf(Fault)
  }
)

it("no example is of an operation, or of a field, that is not there", () => {
  for (const [name, example] of Object.entries(examples)) {
    const { body, path, query } = exampleOf(operations.get(name)!)
    expect({ ...path, ...query, ...body }).toEqual(example)
  }
})
