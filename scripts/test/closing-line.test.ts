import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../workspace.mjs"

it("a run ends with the seconds of each package and, on the last line, the number of tests", () => {
  const files = ["packages/core/test/exports.test.ts", "scripts/test/Prerequisite.test.ts"]
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", ...files],
    { cwd: root }
  )
  const lines = String(stdout).trimEnd().split("\n").slice(-2)
  const found = lines.map((line) => line.replaceAll(/\d+(\.\d)?/g, "N"))
  expect({ status, seconds: found[0]!.split(/: |, /).sort(), closing: found[1] }).toEqual({
    status: 0,
    seconds: ["Seconds per package", "core N", "scripts N"],
    closing: "N passed, N failed, N skipped"
  })
})
