import { describe, expect, it, onTestFinished, vi } from "vitest"
import * as Prerequisite from "../Prerequisite.ts"

const missing = { present: false, remedy: "start one." }
const present = { present: true, remedy: "start one." }

/** Everything written to standard error until the test ends. */
const standardError = (): ReadonlyArray<string> => {
  const lines: Array<string> = []
  const write = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((line) => lines.push(String(line)) > 0)
  onTestFinished(() => write.mockRestore())
  return lines
}

describe("Prerequisite", () => {
  it("says what to do if it is missing and not required", () => {
    const lines = standardError()
    expect(Prerequisite.available("postgres", missing, "recordings,vectors")).toBe(false)
    expect(lines).toEqual([
      "[postgres] SKIPPED: tests and benches that need it. To run them, start one.\n"
    ])
  })

  it("says nothing if it is present", () => {
    const lines = standardError()
    expect(
      ["", "postgres", "all"].map((required) =>
        Prerequisite.available("postgres", present, required)
      )
    ).toEqual([true, true, true])
    expect(lines).toEqual([])
  })

  it.each(["postgres", "recordings,postgres", "all"])(
    "error: a missing one throws when PANDORA_REQUIRE is %s",
    (required) => {
      expect(() => Prerequisite.available("postgres", missing, required)).toThrow(
        new Error("PANDORA_REQUIRE requires postgres, which is missing. To provide it, start one.")
      )
    }
  )

  it("error: an unknown name throws, even if everything is present", () => {
    expect(() => Prerequisite.available("postgres", present, "postgres,postgress")).toThrow(
      new Error(
        "PANDORA_REQUIRE must be a list of: all, bun, curl, deno, full-disk, node22, packaged-postgres, postgres, recordings, terminal, vectors (got postgress)"
      )
    )
  })
})
