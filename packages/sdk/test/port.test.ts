/** The port: what every face of an exchange calls. */
import { assert, layer } from "@effect/vitest"
import { type Principal, system } from "@pandora-exchange/contract"
import { Effect } from "effect"
import { Exchange } from "../src/index.ts"
import { listed } from "./support.ts"

const principalOf = (
  accountIds: ReadonlyArray<number>,
  permissions: Principal["permissions"]
): Principal => ({
  userId: "ann",
  name: "Ann",
  accountIds,
  permissions
})

const order = { market: "BTC-USDT", side: "buy", price: "100", quantity: "1" } as const

layer(Exchange.layer(listed))("the port", (it) => {
  const opened = Effect.gen(function* () {
    const { operations } = yield* Exchange
    const { account } = yield* operations.openAccount(system, {})
    yield* operations.credit(system, { account, asset: "USDT", amount: "1000" })
    return { account, operations }
  })

  it.effect("lets a principal trade with an account of their own, and see it", () =>
    Effect.gen(function* () {
      const { account, operations } = yield* opened
      const ann = principalOf([account], ["read", "trade"])
      const placed = yield* operations.place(ann, { account, ...order })
      const { data, sequence } = yield* operations.openOrders(ann, { account })
      assert.deepStrictEqual(
        [data.map(({ order }) => order), sequence],
        [[placed.order], placed.sequence]
      )
    })
  )

  it.effect("an order tells the API key that placed it, and open orders are found by it", () =>
    Effect.gen(function* () {
      const { account, operations } = yield* opened
      const session = principalOf([account], ["read", "trade"])
      const [first, second] = [7, 8].map((credential) => ({ ...session, credential }))
      const credentialsOf = (filter: { readonly credential?: number } = {}) =>
        Effect.map(operations.openOrders(session, { account, ...filter }), ({ data }) =>
          data.map(({ credential, order }) => [order, credential])
        )
      const bySession = yield* operations.place(session, { account, ...order, price: "1" })
      const byKey = yield* operations.place(first!, { account, ...order, price: "2" })
      const byHost = yield* operations.place(system, { account, ...order, price: "3" })
      const contingency = "OTO"
      const leg = { side: "buy", price: "4", quantity: "1" } as const
      const market = order.market
      const list = yield* operations.placeList(first!, {
        account,
        market,
        contingency,
        orders: [leg, leg]
      })
      const [working, waiting] = list.orders.map(({ order }) => order)
      const replacing = {
        account,
        market,
        order: byHost.order,
        by: { side: "buy", price: "5", quantity: "1" }
      } as const
      const { placed } = yield* operations.replace(second!, replacing)
      // An amended order keeps the credential of the caller who placed it.
      yield* operations.amend(second!, { account, market, order: byKey.order, price: "6" })

      const [none, key, other] = [
        [[bySession.order, undefined]],
        [
          [byKey.order, 7],
          [working, 7],
          [waiting, 7]
        ],
        [[placed!.order, 8]]
      ]
      assert.deepStrictEqual(yield* credentialsOf(), [...none, ...key, ...other])
      assert.deepStrictEqual(yield* credentialsOf({ credential: 0 }), none)
      assert.deepStrictEqual(yield* credentialsOf({ credential: 7 }), key)
      assert.deepStrictEqual(yield* credentialsOf({ credential: 8 }), other)
      assert.deepStrictEqual(yield* credentialsOf({ credential: 9 }), [])
      assert.strictEqual(
        (yield* operations.openOrder(session, { account, order: byKey.order }))?.credential,
        7
      )
    })
  )

  it.effect("error: accounts of others do not exist, and permissions are asked for first", () =>
    Effect.gen(function* () {
      const { account, operations } = yield* opened
      const of = (principal: Principal) =>
        Effect.map(
          Effect.flip(operations.place(principal, { account, ...order })),
          (failure): object => ({
            ...failure
          })
        )
      const unknown = { _tag: "Refused", code: "UnknownAccount", field: "account" }
      const notPermitted = { _tag: "Refused", code: "NotPermitted" }
      assert.deepInclude(yield* of(principalOf([account + 1], ["trade"])), unknown)
      assert.deepInclude(yield* of(principalOf([account], ["read"])), notPermitted)
      assert.deepInclude(yield* of(principalOf([], ["read"])), notPermitted)
    })
  )

  it.effect("error: what only the embedding program may do is refused to everybody else", () =>
    Effect.gen(function* () {
      const { account, operations } = yield* opened
      const staff = principalOf([account], ["read", "trade", "users:roles"])
      const refused = yield* Effect.flip(
        operations.credit(staff, { account, asset: "USDT", amount: "1" })
      )
      assert.deepInclude({ ...refused } as object, { _tag: "Refused", code: "NotPermitted" })
    })
  )

  it.effect("gives public facts to everybody, and fails where there is none", () =>
    Effect.gen(function* () {
      const { operations } = yield* Exchange
      const nobody = principalOf([], [])
      assert.strictEqual((yield* operations.market(nobody, { market: "BTC-USDT" })).base, "BTC")
      const unknown = yield* Effect.flip(operations.market(nobody, { market: "NO-SUCH" }))
      assert.deepInclude({ ...unknown } as object, {
        _tag: "Refused",
        code: "UnknownMarket",
        field: "market"
      })
    })
  )
})
