/**
 * `npm run coverage [-- NAME ...]`: how much of each package the tests run, in lines and branches.
 * Exits with 1 if a test fails or either figure is below 80 %. With names: only those packages, and
 * only by their own tests. Code run in child processes does not count.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative, sep } from "node:path"
import { root, run, workspaces } from "./workspace.mjs"

const leastPercent = 80

const all = workspaces("packages")
const names = process.argv.slice(2)
const unknown = names.filter((name) => !all.some((known) => known.name === name))
if (unknown.length > 0) {
  console.error(
    `No such package: ${unknown.join(", ")}. There are: ${all.map(({ name }) => name).join(", ")}`
  )
  process.exit(1)
}
const packages = names.length === 0 ? all : all.filter(({ name }) => names.includes(name))

const files = await measured()
for (const { folder, name } of packages) {
  const own = files.filter(([path]) =>
    relative(root, path).split(sep).join("/").startsWith(`${folder}/src/`)
  )
  const figures = ["lines", "branches"].map((kind) => ({
    kind,
    percent: percentOf(own.map(([, file]) => file[kind]))
  }))
  const enough = figures.every(({ percent }) => percent >= leastPercent)
  const said = figures.map(({ kind, percent }) => `${kind} ${percent.toFixed(1)} %`).join(", ")
  console.log(`${enough ? "ok  " : "FAIL"}  ${name.padEnd(14)} ${said}`)
  if (!enough) process.exitCode = 1
}

/** What was run of each source file, by path. */
async function measured() {
  const reports = mkdtempSync(join(tmpdir(), "pandora-coverage-"))
  try {
    const sources = packages.map(({ folder }) => `--coverage.include=${folder}/src/**`)
    const tests = names.length === 0 ? [] : packages.map(({ folder }) => `${folder}/`)
    const report = ["--coverage.reporter=json-summary", `--coverage.reportsDirectory=${reports}`]
    const { ok, output } = await run(
      "vitest",
      ["run", ...tests, "--coverage", ...sources, ...report],
      {
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" } // what comes from the cache is counted less exactly
      }
    )
    if (!ok) {
      console.error(output)
      process.exit(1)
    }
    const { total: _, ...files } = JSON.parse(
      readFileSync(join(reports, "coverage-summary.json"), "utf8")
    )
    return Object.entries(files)
  } finally {
    rmSync(reports, { recursive: true })
  }
}

function percentOf(counts) {
  const sum = (field) => counts.reduce((total, count) => total + count[field], 0)
  return (100 * sum("covered")) / Math.max(1, sum("total"))
}
