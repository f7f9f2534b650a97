import { expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { scrub } from "../src/Logging.ts"
import * as Logging from "../src/Logging.ts"

it("log lines are JSON without secrets, however they get there", async () => {
  const lines: Array<string> = []
  const secret = "hunter2hunter2"
  const log = Effect.gen(function* () {
    yield* Effect.logInfo("signed on", {
      token: secret,
      nested: [{ password: secret }],
      amount: 5n
    })
    yield* Effect.logInfo(`Authorization: Bearer ${secret}`)
    yield* Effect.logInfo({
      url: `postgres://pandora:${secret}@db/x`,
      redacted: Redacted.make(secret)
    })
    yield* Effect.annotateLogs(Effect.logError("failed", new Error(`refresh pdr_${secret}`)), {
      apiKey: secret
    })
    yield* Effect.logInfo(`a token: eyJhbGciOiJFZERTQSJ9.${secret}.${secret}`)
    yield* Effect.logDebug("not at this level")
  })
  await Effect.runPromise(
    Effect.provide(
      log,
      Logging.layer({ logLevel: "Info" }, (line) => lines.push(line))
    )
  )
  expect(lines.length).toBe(5)
  for (const line of lines) {
    expect(line).not.toContain(secret)
    expect(JSON.parse(line)).toMatchObject({
      time: expect.any(String),
      level: expect.stringMatching(/INFO|ERROR/)
    })
  }
  expect(JSON.parse(lines[0]!).message).toEqual([
    "signed on",
    { token: "<redacted>", nested: [{ password: "<redacted>" }], amount: "5" }
  ])
})

it("what refers to itself is cut off", () => {
  const round: { self?: unknown } = {}
  round.self = round
  expect(JSON.stringify(scrub(round))).toContain("…")
})
