/**
 * Vitest reporter: closes a run with the seconds of each package and, alone on the last line, `N
 * passed, N failed, N skipped`. A file that cannot be loaded, a failed hook and an error outside
 * any test count as one failure each.
 */
import { relative, sep } from "node:path"
import { root } from "./workspace.mjs"

/**
 * Seconds spent in each package's test files, longest first: `sdk 12.3, engine 4.5`. Files run in
 * parallel, so the sum exceeds the run's duration.
 */
const secondsPerPackage = (modules) => {
  const seconds = new Map()
  for (const module of modules) {
    const [parent, name] = relative(root, module.moduleId).split(sep)
    const owner =
      parent === "packages" ? name : parent === "examples" ? `${parent}/${name}` : parent
    const { collectDuration, duration, prepareDuration } = module.diagnostic()
    seconds.set(
      owner,
      (seconds.get(owner) ?? 0) + (prepareDuration + collectDuration + duration) / 1_000
    )
  }
  return [...seconds]
    .sort(([, a], [, b]) => b - a)
    .map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`)
    .join(", ")
}

export class ClosingLine {
  #vitest

  onInit(vitest) {
    this.#vitest = vitest
  }

  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      let failed = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state] += 1
        if (state === "failed") failed += 1
      }
      if (failed === 0 && module.state() === "failed") count.failed += 1
    }
    const line =
      `Seconds per package: ${secondsPerPackage(modules)}\n` +
      `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`
    if (this.#vitest.config.watch) process.stdout.write(line)
    else process.once("exit", () => process.stdout.write(line)) // after everything that others still print
  }
}
