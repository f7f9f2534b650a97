/**
 * Node's options of this process, as its threads can have them. `--input-type` is about a program
 * that comes as text, by `--eval` or on standard input; a thread comes as a file, and would not
 * start with it.
 */
export const threadFlags = (flags: ReadonlyArray<string> = process.execArgv): Array<string> =>
  flags.filter((flag, i) => !/^--input-type(=|$)/.test(flag) && flags[i - 1] !== "--input-type")
