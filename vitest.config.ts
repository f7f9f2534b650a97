import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { ClosingLine } from "./scripts/closing-line.mjs"

const long = process.env["PANDORA_TEST_LONG"] === "1"

export default defineConfig({
  ssr: { resolve: { conditions: ["@pandora-exchange/source", "node", "import", "default"] } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "packages/*/sim/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "scripts/test/**/*.test.ts",
      "docs/test/**/*.test.ts"
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    // Vitest leaves one core to itself, which of two is half: the tests wait for it hardly ever.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: long ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new ClosingLine()]
  }
})
