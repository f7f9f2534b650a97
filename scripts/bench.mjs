/**
 * `npm run bench -- NAME [--json] [--quick] [...args]`: runs packages/PACKAGE/bench/NAME.bench.ts
 * with the remaining arguments. With `--json` its figures are one JSON object on the last line;
 * `--quick` takes seconds, and its figures say nothing about speed.
 */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { root, workspaces } from "./workspace.mjs"

/** All benches. */
export const benches = workspaces("packages")
  .map(({ folder }) => join(root, folder, "bench"))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => ({ name: file.replace(/^.*[\\/]|\.bench\.ts$/g, ""), file }))

const runNamed = async (name) => {
  const bench = benches.find((bench) => bench.name === name)
  if (!bench) {
    console.error(
      name ? `There is no bench "${name}".` : "Which one? npm run bench -- NAME [--json] [--quick]"
    )
    console.error(`Benches: ${benches.map(({ name }) => name).join(", ") || "none yet"}`)
    process.exit(1)
  }
  process.argv.splice(1, 2, bench.file)
  await import(pathToFileURL(bench.file).href)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runNamed(process.argv[2])
