import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { codeOf, InvalidInput, OutcomeUnknown, Refused, Unavailable } from "../src/failure.ts"

describe("failures", () => {
  it("say what is wrong, with the field in front where there is one", () => {
    const failures = [
      new InvalidInput("OffTick", "price"),
      new Refused("InsufficientFunds", { sequence: 7 }),
      new Unavailable("Busy"),
      new OutcomeUnknown()
    ]
    expect(failures.map(({ code, message }) => [code, message])).toEqual([
      ["OffTick", "price: Must be a multiple of the market's tick size."],
      ["InsufficientFunds", "The available balance is too small."],
      ["Busy", "Busy. Nothing was done; retry shortly."],
      [
        "OutcomeUnknown",
        "The journal did not answer, so the request may or may not have been done. Send it again with the same key to find out."
      ]
    ])
  })

  it("carry what belongs to them and nothing else", () => {
    expect({ ...new InvalidInput("OffTick", "price") }).toEqual({
      _tag: "InvalidInput",
      code: "OffTick",
      field: "price"
    })
    expect({ ...new Refused("InsufficientFunds", { sequence: 7 }) }).toEqual({
      _tag: "Refused",
      code: "InsufficientFunds",
      sequence: 7
    })
    expect({ ...new Refused("OwnRights") }).toEqual({ _tag: "Refused", code: "OwnRights" })
  })

  it.effect("a code is caught by its name, and the others go on", () =>
    Effect.gen(function* () {
      const failing = (code: "OwnRights" | "RightsAbove") =>
        Effect.fail(new Refused<"OwnRights" | "RightsAbove">(code))
      const caught = (code: "OwnRights" | "RightsAbove") =>
        failing(code).pipe(
          Effect.catchReason("Refused", "OwnRights", ({ _tag }) => Effect.succeed(_tag))
        )
      expect(yield* caught("OwnRights")).toBe("OwnRights")
      expect(yield* Effect.flip(caught("RightsAbove"))).toEqual(new Refused("RightsAbove"))
    })
  )

  it("have the code that they carry, or their tag", () => {
    const failures = [
      new InvalidInput("OffTick", "price"),
      new Refused("OwnRights"),
      new OutcomeUnknown(),
      new IdentityUnavailable({ cause: "no answer" }),
      { _tag: "MineIsAnother" },
      // Codes of the operating system are not in the table.
      { _tag: "FileProblem", code: "Busy" },
      new Error("a bug"),
      undefined
    ]
    expect(failures.map(codeOf)).toEqual([
      "OffTick",
      "OwnRights",
      "OutcomeUnknown",
      "IdentityUnavailable",
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })
})
