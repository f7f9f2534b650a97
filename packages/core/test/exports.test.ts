import { expect, it } from "@effect/vitest"
import * as core from "../src/index.ts"
import * as testing from "../testing/index.ts"

const namesOf = (modules: object) =>
  Object.entries(modules).map(([name, module]) => [name, Object.keys(module).sort()])

it("exports these names", () => {
  expect(namesOf(core)).toMatchSnapshot()
})

it("exports these names from its contract suites", () => {
  expect(namesOf(testing)).toMatchSnapshot()
})
