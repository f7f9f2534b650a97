import { expect, it } from "@effect/vitest"
import * as server from "../src/index.ts"

it("exports these names", () => {
  expect(Object.keys(server).sort()).toMatchSnapshot()
})
