/** The same journal leads to the same state wherever it is replayed. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import { rulesVersion } from "../../src/Venue.ts"
import { snapshotFile } from "./files.ts"

const script = fileURLToPath(new URL("replay.ts", import.meta.url))
const expected = createHash("sha256")
  .update(gunzipSync(readFileSync(snapshotFile(rulesVersion))))
  .digest("hex")

const replayed = (node: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(
    node,
    [
      "--conditions=@pandora-exchange/source",
      "--disable-warning=ExperimentalWarning",
      script,
      `${rulesVersion}`
    ],
    {
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      encoding: "utf8"
    }
  ).trim()

/** Paths of other Node versions, 22.19 or newer, separated by colons. */
const nodes = (process.env["PANDORA_NODES"] ?? "").split(":").filter((path) => path !== "")
if (nodes.length === 0) {
  console.warn(
    "[portable] replay under other versions of Node is skipped: list their paths in PANDORA_NODES, with colons between them."
  )
}

describe("replay of a journal", () => {
  it.each([
    ["Asia/Kolkata", "hi_IN.UTF-8"],
    ["America/St_Johns", "tr_TR.UTF-8"],
    ["Pacific/Chatham", "C"]
  ])("leads to the same state in the time zone %s with the locale %s", (TZ, locale) => {
    assert.strictEqual(replayed(process.execPath, { TZ, LANG: locale, LC_ALL: locale }), expected)
  })

  it.runIf(nodes.length > 0).each(nodes)("leads to the same state under %s", (node) => {
    assert.strictEqual(replayed(node), expected)
  })
})
