import { readFile } from "node:fs/promises"
import { defineConfig } from "tsup"

type Plugin = NonNullable<
  Extract<Parameters<typeof defineConfig>[0], { entry?: unknown }>["esbuildPlugins"]
>[number]

/**
 * Compiles the sources in `folders` to JavaScript file by file: every module remains a module, so
 * each subpath export, worker and `import.meta.url` works in `dist` as it does in the sources.
 * Declarations come from `tsc -b`.
 */
export const library = (folders: ReadonlyArray<string>, outbase: string) =>
  defineConfig({
    entry: folders.map((folder) => `${folder}/**/*.ts`),
    outDir: "dist",
    format: ["esm"],
    target: "node22",
    platform: "node",
    sourcemap: true,
    splitting: false,
    dts: false,
    clean: false,
    silent: true,
    removeNodeProtocol: false,
    esbuildOptions: (options) => {
      options.outbase = outbase
    },
    esbuildPlugins: [relativeImports, workerFiles]
  })

/** `./OrderBook.ts` remains an import of its own and becomes `./OrderBook.js`. */
const relativeImports: Plugin = {
  name: "relative-imports",
  setup: (build) => {
    build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/\.ts$/, ".js"), external: true }
    )
  }
}

/**
 * `new URL("./Worker.ts", import.meta.url)` becomes the built file's name; the length does not
 * change, so source maps stay correct.
 */
export const workerFiles: Plugin = {
  name: "worker-files",
  setup: (build) => {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8")
      const contents = source.replace(
        /(new URL\(\s*"\.{1,2}\/[^"]+)\.ts("\s*,\s*import\.meta\.url)/g,
        "$1.js$2"
      )
      return { contents, loader: "ts" }
    })
  }
}
