/**
 * Vitest reporter: closes a run with `N passed, N failed, N skipped` alone on the last line.
 * A file that could not be loaded, a failed hook and an error outside of any test count as one failure each.
 */
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
    const line = `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped\n`
    if (this.#vitest.config.watch) process.stdout.write(line)
    else process.once("exit", () => process.stdout.write(line)) // after everything that others still print
  }
}
