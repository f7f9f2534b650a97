/**
 * Which package may import which. Dependencies point towards core: adapters, engine and services do
 * not know each other, and whatever composes them is above. `npm run check` compares every import
 * and every package.json with this table. Within a package, no file may import itself through
 * others, not even for a type.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { isBuiltin } from "node:module"
import { dirname, join, relative, resolve, sep } from "node:path"
import { fileURLToPath } from "node:url"
import { root, workspaces } from "./workspace.mjs"

const scope = "@pandora-exchange/"

/**
 * The workspace packages and external dependencies each package may import. A new package gets a
 * new row.
 */
export const allowed = {
  core: { internal: [], external: ["effect"] },
  contract: { internal: ["core"], external: ["effect"] },
  engine: { internal: ["core"], external: ["effect"] },
  "adapters-file": { internal: ["core"], external: ["effect"] },
  "adapters-pg": {
    internal: ["core"],
    external: ["effect", "@effect/sql-pg", "@electric-sql/pglite"]
  },
  identity: {
    internal: ["core", "contract"],
    external: [
      "effect",
      "@node-rs/argon2",
      "@simplewebauthn/server",
      "jose",
      "nodemailer",
      "otplib"
    ]
  },
  sdk: {
    internal: ["core", "contract", "engine", "adapters-file", "adapters-pg", "identity"],
    external: ["effect"]
  },
  client: { internal: ["contract"], external: ["effect"] },
  server: {
    internal: ["core", "contract", "engine", "adapters-file", "adapters-pg", "identity", "sdk"],
    external: ["effect", "@effect/platform-node", "@electric-sql/pglite"]
  },
  "examples/*": {
    internal: ["core", "contract", "engine", "adapters-file", "adapters-pg", "client", "sdk"],
    external: ["effect"]
  }
}

/** A contract suite (`testing` beside `src`) may import these as well. */
const suiteDependencies = ["vitest", "@effect/vitest", "fast-check"]

/** Every forbidden import or import cycle, as `file: what is wrong`. */
export const violations = (base = root) => {
  const found = []
  const check = (workspace, rule) => {
    const { folder, manifest } = workspace
    const report = (file, problem) => found.push(`${relative(base, file)}: ${problem}`)
    const manifestPath = join(base, folder, "package.json")
    if (!rule) {
      report(manifestPath, `"${workspace.name}" has no row in the table of scripts/boundaries.mjs`)
      return
    }
    const dependencies = {
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
      ...manifest.dependencies
    }
    for (const name of Object.keys(dependencies)) {
      const suite =
        manifest.peerDependenciesMeta?.[name]?.optional && suiteDependencies.includes(name)
      if (!suite && !isAllowed(name, rule))
        report(manifestPath, `depends on ${name}, which its row does not allow`)
    }
    const imports = new Map()
    for (const area of ["src", "testing"]) {
      for (const file of globSync(`${folder}/${area}/**/*.{ts,tsx,mts}`, { cwd: base }).map(
        (file) => join(base, file)
      )) {
        const specifiers = importsOf(readFileSync(file, "utf8"))
        imports.set(
          file,
          specifiers
            .filter((specifier) => specifier.startsWith("."))
            .map((path) => resolve(dirname(file), path))
        )
        for (const specifier of specifiers) {
          const problem = problemOf(specifier, {
            file,
            area,
            folder: join(base, folder),
            manifest,
            dependencies,
            rule
          })
          if (problem) report(file, problem)
        }
      }
    }
    for (const [file, ...others] of circles(imports)) {
      const path = others.map((other) => relative(join(base, folder), other)).join(", ")
      report(
        file,
        `imports itself${path === "" ? "" : ` through ${path}`}: move what they share into a file below them`
      )
    }
  }
  for (const workspace of workspaces("packages", base)) check(workspace, allowed[workspace.name])
  if (existsSync(join(base, "examples"))) {
    for (const workspace of workspaces("examples", base)) check(workspace, allowed["examples/*"])
  }
  return found
}

/**
 * Cycles of the graph `imports` (file -> files), each as its files in order; the last one imports
 * the first.
 */
export const circles = (imports) => {
  const left = new Map(imports)
  const found = []
  for (;;) {
    for (let size = -1; size !== left.size; ) {
      size = left.size
      for (const [file, targets] of left)
        if (!targets.some((target) => left.has(target))) left.delete(file)
    }
    if (left.size === 0) return found
    // Every remaining file imports another remaining one, so this walk ends up in a cycle.
    const path = [left.keys().next().value]
    const next = () => left.get(path.at(-1)).find((target) => left.has(target))
    while (!path.includes(next())) path.push(next())
    const circle = path.slice(path.indexOf(next()))
    found.push(circle)
    left.delete(circle[0])
  }
}

const isAllowed = (name, rule) =>
  name.startsWith(scope)
    ? rule.internal.includes(name.slice(scope.length))
    : rule.external.includes(name)

const problemOf = (specifier, { file, area, folder, manifest, dependencies, rule }) => {
  if (specifier.startsWith(".")) {
    const target = resolve(dirname(file), specifier)
    return target.startsWith(folder + sep)
      ? undefined
      : `imports ${specifier}, outside of its package`
  }
  if (isBuiltin(specifier)) return undefined
  const [first, second, ...path] = specifier.split("/")
  const name = first.startsWith("@") ? `${first}/${second}` : first
  const inside = first.startsWith("@") ? path : [second, ...path]
  if (name === manifest.name) return `imports ${specifier}: inside a package imports are relative`
  if (area === "testing" && suiteDependencies.includes(name)) return undefined
  if (!isAllowed(name, rule)) return `imports ${specifier}, which its row does not allow`
  if (!(name in dependencies))
    return `imports ${specifier}, but ${name} is no dependency in its package.json`
  if (
    name.startsWith(scope) &&
    inside.some((part) => part === "internal" || part === "src" || part === "dist")
  ) {
    return `imports ${specifier}, the inside of another package`
  }
  return undefined
}

/**
 * Static, side-effect and dynamic imports, re-exports, type imports and `new URL(...,
 * import.meta.url)`.
 */
export const importsOf = (source) => {
  const code = source.replace(/^\s*(\/\/|\/?\*).*$/gm, "") // formatted code has comments on lines of their own
  const patterns = [
    /(?:^|;\s*)(?:import|export)\s[\w\s$*,{}]*?\bfrom\s*["']([^"']+)["']/gm,
    /(?:^|;\s*)import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
    /\bnew URL\(\s*["'](\.[^"']*)["']\s*,\s*import\.meta\.url/g,
    /\brequire\(\s*["']([^"']+)["']/g
  ]
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = violations()
  for (const line of found) console.error(line)
  process.exit(found.length === 0 ? 0 : 1)
}
