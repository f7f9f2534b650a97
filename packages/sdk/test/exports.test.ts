import { expect, it } from "@effect/vitest"
import * as sdk from "../src/index.ts"

it("exports these names", () => {
  expect(Object.keys(sdk).sort()).toMatchSnapshot()
})
