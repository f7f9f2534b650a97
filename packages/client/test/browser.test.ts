import { expect, it } from "@effect/vitest"
import { build } from "esbuild"
import { isBuiltin } from "node:module"
import { fileURLToPath } from "node:url"
import { runInNewContext } from "node:vm"
import { gzipSync } from "node:zlib"

/** A browser program that imports this from the client. */
const bundle = (names: string) =>
  build({
    stdin: {
      contents: `export ${names} from "../src/index.ts"`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url))
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    globalName: "pandora",
    conditions: ["@pandora-exchange/source", "import"],
    // Nothing is resolved later: an import of a Node module would fail the build here.
    external: []
  })

it("HTTP and stream are at most 10 kB compressed, and each alone is smaller, without the other's part", async () => {
  const both = await bundle("{ createClient, openStream }")
  const http = await bundle("{ createClient }")
  const stream = await bundle("{ openStream }")
  const sizes = [both, http, stream].map(
    ({ outputFiles }) => gzipSync(outputFiles[0]!.contents).length
  )
  expect(sizes[0]).toBeLessThan(10_000)
  expect(Math.max(...sizes.slice(1))).toBeLessThan(sizes[0]!)
  const partsOf = ({ metafile }: typeof both) =>
    Object.entries(Object.values(metafile.outputs)[0]!.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path.replace(/^.*\//, ""))
  expect(partsOf(http)).not.toContain("StreamClient.ts")
  expect(partsOf(stream)).not.toContain("Client.ts")
  expect(stream.outputFiles[0]!.text).not.toContain("/v1/fills")
})

it("the codes of each method are in a bundle only if it tells failures apart", async () => {
  const texts = await Promise.all(
    ["{ createClient, openStream }", "{ createClient, isFailure }"].map(
      async (names) => (await bundle(names)).outputFiles[0]!.text
    )
  )
  expect(texts.map((text) => text.includes("InsufficientFunds"))).toEqual([false, true])
})

it("a bundle for browsers is small, has nothing of Node in it, and its parts work without Node", async () => {
  const { metafile, outputFiles } = await bundle("*")
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path)
  )
  expect(imported.filter((path) => path.startsWith("node:") || isBuiltin(path))).toEqual([])
  // A single value imported from a module with schemas would bring in `effect` and half a megabyte.
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("node_modules"))).toEqual([])
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(10_000)
  const context = {
    crypto,
    URL,
    URLSearchParams,
    setTimeout,
    clearTimeout,
    AbortController
  }
  const keys = runInNewContext(
    `${outputFiles[0]!.text}; [pandora.IdempotencyKey.make(0), typeof pandora.createClient, typeof pandora.openStream]`,
    context
  ) as ReadonlyArray<string>
  expect([...keys]).toEqual([
    expect.stringMatching(/^00000000-0000-7[0-9a-f]{3}-/),
    "function",
    "function"
  ])
})
