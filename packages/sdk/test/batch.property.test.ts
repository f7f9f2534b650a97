/** A batch does the same as its items one after the other: the same answers, and the same state. */
import { expect, it } from "@effect/vitest"
import { codeOf } from "@pandora-exchange/contract/failure"
import { IdempotencyKey } from "@pandora-exchange/core"
import { Effect, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { Exchange, type ExchangeFailure } from "../src/index.ts"
import type * as Requests from "../src/Requests.ts"
import { listed } from "./support.ts"

const start = 1_700_000_000_000
const market = "BTC-USDT"
const keys = Array.from({ length: 4 }, () => IdempotencyKey.make(start))

const decimal = fc.constantFrom("99", "100", "101", "100.001", "0", "x")
const side = fc.constantFrom("buy" as const, "sell" as const)
/** Some of them exist. */
const named = fc.oneof(
  fc.record({ order: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ clientOrderId: fc.constantFrom("a", "b") })
)
const quantity = fc.constantFrom("0.01", "1", "500", "0")
const limit = fc.record(
  {
    side,
    price: decimal,
    quantity,
    clientOrderId: fc.constantFrom("a", "b"),
    postOnly: fc.boolean()
  },
  { requiredKeys: ["side", "price", "quantity"] }
)
const key = fc.record({ key: fc.constantFrom(...keys, "no key") }, { requiredKeys: [] })

const item: fc.Arbitrary<Requests.BatchItem> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: limit.map((order) => ({ place: { market, ...order } })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(named, fc.record({ price: decimal, quantity }, { requiredKeys: [] }))
          .map(([name, terms]) => ({ amend: { market, ...name, ...terms } }))
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(named, limit, fc.boolean())
          .map(([name, by, placeAnyway]) => ({ replace: { market, ...name, by, placeAnyway } }))
      },
      { weight: 3, arbitrary: named.map((name) => ({ cancel: name })) }
    ),
    key
  )
  .map(([item, key]) => ({ ...item, ...key }))

/** Alternates between two accounts, so that orders meet. */
const batches = fc.array(fc.array(item, { minLength: 1, maxLength: 12 }), { maxLength: 8 })

type Send = (
  exchange: Exchange["Service"],
  account: number,
  items: ReadonlyArray<Requests.BatchItem>
) => Effect.Effect<ReadonlyArray<unknown>, ExchangeFailure>

const together: Send = (exchange, account, items) =>
  Effect.map(exchange.batch({ account, items }), (answer) =>
    answer.items.map((item) =>
      item.problem === undefined
        ? item
        : { code: item.problem.code, detail: item.problem.detail, sequence: item.problem.sequence }
    )
  )

const oneByOne: Send = (exchange, account, items) =>
  Effect.forEach(items, ({ key, ...item }) => {
    const [[name, request]] = Object.entries(item) as [["place", object]]
    const method = exchange[name] as (request: object) => Effect.Effect<object, ExchangeFailure>
    const again = key === undefined ? {} : { key }
    return Effect.map(Effect.result(method({ account, ...request, ...again })), (result) => {
      if (Result.isSuccess(result)) return { [name]: result.success }
      const { message, sequence } = result.failure as { message: string; sequence?: number }
      return { code: codeOf(result.failure), detail: message, sequence }
    })
  })

const played = (of: ReadonlyArray<ReadonlyArray<Requests.BatchItem>>, send: Send) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(start)
    const exchange = yield* Exchange
    const accounts: Array<number> = []
    for (const reference of ["alice", "bob"]) {
      const { account } = yield* exchange.openAccount({ reference })
      for (const asset of ["BTC", "USDT"])
        yield* exchange.credit({ account, asset, amount: "1000" })
      accounts.push(account)
    }
    const answers: Array<unknown> = []
    for (const [i, items] of of.entries())
      answers.push(yield* send(exchange, accounts[i % 2]!, items))
    return { answers, hash: yield* exchange.stateHash() }
  }).pipe(
    Effect.provide(Layer.provideMerge(Exchange.layer(listed), TestClock.layer())),
    Effect.runPromise
  )

it("a batch answers and changes what its items do one by one", { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(batches, async (of) => {
      expect(await played(of, together)).toEqual(await played(of, oneByOne))
    }),
    { numRuns: process.env["PANDORA_TEST_LONG"] === "1" ? 2_000 : 60 }
  )
)
