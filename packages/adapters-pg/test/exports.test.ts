import { expect, it } from "@effect/vitest"
import * as modules from "../src/index.ts"

it("exports these names", () => {
  expect(
    Object.entries(modules).map(([name, module]) => [name, Object.keys(module).sort()])
  ).toMatchSnapshot()
})
