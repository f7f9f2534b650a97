import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe, expect, it, onTestFinished } from "vitest"
import { benchOptions } from "../arguments.ts"

const numbers = { scale: { usual: 1, quick: 0.01 }, rounds: { usual: 5, quick: 1 } }

const read = (...args: ReadonlyArray<string>) => {
  const { argv } = process
  onTestFinished(() => void (process.argv = argv))
  process.argv = [argv[0]!, "bench", ...args]
  return benchOptions(numbers, ["embedded"])
}

/** What a program that reads the options prints, and how it ends. */
const end = (...args: ReadonlyArray<string>) => {
  const module = fileURLToPath(new URL("../arguments.ts", import.meta.url))
  const program = `import { benchOptions } from ${JSON.stringify(module)}; benchOptions(${JSON.stringify(numbers)})`
  const { status, stderr } = spawnSync(process.execPath, [
    "--input-type=module",
    "-e",
    program,
    "--",
    ...args
  ])
  return { status, errors: String(stderr) }
}

describe("benchOptions", () => {
  it("gives the usual numbers without an option", () => {
    expect(read()).toEqual({ scale: 1, rounds: 5, json: false, quick: false, embedded: false })
  })

  it("gives the numbers of a quick run with --quick", () => {
    expect(read("--quick")).toEqual({
      scale: 0.01,
      rounds: 1,
      json: false,
      quick: true,
      embedded: false
    })
  })

  it("gives the numbers and flags of the options", () => {
    expect(read("--quick", "--scale", "0.5", "--rounds", "3", "--json", "--embedded")).toEqual({
      scale: 0.5,
      rounds: 3,
      json: true,
      quick: true,
      embedded: true
    })
  })

  it("error: an unknown option ends the program and lists the options", () => {
    expect(end("--rouns", "3")).toEqual({
      status: 1,
      errors: "Unknown option '--rouns'\nOptions: --scale N, --rounds N, --json, --quick\n"
    })
  })

  it.each(["0", "-1", "many", "Infinity"])("error: %s is no number of rounds", (rounds) => {
    expect(end(`--rounds=${rounds}`)).toEqual({
      status: 1,
      errors: `--rounds is a number above 0, not "${rounds}".\n`
    })
  })
})
