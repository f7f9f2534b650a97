import { assert, describe, it } from "@effect/vitest"
import { resolve } from "node:path"
import { parse } from "../src/options.ts"

const defaults = {
  folder: resolve(".pandora/market"),
  seconds: undefined,
  rate: 300,
  seed: 1,
  json: false
}

describe("options", () => {
  it("without arguments the defaults hold", () => {
    assert.deepStrictEqual(parse([], {}), defaults)
  })

  it("every option is read, in both ways of writing it, and the folder from the environment", () => {
    assert.deepStrictEqual(
      parse(["--seconds", "5", "--rate=1000", "--seed", "0", "--json"], {
        PANDORA_DATA_DIR: "/data/exchange"
      }),
      { folder: resolve("/data/exchange"), seconds: 5, rate: 1_000, seed: 0, json: true }
    )
  })

  it("--help comes before what is wrong with values", () => {
    assert.strictEqual(parse(["--rate", "0", "--help"], {}), "help")
  })

  it("error: an unknown option or a stray word is named", () => {
    for (const word of ["--speed", "fast"]) {
      assert.deepStrictEqual(parse([word], {}), {
        wrong: `Unknown option ${word}. --help lists all options.`
      })
    }
  })

  it("error: a number out of range, with a fraction or missing is refused with its range", () => {
    for (const args of [
      ["--rate", "0"],
      ["--rate", "100001"],
      ["--rate", "1.5"],
      ["--rate", "many"],
      ["--rate"]
    ]) {
      assert.deepStrictEqual(parse(args, {}), {
        wrong: "--rate must be a whole number from 1 to 100000."
      })
    }
  })
})
