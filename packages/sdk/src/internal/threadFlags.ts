/**
 * The Node options of this process that its threads can have. `--input-type` applies to a program
 * given as text, by `--eval` or on standard input; a thread is started from a file and would fail
 * with it.
 */
export const threadFlags = (flags: ReadonlyArray<string> = process.execArgv): Array<string> =>
  flags.filter((flag, i) => !/^--input-type(=|$)/.test(flag) && flags[i - 1] !== "--input-type")
