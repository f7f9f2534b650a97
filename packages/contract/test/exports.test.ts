import { expect, it } from "@effect/vitest"
import * as contract from "../src/index.ts"

it("exports these names", () => {
  expect(Object.keys(contract).sort()).toMatchSnapshot()
})
