/**
 * `npm run build`: declarations of all packages with `tsc -b`, then each package's JavaScript with
 * tsup, into packages/NAME/dist.
 */
import { copyFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { parallel, root, run, workspaces } from "./workspace.mjs"

const packages = workspaces("packages")
for (const { folder } of packages) {
  rmSync(join(root, folder, "dist"), { recursive: true, force: true })
  copyFileSync(join(root, "LICENSE"), join(root, folder, "LICENSE"))
}

const declarations = await run("tsc", ["-b", ...packages.map(({ folder }) => folder)])
if (!declarations.ok) fail("tsc -b", declarations.output)

await parallel(packages, 2, async ({ folder, manifest }) => {
  const bundle = await run("tsup", [], { cwd: join(root, folder) })
  if (!bundle.ok) fail(`tsup in ${folder}`, bundle.output)
  console.log(`built ${manifest.name} ${manifest.version}`)
})

function fail(step, output) {
  console.error(`${output.trim()}\n${step} failed.`)
  process.exit(1)
}
