import { describe, expect, it } from "@effect/vitest"
import { SnapshotStore } from "@pandora-exchange/core"
import { Recovery } from "@pandora-exchange/engine"
import { explain } from "../src/explain.ts"

/** As it arrives from the venue's thread: tag and fields, without a class. */
const plain = (failure: Error) => ({
  ...JSON.parse(JSON.stringify(failure)),
  message: `${failure}`
})

describe("why the server did not start", () => {
  it.each<[Error, RegExp]>([
    [
      new Recovery.RulesUnknown({ sequence: 7, rulesVersion: 9 }),
      /^From sequence 7 on, .+: use a build that has version 9\. The data is in /
    ],
    [
      new Recovery.RulesChangeUnfinished({ sequence: 7, rulesVersion: 1 }),
      /^A change of rules from version 1 .+ no whole snapshot of sequence 6 .+ The data is in /
    ],
    [
      new SnapshotStore.SnapshotsUnavailable({ cause: new Error("EMFILE") }),
      /^The snapshots cannot be read \(The .+: EMFILE\)/
    ]
  ])("is one sentence, also of a failure in the venue's thread: %s", (failure, sentence) => {
    expect(explain(failure, undefined, "server")).toMatch(sentence)
    expect(explain(plain(failure), undefined, "server")).toBe(explain(failure, undefined, "server"))
  })
})
