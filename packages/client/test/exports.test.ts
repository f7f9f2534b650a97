import { expect, it } from "@effect/vitest"
import * as client from "../src/index.ts"

it("exports these names", () => {
  expect(Object.keys(client).sort()).toMatchSnapshot()
})
