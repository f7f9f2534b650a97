import { Account, Contradiction, type Event, Ids, Postings } from "../../src/index.ts"
import { assert, it } from "@effect/vitest"
import type { Handlers } from "../../src/views/Handlers.ts"

const [btc, usdt, market] = [Ids.AssetId(1), Ids.AssetId(2), Ids.MarketId(1)]
const [ann, bob] = [Ids.AccountId(1000), Ids.AccountId(1001)]
const { externalAccountId: outside, houseAccountId: house, receivableAccountId: owed } = Account

const reading = (...events: ReadonlyArray<Event.Event>) => {
  const postings = new Postings.Postings([
    { marketId: market, baseAssetId: btc, quoteAssetId: usdt }
  ])
  const found: Array<Parameters<Postings.Poster["post"]>> = []
  for (const event of events)
    postings.read(event, { post: (...posting) => void found.push(posting) })
  return found
}

const trade: Event.EventOf<"Trade"> = {
  _tag: "Trade",
  marketId: market,
  tradeId: Ids.TradeId(1),
  makerOrderId: Ids.OrderId(5),
  takerOrderId: Ids.OrderId(6),
  makerAccountId: ann,
  takerAccountId: bob,
  takerSide: "buy",
  priceTicks: 10,
  lots: 2,
  makerRemainingLots: 0,
  takerRemainingLots: 0,
  baseUnits: 200n,
  quoteUnits: 2_000n,
  buyerHeld: 2_100n,
  makerFee: 20n,
  takerFee: 3n,
  depthSequence: 7
}

it("a trade pays both sides, gives back what the buyer held too much, and takes each fee from what is received", () => {
  assert.deepStrictEqual(reading(trade), [
    [bob, usdt, "held", -2_000n, "trade", 6],
    [ann, usdt, "available", 2_000n, "trade", 5],
    [bob, usdt, "available", 100n, "orderRelease", 6],
    [bob, usdt, "held", -100n, "orderRelease", 6],
    [ann, btc, "held", -200n, "trade", 5],
    [bob, btc, "available", 200n, "trade", 6],
    [bob, btc, "available", -3n, "fee", 6],
    [house, btc, "available", 3n, "fee", 6],
    [ann, usdt, "available", -20n, "fee", 5],
    [house, usdt, "available", 20n, "fee", 5]
  ])
})

it("a reversal takes what is available and books the rest as owed", () => {
  const reversed = {
    _tag: "Reversed",
    accountId: ann,
    assetId: usdt,
    fromAvailable: 7n,
    toReceivable: 5n,
    reference: ""
  } as const
  assert.deepStrictEqual(reading(reversed), [
    [ann, usdt, "available", -7n, "reversal", 0],
    [owed, usdt, "available", -5n, "reversal", 0],
    [outside, usdt, "available", 12n, "reversal", 0]
  ])
})

it("an amount of 0 is not posted", () => {
  const settled = {
    _tag: "HoldSettled",
    holdId: Ids.HoldId(3),
    accountId: ann,
    assetId: usdt,
    amount: 9n,
    fee: 0n
  } as const
  assert.deepStrictEqual(reading(settled), [
    [ann, usdt, "held", -9n, "settlement", 3],
    [outside, usdt, "available", 9n, "settlement", 3]
  ])
})

it("error: an event of a market that was never listed is a contradiction", () => {
  assert.throws(
    () => reading({ ...trade, marketId: Ids.MarketId(2) }),
    Contradiction.Contradiction,
    "market 2"
  )
})

it("a fee names a hold where it is taken from what is held, and an order otherwise", () => {
  assert.strictEqual(Postings.referenceOf("fee", "held"), "hold")
  assert.strictEqual(Postings.referenceOf("fee", "available"), "order")
  assert.strictEqual(Postings.referenceOf("orderRelease", "held"), "order")
  assert.strictEqual(Postings.referenceOf("settlement", "held"), "hold")
  assert.strictEqual(Postings.referenceOf("credit", "available"), "none")
})

it("handlers without one kind of event do not compile", () => {
  type All = Handlers<[]>
  const isComplete: Omit<All, "Credited"> extends All ? true : false = false
  assert.isFalse(isComplete)
  type OfOrders = Handlers<[], Event.OrderEvent>
  const isCompleteOfOrders: Omit<OfOrders, "OrderRefilled"> extends OfOrders ? true : false = false
  assert.isFalse(isCompleteOfOrders)
})
