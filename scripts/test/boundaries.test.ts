import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { circles, importsOf, violations } from "../boundaries.mjs"

/** A workspace with these files; packages get the listed dependencies. */
const workspace = (
  dependencies: Record<string, ReadonlyArray<string>>,
  files: Record<string, string>
) => {
  const base = mkdtempSync(join(tmpdir(), "pandora-boundaries-"))
  onTestFinished(() => rmSync(base, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(base, path)), { recursive: true })
    writeFileSync(join(base, path), text)
  }
  for (const [name, list] of Object.entries(dependencies)) {
    const manifest = {
      name: `@pandora-exchange/${name}`,
      dependencies: Object.fromEntries(list.map((dependency) => [dependency, "*"]))
    }
    write(`packages/${name}/package.json`, JSON.stringify(manifest))
  }
  for (const [path, text] of Object.entries(files)) write(path, text)
  return base
}

describe("boundaries", () => {
  it("hold in this repository", () => {
    expect(violations()).toEqual([])
  })

  it("let arrows point at core", () => {
    const base = workspace(
      { core: ["effect"], engine: ["@pandora-exchange/core", "effect"] },
      {
        "packages/core/src/Units.ts":
          'import { Effect } from "effect"\nimport { createHash } from "node:crypto"',
        "packages/core/testing/Suite.ts":
          'import { it } from "@effect/vitest"\nimport "../src/Units.ts"',
        "packages/engine/src/Venue.ts": 'import * as Units from "@pandora-exchange/core/Units"'
      }
    )
    expect(violations(base)).toEqual([])
  })

  it("error: an arrow that points away from core, in code and in package.json", () => {
    const base = workspace(
      { core: [], engine: ["@pandora-exchange/sdk"] },
      { "packages/core/src/Units.ts": 'export * from "@pandora-exchange/engine"' }
    )
    expect(violations(base)).toEqual([
      "packages/core/src/Units.ts: imports @pandora-exchange/engine, which its row does not allow",
      "packages/engine/package.json: depends on @pandora-exchange/sdk, which its row does not allow"
    ])
  })

  it("error: the inside of another package, by name or by path", () => {
    const base = workspace(
      { core: [], engine: ["@pandora-exchange/core"] },
      {
        "packages/engine/src/A.ts": 'import { x } from "@pandora-exchange/core/internal/x"',
        "packages/engine/src/B.ts": 'import type { Y } from "../../core/src/Y.ts"'
      }
    )
    expect(violations(base)).toEqual([
      "packages/engine/src/A.ts: imports @pandora-exchange/core/internal/x, the inside of another package",
      "packages/engine/src/B.ts: imports ../../core/src/Y.ts, outside of its package"
    ])
  })

  it("error: a dependency from outside that has no row, or is not in package.json", () => {
    const base = workspace(
      { core: [], engine: [] },
      {
        "packages/core/src/A.ts": 'import { it } from "vitest"',
        "packages/engine/src/B.ts": 'import { Effect } from "effect"'
      }
    )
    expect(violations(base)).toEqual([
      "packages/core/src/A.ts: imports vitest, which its row does not allow",
      "packages/engine/src/B.ts: imports effect, but effect is no dependency in its package.json"
    ])
  })

  it("error: a package without a row", () => {
    const base = workspace({ wallets: [] }, {})
    expect(violations(base)).toEqual([
      'packages/wallets/package.json: "wallets" has no row in the table of scripts/boundaries.mjs'
    ])
  })

  it("error: files of one package that import each other, for types or as a thread", () => {
    const base = workspace(
      { core: [] },
      {
        "packages/core/src/A.ts": 'import type { B } from "./B.ts"',
        "packages/core/src/B.ts": 'new Worker(new URL("./internal/C.ts", import.meta.url))',
        "packages/core/src/internal/C.ts": 'import { a } from "../A.ts"\nimport "./D.ts"',
        "packages/core/src/internal/D.ts": 'export { D } from "./D.ts"',
        "packages/core/testing/Suite.ts": 'import { a } from "../src/A.ts"'
      }
    )
    expect(violations(base)).toEqual([
      "packages/core/src/A.ts: imports itself through src/B.ts, src/internal/C.ts: move what they share into a file below them",
      "packages/core/src/internal/D.ts: imports itself: move what they share into a file below them"
    ])
  })

  it("finds each circle of a graph, and no path that only leads to one", () => {
    const graph = {
      entry: ["a"],
      a: ["b", "leaf"],
      b: ["a", "c"],
      c: ["d"],
      d: ["c", "outside"],
      leaf: []
    }
    expect(circles(new Map(Object.entries(graph)))).toEqual([
      ["a", "b"],
      ["c", "d"]
    ])
  })

  it("reads every form of import, and no comment", () => {
    const source = [
      '/** import { no } from "comment" */',
      'import a from "a"',
      'import type { B } from "b"',
      "import {",
      "  c,",
      "  type D",
      '} from "c"',
      'export * as E from "e"',
      'export { f } from "f"',
      'import "g"',
      'const h = await import("h")',
      'type I = import("i").I',
      'new Worker(new URL("./j.ts", import.meta.url))'
    ].join("\n")
    expect(importsOf(source).toSorted()).toEqual(["./j.ts", "a", "b", "c", "e", "f", "g", "h", "i"])
  })
})
