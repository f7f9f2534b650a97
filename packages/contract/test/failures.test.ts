import { RejectReason } from "@pandora-exchange/core"
import { describe, expect, it } from "@effect/vitest"
import { areas, codes, failureOf, failures, isCode, kinds } from "../src/failures.ts"

describe("the table of failures", () => {
  it("has each code in one area only", () => {
    const named = Object.values(areas).flatMap((area) => Object.keys(area))
    expect(named).toEqual(codes)
  })

  it("has the refusals of the venue in order of precedence", () => {
    expect(Object.keys(areas.refusals)).toEqual(RejectReason.rejectReasons)
  })

  it("uses every kind, and no two kinds have the same status and retry", () => {
    const used = new Set(Object.values(failures).map(([kind]) => kind))
    expect([...used].sort()).toEqual(Object.keys(kinds).sort())
    const pairs = new Set(
      Object.values(kinds).map(({ family, retry, status }) => `${family} ${status} ${retry}`)
    )
    expect(pairs.size).toBe(Object.keys(kinds).length)
  })

  it("says in whole sentences what is wrong, and no two codes say the same", () => {
    const sentences = Object.values(failures).map(([, sentence]) => sentence)
    expect(sentences.filter((sentence) => !/^[A-Z`].*[.?]$/.test(sentence))).toEqual([])
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  it("gives all that is known of a code", () => {
    expect(failureOf("InsufficientFunds")).toEqual({
      code: "InsufficientFunds",
      kind: "refused",
      sentence: "The available balance is too small.",
      family: "Refused",
      status: 422,
      retry: "never",
      grpc: "FAILED_PRECONDITION",
      exit: 1
    })
  })

  it("error: a name that every object has is not a code", () => {
    expect(["InsufficientFunds", "toString", "__proto__", ""].map(isCode)).toEqual([
      true,
      false,
      false,
      false
    ])
  })
})
