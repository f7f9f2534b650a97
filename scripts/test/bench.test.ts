import { Effect, Semaphore } from "effect"
import { execFile } from "node:child_process"
import { describe, expect, it } from "vitest"
import * as Prerequisite from "../Prerequisite.ts"
import { benches } from "../bench.mjs"

interface Ended {
  readonly code: string | number
  readonly output: string
  readonly errors: string
}

const processors = Semaphore.makeUnsafe(2)

const runQuick = (file: string): Promise<Ended> => {
  const run = Effect.callback<Ended>((resume) => {
    execFile(process.execPath, [file, "--quick", "--json"], (error, output, errors) =>
      resume(
        Effect.succeed({ code: error === null ? 0 : (error.code ?? "killed"), output, errors })
      )
    )
  })
  return Effect.runPromise(processors.withPermits(1)(run))
}

/**
 * All numbers nested in a JSON value; `null` where JSON replaced something that is not a number.
 */
const figuresOf = (value: unknown): ReadonlyArray<unknown> => {
  if (typeof value === "number" || value === null) return [value]
  return typeof value === "object" ? Object.values(value).flatMap(figuresOf) : []
}

// The machine may be busy with other tests.
describe.concurrent("npm run bench -- NAME --quick", { timeout: 300_000 }, () => {
  // The server's benches take longest. They come last in the list, so start from its end.
  it.for(benches.toReversed())(
    "$name ends by itself and prints its figures",
    async ({ file }, { skip }) => {
      const { code, errors, output } = await runQuick(file)
      if (code === Prerequisite.exitCodeSkipped) {
        process.stderr.write(errors)
        skip(errors)
      }
      expect({ code, errors: code === 0 ? "" : errors }).toEqual({ code: 0, errors: "" })
      const figures = figuresOf(JSON.parse(output.trimEnd().split("\n").at(-1)!))
      expect(figures.length).toBeGreaterThan(0)
      expect(figures).not.toContain(null)
    }
  )
})
