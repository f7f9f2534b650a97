/**
 * `npm run check [-- NAME ...]`: everything except behaviour tests, one line per check; with names,
 * only those. Changes no source file. Exits with 1 if any check fails.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { parallel, root, run, workspaces } from "./workspace.mjs"

const effectCompiler = join(root, "node_modules/@effect/tsgo-linux-x64/lib/tsc")

const checks = [
  {
    name: "format",
    run: () => run("biome", ["format", "--reporter=summary"]),
    remedy: "Run `npm run format` and commit the result."
  },
  {
    name: "width",
    run: () => run(process.execPath, [join(root, "scripts/width.mjs")]),
    remedy: "Break the comments and the prose above within 100 columns."
  },
  {
    name: "lint",
    run: () => run("oxlint", ["--deny-warnings"]),
    remedy: "Mend what is listed above; `npm run lint -- --fix` does the simple ones."
  },
  {
    name: "types",
    run: () => run(existsSync(effectCompiler) ? effectCompiler : "tsc", ["-b"]),
    remedy: "Mend the type errors above; `effect(...)` marks the diagnostics of Effect code."
  },
  {
    name: "exports",
    run: () => run("vitest", ["run", "--update=none", "--passWithNoTests", "test/exports.test.ts"]),
    remedy: "The public names changed. If that is meant: `npm run snapshot`, and add a changeset."
  },
  {
    name: "boundaries",
    run: () => run(process.execPath, [join(root, "scripts/boundaries.mjs")]),
    remedy:
      "Move the code, pass the thing in from above, or change the table of scripts/boundaries.mjs and say why."
  },
  {
    name: "build",
    run: () => run(process.execPath, [join(root, "scripts/build.mjs")]),
    remedy: "Mend what the compiler or bundler says; `npm run build` repeats it."
  },
  {
    name: "package",
    run: checkPackages,
    remedy:
      "Correct `exports`, `files` or the entries of that package; what users would install is not sound."
  }
]

/**
 * Packs every package as a release would, and examines the archives as Node, bundlers and
 * TypeScript will.
 */
async function checkPackages() {
  const packages = workspaces("packages").filter(({ manifest }) => !manifest.private)
  const folder = mkdtempSync(join(tmpdir(), "pandora-pack-"))
  try {
    const names = packages.map(({ manifest }) => `--workspace=${manifest.name}`)
    const packed = await run("npm", [
      "pack",
      "--loglevel=error",
      `--pack-destination=${folder}`,
      ...names
    ])
    if (!packed.ok) return packed
    const archives = readdirSync(folder).map((file) => join(folder, file))
    const results = await parallel(archives, 2, async (archive) => [
      await run("publint", ["--strict", archive]),
      await run("attw", ["--profile", "esm-only", "--no-emoji", archive])
    ])
    const compiled = await compileStrictly(packages, folder)
    const failed = [...results.flat(), compiled].filter(({ ok }) => !ok)
    return { ok: failed.length === 0, output: failed.map(({ output }) => output).join("\n") }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Compiles a strict program against the packed SDK and client with only their required
 * dependencies.
 */
async function compileStrictly(packages, folder) {
  const project = join(folder, "project")
  cpSync(join(root, "scripts/strictProject"), project, { recursive: true })
  writeFileSync(join(project, "package.json"), '{ "type": "module" }')
  const manifests = new Map(packages.map(({ manifest }) => [manifest.name, manifest]))
  const required = new Set(["@pandora-exchange/sdk", "@pandora-exchange/client"])
  for (const name of required) {
    for (const other of Object.keys(manifests.get(name)?.dependencies ?? {})) required.add(other)
  }
  for (const name of [...required, "effect", "@types/node"]) {
    const manifest = manifests.get(name)
    const place = join(project, "node_modules", name)
    mkdirSync(manifest === undefined ? dirname(place) : place, { recursive: true })
    if (manifest === undefined) {
      symlinkSync(join(root, "node_modules", name), place, "junction")
      continue
    }
    const archive = join(folder, `${name.slice(1).replace("/", "-")}-${manifest.version}.tgz`)
    const unpacked = await run("tar", ["-xzf", archive, "-C", place, "--strip-components=1"])
    if (!unpacked.ok) return unpacked
  }
  return run("tsc", ["-p", project])
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0) {
  console.error(
    `No such check: ${unknown.join(", ")}. There are: ${checks.map(({ name }) => name).join(", ")}`
  )
  process.exit(1)
}

const failed = new Set()
for (const check of checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  if (check.name === "package" && failed.has("build")) {
    console.log("FAIL  package  Not run, because there is nothing to pack: mend the build first.")
    continue
  }
  const start = performance.now()
  const { ok, output } = await check.run()
  const line = `${check.name.padEnd(10)} ${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s`
  if (ok) {
    console.log(`ok    ${line}`)
  } else {
    failed.add(check.name)
    console.log(`\n${output.trim()}\n\nFAIL  ${line}  ${check.remedy}\n`)
  }
}
process.exit(failed.size === 0 ? 0 : 1)
