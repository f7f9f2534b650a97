import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { ClosingLine } from "./scripts/closing-line.mjs"

const long = process.env["PANDORA_TEST_LONG"] === "1"

const exclude = ["**/node_modules/**", "**/dist/**"]

/**
 * Packages whose tests leave no state in modules: one process runs many of their files and imports
 * everything once.
 */
const shared = "client|contract|core|engine|identity|server"

/** Except these, which replace modules or globals. */
const alone = [
  "packages/engine/test/GrowingMemory.test.ts",
  "packages/identity/test/Sessions.test.ts"
]

export default defineConfig({
  ssr: { resolve: { conditions: ["@pandora-exchange/source", "node", "import", "default"] } },
  test: {
    pool: "forks",
    // Vitest reserves one core for itself, half of the machine when there are two, though the tests
    // hardly ever wait for it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    maxConcurrency: 2, // a test that waits for a core to itself is nearer to its limit, and none ends sooner
    testTimeout: long ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    reporters: ["default", new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: "isolated", // these take longest, and begin first, as the names are in this order
          include: [
            `packages/!(${shared})/test/**/*.test.ts`,
            "packages/*/sim/**/*.test.ts",
            "examples/*/test/**/*.test.ts",
            "scripts/test/**/*.test.ts",
            "docs/test/**/*.test.ts",
            ...alone
          ],
          exclude
        }
      },
      {
        extends: true,
        test: {
          name: "shared",
          include: [`packages/@(${shared})/test/**/*.test.ts`],
          exclude: [...exclude, ...alone],
          isolate: false
        }
      }
    ]
  }
})
