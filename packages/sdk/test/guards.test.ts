/** Guards: a host's own rules, which see every command before it is sequenced. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { createExchange, type ExchangeOptions, type Guard, idempotencyKey } from "../src/index.ts"
import { errorOf, listed } from "./support.ts"

const opened = async (options: ExchangeOptions) => {
  const exchange = await createExchange({ ...listed, ...options })
  onTestFinished(() => exchange.close())
  return exchange
}

const buy = { market: "BTC-USDT", side: "buy", price: "100", quantity: "1" } as const

/** Refuses orders of more than `max` base. */
const noMoreThan =
  (max: number): Guard =>
  ({ name }, _, { quantity }) =>
    name === "place" && Number(quantity) > max
      ? { code: "TooRisky", message: `At most ${max}.` }
      : undefined

it("a guard lets commands pass, or refuses them with a code and a message of its own", async () => {
  const exchange = await opened({ guards: [noMoreThan(1)] })
  const { account } = await exchange.openAccount({})
  await exchange.credit({ account, asset: "USDT", amount: "1000" })
  assert.strictEqual((await exchange.place({ account, ...buy })).status, "open")
  const before = await exchange.stateHash()
  const error = await errorOf(exchange.place({ account, ...buy, quantity: "2" }))
  assert.deepStrictEqual(
    [error.code, error.retry, error.message],
    ["TooRisky", "never", "At most 1."]
  )
  assert.strictEqual(await exchange.stateHash(), before)
})

it("guards answer at once, with a promise or with an effect, and the first that refuses ends the question", async () => {
  const asked: Array<string> = []
  const exchange = await opened({
    guards: [
      () => void asked.push("at once"),
      async () => void asked.push("promise"),
      () => Effect.sync(() => void asked.push("effect")),
      () => ({ code: "No" }),
      () => void asked.push("never")
    ]
  })
  assert.strictEqual((await errorOf(exchange.openAccount({}))).code, "No")
  assert.deepStrictEqual(asked, ["at once", "promise", "effect"])
})

it("a guard sees the operation, the principal and a valid request that no longer changes", async () => {
  const seen: Array<unknown> = []
  const exchange = await createExchange({
    ...listed,
    identity: (user: string) => user,
    guards: [
      async ({ name }, { accountIds, userId }, request) => {
        await Promise.resolve()
        seen.push({ name, userId, accountIds, request })
      }
    ]
  })
  onTestFinished(() => exchange.close())
  const ann = await exchange.as("ann")
  assert.strictEqual((await errorOf(ann.cancelAfter({ delay: -1 }))).code, "NotACount")
  const request = { delay: 0 }
  const answer = ann.cancelAfter(request)
  request.delay = 5_000
  assert.strictEqual((await answer).deadline, undefined)
  await exchange.credit({ account: ann.account, asset: "USDT", amount: "1" })
  assert.deepStrictEqual(seen, [
    {
      name: "cancelAfter",
      userId: "ann",
      accountIds: [ann.account],
      request: { account: ann.account, delay: 0 }
    },
    {
      name: "credit",
      userId: "system",
      accountIds: [],
      request: { account: ann.account, asset: "USDT", amount: "1" }
    }
  ])
})

it("error: a guard that takes too long or fails refuses the command, which may be sent again", async () => {
  const slow = await opened({ guards: [() => Effect.never], guardTimeoutMs: 10 })
  const late = await errorOf(slow.openAccount({}))
  assert.deepStrictEqual([late.code, late.retry], ["GuardUnavailable", "safe"])
  const broken = await opened({
    guards: [
      () => {
        throw new Error("the rules cannot be read")
      }
    ]
  })
  assert.strictEqual((await errorOf(broken.openAccount({}))).code, "GuardUnavailable")
  const rejecting = await opened({ guards: [() => Promise.reject(new Error("away"))] })
  assert.strictEqual((await errorOf(rejecting.openAccount({}))).code, "GuardUnavailable")
})

it("error: a guard whose answer is no verdict refuses the command, as one that fails", async () => {
  const codes: Array<string> = []
  for (const said of [
    null,
    false,
    "No",
    {},
    [],
    { code: 1 },
    { code: "" },
    { code: "No", message: 1 }
  ]) {
    const exchange = await opened({ guards: [() => said as unknown as undefined] })
    codes.push((await errorOf(exchange.openAccount({}))).code)
  }
  assert.deepStrictEqual(codes, Array(8).fill("GuardUnavailable"))
})

it("guards are not asked for what an exchange lists when it opens, nor while it recovers", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pandora-sdk-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  let asked = 0
  const first = await createExchange({
    ...listed,
    storage: { folder },
    guards: [() => void asked++]
  })
  const { account } = await first.openAccount({})
  await first.credit({ account, asset: "USDT", amount: "1000" })
  await first.place({ account, ...buy })
  const hash = await first.stateHash()
  await first.close()
  assert.strictEqual(asked, 3)
  const again = await opened({ storage: { folder }, guards: [() => ({ code: "No" })] })
  assert.strictEqual(await again.stateHash(), hash)
  assert.strictEqual((await errorOf(again.place({ account, ...buy }))).code, "No")
})

it("error: options that are no guards open nothing", async () => {
  const codes = await Promise.all(
    [{ guards: [1] }, { guards: {} }, { guardTimeoutMs: 0 }].map((options) =>
      errorOf(createExchange(options as unknown as ExchangeOptions))
    )
  )
  assert.deepStrictEqual(
    codes.map(({ code, details }) => [code, details["field"]]),
    [
      ["InvalidValue", "guards"],
      ["InvalidValue", "guards"],
      ["InvalidValue", "guardTimeoutMs"]
    ]
  )
})

it.each([false, true])(
  "a command that was done gets its first answer, whatever the guards say now (thread: %s)",
  async (thread) => {
    let closed = false
    const exchange = await opened({
      thread,
      guards: [() => (closed ? { code: "Closed for today" } : undefined)]
    })
    const { account } = await exchange.openAccount({})
    const credit = { account, asset: "USDT", amount: "1000" }
    const keyed = { ...credit, key: idempotencyKey() }
    const numbered = { ...credit, source: { name: "deposits", number: 1 } }
    const first = await exchange.credit(keyed)
    await exchange.credit(numbered)
    closed = true
    assert.deepStrictEqual(await exchange.credit(keyed), first)
    assert.strictEqual((await errorOf(exchange.credit(numbered))).code, "SourceNumberUsed")
    assert.strictEqual(
      (await errorOf(exchange.credit({ ...keyed, amount: "1" }))).code,
      "KeyConflict"
    )
    const others = [
      credit,
      { ...credit, key: idempotencyKey() },
      { ...credit, source: { name: "deposits", number: 2 } }
    ]
    for (const other of others)
      assert.strictEqual((await errorOf(exchange.credit(other))).code, "Closed for today")
    assert.strictEqual((await exchange.balances({ account }))[0]!.available, "2000")
  }
)

it("a command that is sent again while the first waits in a guard gets the first one's answer", async () => {
  let closed = false
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const exchange = await opened({
    guardTimeoutMs: 10_000,
    guards: [
      async ({ name }) => {
        if (name !== "credit") return undefined
        const saysNo = closed
        await gate
        return saysNo ? { code: "Closed for today" } : undefined
      }
    ]
  })
  const { account } = await exchange.openAccount({})
  const keyed = { account, asset: "USDT", amount: "1000", key: idempotencyKey() }
  const first = exchange.credit(keyed)
  await new Promise(setImmediate)
  closed = true
  const again = exchange.credit(keyed)
  const other = errorOf(exchange.credit({ ...keyed, key: idempotencyKey() }))
  await new Promise(setImmediate)
  release()
  assert.deepStrictEqual(await again, await first)
  assert.strictEqual((await other).code, "Closed for today")
  assert.strictEqual((await exchange.balances({ account }))[0]!.available, "1000")
})

it("what a guard sees is what is executed, whatever kind of object the request is", async () => {
  const seen: Array<unknown> = []
  const exchange = await opened({
    guards: [
      ({ name }, _, request) => {
        if (name !== "credit") return undefined
        seen.push({ ...request })
        ;(request as { amount: string }).amount = "9999"
        return undefined
      }
    ]
  })
  const { account } = await exchange.openAccount({})
  const plain = { account, asset: "USDT", amount: "1" }
  let asked = 0
  class Credit {
    readonly account = account
    get asset() {
      return "USDT"
    }
    get amount() {
      return `${++asked}`
    }
  }
  await exchange.credit(new Proxy(plain, {}))
  await exchange.credit(new Credit())
  assert.strictEqual(asked, 1)
  assert.deepStrictEqual(seen, [plain, plain])
  assert.strictEqual((await exchange.balances({ account }))[0]!.available, "2")
  const misspelt = { ...plain, amout: "1" } as typeof plain
  assert.strictEqual((await errorOf(exchange.credit(misspelt))).code, "UnknownField")
  const lent = JSON.parse(
    `{"account":${account},"asset":"USDT","__proto__":{"amount":"1000"}}`
  ) as typeof plain
  assert.strictEqual((await errorOf(exchange.credit(lent))).code, "UnknownField")
  assert.strictEqual((await exchange.balances({ account }))[0]!.available, "2")
  const endless: Record<string, unknown> = { list: [] }
  endless["self"] = endless
  ;(endless["list"] as Array<unknown>).push(endless)
  const withMore = { ...plain, more: endless } as typeof plain
  assert.strictEqual((await errorOf(exchange.credit(withMore))).code, "UnknownField")
  const endlessly = { ...plain, amount: endless } as never
  assert.strictEqual((await errorOf(exchange.credit(endlessly))).code, "DecimalNotText")
  const throwing = {
    ...plain,
    get amount(): string {
      throw new TypeError("made to fail")
    }
  }
  assert.instanceOf(await errorOf(exchange.credit(throwing)), Error)
})

it("error: an object where a field takes a word is refused as such, with guards as without", async () => {
  const exchange = await opened({ guards: [() => undefined] })
  const order = { account: 1, ...buy, postOnly: {} } as unknown as { account: number } & typeof buy
  assert.strictEqual((await errorOf(exchange.place(order))).code, "NotABoolean")
})
