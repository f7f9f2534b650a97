import type { WorkerOptions } from "node:worker_threads"

/**
 * The options of a thread that decide about its Node flags. A thread inherits those of the process,
 * memory limits and other V8 flags included, which must not be given to it by name. Only
 * `--input-type` must not be inherited: it applies to a program given as text, by `--eval` or on
 * standard input, and a thread, which is started from a file, would fail with it.
 */
export const threadFlags = (): Pick<WorkerOptions, "execArgv"> => {
  const { execArgv } = process
  const own = execArgv.filter(
    (flag, i) => !/^--input-type(=|$)/.test(flag) && execArgv[i - 1] !== "--input-type"
  )
  return own.length === execArgv.length ? {} : { execArgv: own }
}
