import { describe, expect, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import * as core from "../src/index.ts"

const namesOf = (module: object): Record<string, ReadonlyArray<string>> =>
  Object.fromEntries(
    Object.entries(module).map(([name, value]) => [name, isNamespace(value) ? Object.keys(value).sort() : []])
  )

const isNamespace = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.prototype.toString.call(value) === "[object Module]"

const testing = new URL("../testing/index.ts", import.meta.url)

describe("public names", () => {
  it("of the package", () => {
    expect(namesOf(core)).toMatchSnapshot()
  })

  it.skipIf(!existsSync(testing))("of its contract suites", async () => {
    expect(namesOf((await import(/* @vite-ignore */ testing.href)) as object)).toMatchSnapshot()
  })
})
