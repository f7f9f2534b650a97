import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { SharedAnswers } from "../src/SharedAnswers.ts"

/** A question answered by `answer`, counting how often it was asked and abandoned. */
const asking = Effect.gen(function* () {
  const answer = yield* Deferred.make<string, string>()
  const shared = new SharedAnswers<string, string>()
  const counts = { asked: 0, givenUp: 0 }
  const question = Effect.suspend(() => {
    counts.asked++
    return Effect.onInterrupt(Deferred.await(answer), () => Effect.sync(() => counts.givenUp++))
  })
  const ask = Effect.forkChild(shared.ask(7, question), { startImmediately: true })
  return { answer, ask, counts, question, shared }
})

describe("SharedAnswers", () => {
  it.effect("asks once for all who wait, and anew for whoever comes after the answer", () =>
    Effect.gen(function* () {
      const { answer, ask, counts, question, shared } = yield* asking
      const both = [yield* ask, yield* ask]
      const other = yield* Effect.forkChild(shared.ask(8, Effect.succeed("other")), {
        startImmediately: true
      })
      yield* Deferred.succeed(answer, "answer")
      assert.deepStrictEqual(yield* Effect.all(both.map(Fiber.join)), ["answer", "answer"])
      assert.strictEqual(yield* Fiber.join(other), "other")
      assert.strictEqual(counts.asked, 1)
      assert.strictEqual(yield* shared.ask(7, question), "answer")
      assert.deepStrictEqual(counts, { asked: 2, givenUp: 0 })
    })
  )

  it.effect("goes on for those who still wait, and gives up when the last has left", () =>
    Effect.gen(function* () {
      const { answer, ask, counts } = yield* asking
      const [leaving, staying] = [yield* ask, yield* ask]
      yield* Fiber.interrupt(leaving)
      assert.deepStrictEqual(counts, { asked: 1, givenUp: 0 })
      yield* Fiber.interrupt(staying)
      assert.deepStrictEqual(counts, { asked: 1, givenUp: 1 })
      const again = yield* ask
      yield* Deferred.succeed(answer, "answer")
      assert.strictEqual(yield* Fiber.join(again), "answer")
      assert.deepStrictEqual(counts, { asked: 2, givenUp: 1 })
    })
  )

  it.effect("error: a failure goes to all who wait", () =>
    Effect.gen(function* () {
      const { answer, ask, counts } = yield* asking
      const both = [yield* ask, yield* ask]
      yield* Deferred.fail(answer, "gone")
      const exits = yield* Effect.all(both.map(Fiber.await))
      assert.deepStrictEqual(exits, [Exit.fail("gone"), Exit.fail("gone")])
      assert.strictEqual(counts.asked, 1)
    })
  )
})
