/** Every route that the server has is declared, and no two operations share a name or a route. */
import { expect, it } from "@effect/vitest"
import { operations } from "../src/api.ts"
import { isOperation, placementOf } from "../src/operation.ts"
import * as files from "../src/operations/index.ts"

const declared = Object.values(files)
  .flatMap((file): ReadonlyArray<unknown> => Object.values(file))
  .filter(isOperation)

it("declares each name once", () => {
  expect(operations.size).toBe(declared.length)
})

it("declares each route once, with every name of its path among the fields of the request", () => {
  const routes = declared.flatMap((operation) =>
    operation.rest === undefined ? [] : [{ operation, ...operation.rest }]
  )
  expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length)
  for (const { operation, path } of routes) {
    const named = path.match(/:\w+/g)?.map((segment) => segment.slice(1)) ?? []
    expect([path, placementOf(operation).path.map(({ name }) => name)]).toEqual([path, named])
  }
})

it("lists each code of an operation once", () => {
  for (const { fails, name } of declared)
    expect([name, fails.length]).toEqual([name, new Set(fails).size])
})
