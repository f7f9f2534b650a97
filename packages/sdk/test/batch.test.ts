/** Batches: several commands of one account in one request, each with its own key and answer. */
import { assert, describe, it } from "@effect/vitest"
import { failureOf } from "@pandora-exchange/contract/failures"
import { Effect } from "effect"
import { onTestFinished } from "vitest"
import { createExchange, type ExchangeOptions, type Guard, idempotencyKey } from "../src/index.ts"
import type * as Requests from "../src/Requests.ts"
import { errorOf, listed, trading } from "./support.ts"

const market = "BTC-USDT"
const buy = (price: string, more: Partial<Requests.BatchedLimit> = {}) => ({
  place: { market, side: "buy" as const, price, quantity: "1", ...more }
})

const opened = async (options: ExchangeOptions = {}) => {
  const all = await trading(options)
  onTestFinished(() => all.exchange.close())
  return all
}

const codesOf = ({ items }: Requests.BatchAnswer) =>
  items.map(({ problem, ...done }) => problem?.code ?? Object.keys(done)[0])

describe.each([false, true])("a batch (venue in a thread of its own: %s)", (thread) => {
  it("is done in order, each item by itself, with an answer in its place", async () => {
    const { alice, exchange } = await opened({ thread })
    const before = (await exchange.status()).durableSequence
    const { items, sequence } = await exchange.batch({
      account: alice,
      items: [
        buy("100", { clientOrderId: "a" }),
        { amend: { market, clientOrderId: "a", price: "101" } },
        { cancel: { order: 999 } },
        {
          replace: { market, clientOrderId: "a", by: { side: "buy", price: "102", quantity: "1" } }
        },
        buy("100.001"),
        buy("103", { clientOrderId: "b" }),
        { cancel: { clientOrderId: "b" } }
      ]
    })
    assert.deepStrictEqual(
      items.map(({ amend, cancel, place, problem, replace }) =>
        problem === undefined
          ? [place?.price, amend?.price, replace?.placed?.price, cancel?.cancelledQuantity].find(
              (said) => said !== undefined
            )
          : problem
      ),
      [
        "100",
        "101",
        {
          code: "UnknownOrder",
          status: 404,
          retry: "never",
          detail: failureOf("UnknownOrder").sentence,
          sequence: before + 3
        },
        "102",
        {
          code: "OffTick",
          status: 400,
          retry: "never",
          detail: `price: ${failureOf("OffTick").sentence}`,
          parameter: "price"
        },
        "103",
        "1"
      ]
    )
    // Requests that fail before they reach the venue take no place in the journal.
    assert.strictEqual(sequence, before + 6)
    assert.deepStrictEqual((await exchange.depth({ market })).bids, [["102", "1"]])
  })

  it("sent again with its keys is not done again, and gives the first answers", async () => {
    const { alice, exchange } = await opened({ thread })
    const keyed = <A extends object>(item: A) => ({ ...item, key: idempotencyKey() })
    const items = [keyed(buy("100")), keyed(buy("1", { quantity: "9999" })), keyed(buy("101"))]
    const first = await exchange.batch({ account: alice, items })
    assert.deepStrictEqual(codesOf(first), ["place", "QuantityTooLarge", "place"])
    const hash = await exchange.depth({ market })
    assert.deepStrictEqual(await exchange.batch({ account: alice, items }), first)
    assert.deepStrictEqual(await exchange.depth({ market }), hash)
    // In part, in another order, or alone.
    const again = await exchange.batch({ account: alice, items: [items[2]!, items[0]!] })
    assert.deepStrictEqual(again.items, [first.items[2]!, first.items[0]!])
    const { key, place } = items[0]!
    assert.deepStrictEqual(
      await exchange.place({ account: alice, ...place, key }),
      first.items[0]!.place
    )
  })

  it("with one key twice does it once; for another command the key is refused", async () => {
    const { alice, exchange } = await opened({ thread })
    const key = idempotencyKey()
    const answer = await exchange.batch({
      account: alice,
      items: [
        { ...buy("100"), key },
        { ...buy("100"), key },
        { ...buy("101"), key },
        { ...buy("102"), key: "mine" }
      ]
    })
    assert.deepStrictEqual(codesOf(answer), ["place", "place", "KeyConflict", "MalformedKey"])
    assert.deepStrictEqual(answer.items[1], answer.items[0])
    assert.strictEqual((await exchange.openOrders({ account: alice })).length, 1)
  })

  it("of 100 items is taken", async () => {
    const { alice, exchange } = await opened({ thread })
    const items = Array.from({ length: 100 }, (_, i) => buy(`${i + 1}`, { quantity: "0.1" }))
    const answer = await exchange.batch({ account: alice, items })
    assert.deepStrictEqual(
      answer.items.map(({ place }) => place?.price),
      items.map(({ place }) => place.price)
    )
  })
})

describe("error: a batch is refused as a whole", () => {
  const wrong: ReadonlyArray<readonly [string, unknown, code: string, field: string]> = [
    ["without items", [], "InvalidValue", "items"],
    ["of 101 items", Array(101).fill(buy("100")), "InvalidValue", "items"],
    ["whose items are no list", {}, "InvalidValue", "items"],
    ["with an item that does nothing", [buy("100"), {}], "MissingField", "items.1.place"],
    [
      "with an item that does two things",
      [{ ...buy("1"), cancel: { order: 1 } }],
      "UnknownField",
      "items.0.place"
    ],
    [
      "with a misspelt field",
      [buy("100"), { place: { ...buy("1").place, prise: "1" } }],
      "UnknownField",
      "items.1.place.prise"
    ],
    [
      "with a price on a market order",
      [{ place: { market, side: "buy", type: "market", quantity: "1", price: "1" } }],
      "NotForMarketOrders",
      "items.0.place.price"
    ],
    [
      "with an account in an item",
      [{ place: { ...buy("1").place, account: 1 } }],
      "UnknownField",
      "items.0.place.account"
    ],
    ["with a key that is no text", [{ ...buy("1"), key: 1 }], "MalformedKey", "items.0.key"]
  ]

  it.each(wrong)("%s", async (_, items, code, field) => {
    const { alice, exchange } = await opened()
    const hash = await exchange.stateHash()
    const error = await errorOf(
      exchange.batch({ account: alice, items: items as Requests.OrderBatch["items"] })
    )
    assert.deepStrictEqual([error.code, error.details["field"]], [code, field])
    assert.strictEqual(await exchange.stateHash(), hash)
  })

  it("with a key for all", async () => {
    const { alice, exchange } = await opened()
    const error = await errorOf(
      exchange.batch({
        account: alice,
        items: [buy("100")],
        key: idempotencyKey()
      } as Requests.OrderBatch)
    )
    assert.deepStrictEqual([error.code, error.details["field"]], ["UnknownField", "key"])
  })

  it("after the exchange was closed", async () => {
    const exchange = await createExchange(listed)
    await exchange.close()
    const error = await errorOf(exchange.batch({ account: 1000, items: [buy("100")] }))
    assert.strictEqual(error.code, "Closed")
  })
})

it("an item of an account that does not exist is refused as the command alone", async () => {
  const { exchange } = await opened()
  const answer = await exchange.batch({ account: 999_999, items: [buy("100")] })
  assert.deepStrictEqual(codesOf(answer), ["UnknownAccount"])
})

it("limits count each item", async () => {
  const { alice, exchange } = await opened({ limits: { openOrdersPerAccountMax: 2 } })
  const answer = await exchange.batch({
    account: alice,
    items: [buy("100"), buy("101"), buy("102")]
  })
  assert.deepStrictEqual(codesOf(answer), ["place", "place", "TooManyOpenOrders"])
})

it("an overloaded venue takes the first items, and refuses the others so that they can be sent again", async () => {
  const { alice, exchange } = await opened({ inboxMax: 8 })
  const items = Array.from({ length: 10 }, (_, i) => ({
    ...buy(`${i + 1}`),
    key: idempotencyKey()
  }))
  const answer = await exchange.batch({ account: alice, items })
  assert.deepStrictEqual(codesOf(answer), [
    ...Array(7).fill("place"),
    ...Array(3).fill("Overloaded")
  ])
  assert.strictEqual(answer.items[9]!.problem?.retry, "safe")
  const again = await exchange.batch({ account: alice, items: items.slice(3) })
  assert.deepStrictEqual(again.items.slice(0, 4), answer.items.slice(3, 7))
  assert.deepStrictEqual(codesOf(again), Array(7).fill("place"))
})

it("a user sends batches for their own account only", async () => {
  const exchange = await createExchange({ ...listed, identity: (user: string) => user })
  onTestFinished(() => exchange.close())
  const ann = await exchange.as("ann")
  await exchange.credit({ account: ann.account, asset: "USDT", amount: "1000" })
  assert.deepStrictEqual(codesOf(await ann.batch({ items: [buy("100")] })), ["place"])
  const other = { account: 1, items: [buy("100")] } as Parameters<typeof ann.batch>[0]
  assert.strictEqual((await errorOf(ann.batch(other))).code, "UnknownField")
})

describe("guards", () => {
  it("see each item as the command that it is, and refuse it alone", async () => {
    const seen: Array<unknown> = []
    const guard: Guard = ({ name }, { userId }, request) => {
      if (name !== "place" && name !== "cancel") return undefined
      seen.push([name, userId, request["account"], request["price"] ?? request["order"]])
      return request["price"] === "101" ? { code: "TooDear", message: "At most 100." } : undefined
    }
    const { alice, exchange } = await opened({ guards: [guard] })
    const answer = await exchange.batch({
      account: alice,
      items: [buy("100"), buy("101"), { cancel: { order: 1 } }]
    })
    assert.deepStrictEqual(codesOf(answer), ["place", "TooDear", "cancel"])
    assert.deepStrictEqual(answer.items[1]!.problem, {
      code: "TooDear",
      status: 422,
      retry: "never",
      detail: "At most 100."
    })
    assert.deepStrictEqual(seen, [
      ["place", "system", alice, "100"],
      ["place", "system", alice, "101"],
      ["cancel", "system", alice, 1]
    ])
  })

  it("are asked about all items at once, and what passes is sent together, in order", async () => {
    let waiting = 0
    let release = () => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    const guard: Guard = ({ name }) => {
      if (name !== "place") return undefined
      if (++waiting === 3) release()
      return gate
    }
    const { alice, exchange } = await opened({ guards: [guard], guardTimeoutMs: 60_000 })
    const { items } = await exchange.batch({
      account: alice,
      items: [buy("100"), buy("101"), buy("102")]
    })
    assert.deepStrictEqual(
      items.map(({ place }) => place!.sequence - items[0]!.place!.sequence),
      [0, 1, 2]
    )
  })

  it("that say no to a repetition do not hide the first answer, and one key has one verdict", async () => {
    let closed = false
    const asked: Array<string> = []
    const guard: Guard = ({ name }, _, request) => {
      if (name === "place") asked.push(String(request["price"]))
      return closed ? { code: "Closed for today" } : undefined
    }
    const { alice, exchange } = await opened({ guards: [guard] })
    const [one, two] = [
      { ...buy("100"), key: idempotencyKey() },
      { ...buy("101"), key: idempotencyKey() }
    ]
    const first = await exchange.batch({ account: alice, items: [one, one] })
    assert.deepStrictEqual(first.items[1], first.items[0])
    closed = true
    const answer = await exchange.batch({ account: alice, items: [two, one, two] })
    assert.deepStrictEqual(codesOf(answer), ["Closed for today", "place", "Closed for today"])
    assert.deepStrictEqual(answer.items[1], first.items[0])
    assert.deepStrictEqual(asked, ["100", "101", "100"])
  })

  it("never make two batches with the same keys wait for each other", async () => {
    const { alice, exchange } = await opened({ guards: [() => Effect.yieldNow] })
    const items = Array.from({ length: 5 }, (_, i) => ({
      ...buy(`${i + 1}`),
      key: idempotencyKey()
    }))
    const [one, other] = await Promise.all([
      exchange.batch({ account: alice, items }),
      exchange.batch({ account: alice, items: items.toReversed() })
    ])
    assert.deepStrictEqual(other.items.toReversed(), one.items)
    assert.strictEqual((await exchange.openOrders({ account: alice })).length, 5)
  })
})
