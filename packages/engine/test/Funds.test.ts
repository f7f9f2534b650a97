import { assert, describe, it } from "@effect/vitest"
import { Account, Decimal } from "@pandora-exchange/core"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Funds } from "../src/Funds.ts"
import { InvariantBroken } from "../src/invariant.ts"
import { AccountStates } from "../src/State.ts"
import { Trade } from "../src/Trade.ts"

const { unitsMax } = Decimal
const amountMax = Number.MAX_SAFE_INTEGER
const house: number = Account.houseAccountId
const external: number = Account.externalAccountId
const receivable: number = Account.receivableAccountId
const base = 1
const quote = 2

/** Two users; the second account's number is the greater. */
const opened = () => {
  const accounts = new AccountStates()
  const [ann, bob] = [accounts.open("user", ""), accounts.open("user", "")]
  const funds = new Funds(accounts)
  const all = () =>
    [base, quote].map((asset) =>
      [house, external, receivable, ann, bob].map((account) => [
        funds.available(account, asset),
        funds.held(account, asset)
      ])
    )
  return { accounts, ann, bob, funds, all }
}

/** Ann holds 1,000 quote for her bid, Bob 50 base for what he sells. */
const trading = () => {
  const venue = opened()
  const { ann, bob, funds } = venue
  funds.move(external, ann, quote, 1_500n)
  funds.move(external, bob, base, 60n)
  funds.reserve(ann, quote, 1_000)
  funds.reserve(bob, base, 50)
  const trade: Trade = Object.assign(new Trade(), {
    buyer: ann,
    seller: bob,
    base,
    quote,
    baseUnits: 40,
    quoteUnits: 800,
    buyerHeld: 900,
    buyerFee: 2,
    sellerFee: 5
  })
  return { ...venue, trade }
}

const broken = (fact: string) => new InvariantBroken(`not true any more: ${fact}`)

describe("Funds", () => {
  it("settles a trade: both sides pay out of what is held, the buyer's rest comes back, the house has the fees", () => {
    const { all, funds, trade } = trading()
    funds.settle(trade)
    assert.deepStrictEqual(all(), [
      [
        [2n, 0n],
        [-60n, 0n],
        [0n, 0n],
        [38n, 0n],
        [10n, 10n]
      ],
      [
        [5n, 0n],
        [-1_500n, 0n],
        [0n, 0n],
        [600n, 100n],
        [795n, 0n]
      ]
    ])
  })

  it("settles up to what is held, for all of it in fees", () => {
    const { ann, bob, funds, trade } = trading()
    funds.settle(
      Object.assign(trade, {
        baseUnits: 50,
        quoteUnits: 1_000,
        buyerHeld: 1_000,
        buyerFee: 50,
        sellerFee: 1_000
      })
    )
    assert.deepStrictEqual(
      [ann, bob, house].map((account) => [
        funds.available(account, base),
        funds.held(account, base),
        funds.available(account, quote),
        funds.held(account, quote)
      ]),
      [
        [0n, 0n, 500n, 0n],
        [10n, 0n, 0n, 0n],
        [50n, 0n, 1_000n, 0n]
      ]
    )
  })

  it.each<[string, Partial<Trade>]>([
    ["a trade costs the buyer at most what is held for it", { quoteUnits: 901 }],
    ["the buyer's fee is part of what it receives", { buyerFee: 41 }],
    ["the buyer's fee is part of what it receives", { buyerFee: -1 }],
    ["the seller's fee is part of what it receives", { sellerFee: 801 }],
    ["the seller's fee is part of what it receives", { sellerFee: -1 }],
    ["a trade moves amounts below 2^53", { buyerHeld: amountMax + 1 }],
    ["a trade moves amounts below 2^53", { baseUnits: amountMax + 1 }],
    ["a trade moves amounts below 2^53", { baseUnits: Number.NaN }],
    [
      "a trade gives as much quote as it takes",
      { quoteUnits: 185.1, buyerHeld: 398.5, sellerFee: 32.8 }
    ],
    ["a trade gives as much base as it takes", { baseUnits: 3.9, buyerFee: 0.7 }],
    ["what is taken is there", { buyerHeld: 1_001 }],
    ["what is taken is there", { baseUnits: 51 }]
  ])("error: stops where it is not true that %s: %o", (fact, change) => {
    const { funds, trade } = trading()
    assert.deepStrictEqual(
      thrownBy(() => funds.settle(Object.assign(trade, change))),
      broken(fact)
    )
  })

  const calls: Readonly<Record<string, (venue: ReturnType<typeof trading>) => void>> = {
    settle: ({ funds, trade }) => funds.settle(trade),
    reserve: ({ ann, funds }) => funds.reserve(ann, quote, 7),
    release: ({ ann, funds }) => funds.release(ann, quote, 7),
    move: ({ ann, bob, funds }) => funds.move(ann, bob, quote, 7n),
    hold: ({ ann, funds }) => funds.hold(ann, quote, 7n),
    unhold: ({ ann, bob, funds }) => funds.unhold(ann, bob, quote, 7n)
  }

  it.each(Object.entries(calls))(
    "error: %s stops when any one of its writes to a balance is lost",
    (_, call) => {
      const { thrown, writes } = withoutWrite(undefined, call)
      assert.isUndefined(thrown)
      assert.isAtLeast(writes, 2)
      for (let lost = 0; lost < writes; lost++) {
        assert.instanceOf(
          withoutWrite(lost, call).thrown,
          InvariantBroken,
          `write ${lost} of ${writes}`
        )
      }
    }
  )

  it("reserves what is available, and no more", () => {
    const { ann, funds } = opened()
    funds.move(external, ann, base, 10n)
    assert.deepStrictEqual(
      [-1, 0, 10, 11].map((amount) => funds.canReserve(ann, base, amount)),
      [true, true, true, false]
    )
    funds.reserve(ann, base, 0)
    funds.reserve(ann, base, 7)
    funds.release(ann, base, 2)
    assert.deepStrictEqual([funds.available(ann, base), funds.held(ann, base)], [5n, 5n])
    funds.adjust(ann, base, 5, 8)
    assert.deepStrictEqual([funds.available(ann, base), funds.held(ann, base)], [2n, 8n])
    funds.adjust(ann, base, 8, 1)
    assert.deepStrictEqual([funds.available(ann, base), funds.held(ann, base)], [9n, 1n])
    funds.adjust(ann, base, 1, 1)
    assert.deepStrictEqual([funds.available(ann, base), funds.held(ann, base)], [9n, 1n])
  })

  it.each(["reserve", "release"] as const)(
    "error: %ss only whole amounts below 2^53 that are there",
    (call) => {
      const { ann, funds } = opened()
      funds.move(external, ann, base, 2n ** 60n)
      funds.hold(ann, base, 2n ** 59n)
      for (const amount of [-1, amountMax + 1, Number.NaN]) {
        assert.deepStrictEqual(
          thrownBy(() => funds[call](ann, base, amount)),
          broken(`an order ${call}s an amount below 2^53`)
        )
      }
      funds[call](ann, base, amountMax)
      assert.strictEqual(funds.available(ann, base) + funds.held(ann, base), 2n ** 60n)
      assert.deepStrictEqual(
        thrownBy(() => funds[call](ann, quote, 1)),
        broken("what is taken is there")
      )
    }
  )

  it("moves money between accounts, and holds it for withdrawals", () => {
    const { all, ann, bob, funds } = opened()
    funds.move(external, ann, base, unitsMax)
    funds.move(ann, bob, base, 100n)
    funds.move(receivable, external, base, 7n)
    assert.strictEqual(funds.cameIn(base), unitsMax)
    funds.hold(bob, base, 60n)
    funds.unhold(bob, external, base, 30n)
    funds.unhold(bob, house, base, 1n)
    funds.unhold(bob, bob, base, 9n)
    assert.strictEqual(funds.cameIn(base), unitsMax - 30n)
    assert.deepStrictEqual(all()[0], [
      [1n, 0n],
      [37n - unitsMax, 0n],
      [-7n, 0n],
      [unitsMax - 100n, 0n],
      [49n, 20n]
    ])
  })

  it("keeps users and the house at or above zero, and what is owed at or below it", () => {
    const { accounts, ann, funds } = opened()
    const loan = accounts.open("loan", "")
    assert.deepStrictEqual(
      [funds.canGive(loan, base, 1n), funds.canTake(loan, base, 1n)],
      [true, false]
    )
    funds.move(external, ann, base, 10n)
    funds.move(receivable, house, base, 5n)
    for (const [account, owned] of [
      [ann, 10n],
      [house, 5n]
    ] as const) {
      assert.deepStrictEqual(
        [owned, owned + 1n].map((amount) => funds.canGive(account, base, amount)),
        [true, false]
      )
      assert.isTrue(funds.canTake(account, base, 1n))
    }
    for (const [account, owed] of [
      [external, 10n],
      [receivable, 5n]
    ] as const) {
      assert.deepStrictEqual(
        [owed, owed + 1n].map((amount) => funds.canTake(account, base, amount)),
        [true, false]
      )
      assert.isTrue(funds.canGive(account, base, 1n))
    }
  })

  it("keeps balances below 2^63 in both directions", () => {
    const { ann, funds } = opened()
    assert.deepStrictEqual(
      [unitsMax, unitsMax + 1n].map((amount) => funds.canTake(ann, base, amount)),
      [true, false]
    )
    assert.deepStrictEqual(
      [unitsMax, unitsMax + 1n].map((amount) => funds.canGive(external, base, amount)),
      [true, false]
    )
  })

  it.each<[string, (funds: Funds, ann: number) => void, string]>([
    [
      "a user gives more than it has",
      (funds, ann) => funds.move(ann, house, base, 11n),
      "available"
    ],
    [
      "the house gives what it has not",
      (funds, ann) => funds.move(house, ann, base, 1n),
      "available"
    ],
    [
      "more goes outside than came in",
      (funds, ann) => funds.move(ann, external, quote, 1n),
      "available"
    ],
    [
      "more is paid than is owed",
      (funds, ann) => funds.move(ann, receivable, base, 1n),
      "available"
    ],
    ["more is held than is available", (funds, ann) => funds.hold(ann, base, 11n), "available"],
    ["the world outside holds something", (funds) => funds.hold(external, base, 1n), "held"],
    ["more is paid than is held", (funds, ann) => funds.unhold(ann, ann, base, 1n), "held"]
  ])("error: stops when %s", (_, act, part) => {
    const { ann, funds } = opened()
    funds.move(external, ann, base, 10n)
    assert.deepStrictEqual(
      thrownBy(() => act(funds, ann)),
      broken(`what is ${part} is on the account's side of zero`)
    )
  })

  it.each<[string, (funds: Funds, ann: number) => void]>([
    ["moved", (funds, ann) => funds.move(ann, external, base, -1n)],
    ["held", (funds, ann) => funds.hold(ann, base, -1n)],
    ["paid out of what is held", (funds, ann) => funds.unhold(ann, external, base, -1n)]
  ])("error: stops when less than nothing is %s, and changes nothing", (_, act) => {
    const { all, ann, funds } = opened()
    funds.move(external, ann, base, 10n)
    funds.hold(ann, base, 5n)
    const before = all()
    assert.deepStrictEqual(
      thrownBy(() => act(funds, ann)),
      broken("a command moves no negative amount")
    )
    assert.deepStrictEqual(all(), before)
  })

  it("loads balances as they were", () => {
    const { all, ann, funds } = opened()
    funds.load(ann, base, 3n, 4n)
    funds.load(external, base, -7n, 0n)
    assert.deepStrictEqual(all()[0], [
      [0n, 0n],
      [-7n, 0n],
      [0n, 0n],
      [3n, 4n],
      [0n, 0n]
    ])
  })

  it("error: loads no balance that cannot be", () => {
    const { ann, funds } = opened()
    for (const [account, available, held] of [
      [ann, -1n, 0n],
      [ann, 0n, -1n],
      [external, 1n, 0n],
      [receivable, 0n, 1n]
    ] as const) {
      assert.deepStrictEqual(
        thrownBy(() => funds.load(account, base, available, held)),
        broken("a balance is on its side of zero")
      )
    }
  })

  it("is the only module that can change a balance", () => {
    const src = fileURLToPath(new URL("../src", import.meta.url))
    const users = globSync("**/*.ts", { cwd: src }).filter((file) =>
      readFileSync(`${src}/${file}`, "utf8").includes('/Balances.ts"')
    )
    assert.deepStrictEqual(users, ["Funds.ts"])
  })
})

/**
 * Makes the call on a memory that drops the write at this position, counting those that change a
 * number.
 */
const withoutWrite = (
  lost: number | undefined,
  call: (venue: ReturnType<typeof trading>) => void
) => {
  const venue = trading()
  const { balances } = venue.funds as unknown as { balances: { numbers: Float64Array } }
  let writes = 0
  balances.numbers = new Proxy(balances.numbers, {
    get: (numbers, key) => Reflect.get(numbers, key, numbers),
    set: (numbers, key, value) =>
      numbers[Number(key)] === value ||
      writes++ === lost ||
      Reflect.set(numbers, key, value, numbers)
  })
  return { thrown: thrownBy(() => call(venue)), writes }
}

const thrownBy = (act: () => void): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
