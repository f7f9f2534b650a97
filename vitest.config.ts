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
    testTimeout: long ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new ClosingLine()]
  }
})
