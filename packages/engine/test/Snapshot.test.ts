/**
 * Damaged bytes fail with a place and a reason. None becomes a state that these are not the bytes
 * of.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import * as Snapshot from "../src/Snapshot.ts"
import { OrderOwn, OrderRecord, partsReader } from "../src/OrderRecord.ts"
import { Reader } from "../src/SnapshotBytes.ts"
import { snapshotFile } from "./golden/files.ts"

const files = ["2", "2-ends"].map((name) => ({
  name,
  bytes: gunzipSync(readFileSync(snapshotFile(name)))
}))

/** Why the bytes are refused, or whether the state found is the one of exactly these bytes. */
const outcome = (bytes: Uint8Array): string | boolean => {
  try {
    return Buffer.concat([...Snapshot.encode(Snapshot.decode(bytes))]).equals(bytes)
  } catch (cause) {
    if (!(cause instanceof Snapshot.MalformedSnapshot)) throw cause
    return cause.message
  }
}

describe.each(files)("a damaged snapshot, $name", ({ bytes }) => {
  const samples = Array.from({ length: 300 }, (_, i) => Math.floor((i * bytes.length) / 300))

  it("error: bytes that are cut off name the place where they end", () => {
    for (const length of samples) {
      assert.match(String(outcome(bytes.subarray(0, length))), /^[a-z0-9 ]+, before byte \d+: /)
    }
  })

  it("error: bytes that go on are refused", () => {
    const found = outcome(Buffer.concat([bytes, Buffer.alloc(1)]))
    assert.strictEqual(found, `request keys, before byte ${bytes.length}: bytes follow the state`)
  })

  it("error: a flipped byte fails, or the state is the one that the bytes say now", () => {
    for (const at of samples) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 0x80
      assert.notStrictEqual(outcome(damaged), false, `byte ${at}`)
    }
  })
})

describe("the reason names what is wrong", () => {
  const empty = Buffer.alloc(88)
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(empty)
    bytes[at] = value
    return bytes
  }

  it.each([
    ["a number past 2^53", changed(7, 1), "counters, before byte 8: a whole number is past 2^53"],
    [
      "a count without its items",
      changed(40, 23),
      "assets, before byte 44: 23 items expected, 44 bytes are left"
    ],
    [
      "a kind that is not there",
      changed(44, 1).fill(9, 48, 49),
      "accounts, before byte 49: no account kind has position 9"
    ],
    ["an unknown account", changed(48, 77), "accounts, before byte 52: there is no account 77"]
  ])("error: %s", (_, bytes, reason) => {
    assert.strictEqual(outcome(bytes), reason)
  })
})

it("a field that a format does not have is 0, whatever the order before had", () => {
  const order = Object.assign(new OrderRecord(), { credential: 77, lots: 5, listId: 3 })
  const { every, partly } = partsReader(0)
  for (const read of [every, partly]) read(new Reader(new Uint8Array(), 0), order, new OrderOwn())
  assert.deepInclude({ ...order }, { credential: 0, lots: 0, listId: 0 })
})
