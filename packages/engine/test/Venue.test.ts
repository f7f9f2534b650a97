import { Account, type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  advance,
  base,
  bob,
  budget,
  day,
  firstOrder,
  keyOf,
  market,
  order,
  quote,
  start,
  tagsOf,
  unitsMax,
  venueFrom,
  venues
} from "./venueWith.ts"

describe.each(venues)("%s", (_, Venue) => {
  const venueWith = venueFrom(Venue)

  describe("trading", () => {
    it("books a match at the maker's price, with the fees of both out of what they receive", () => {
      const { balance, credit, run } = venueWith()
      credit(ada, base, 1_000n)
      credit(bob, quote, 10_000n)
      run(order(ada, "sell", 100, 50))
      const { events } = run(order(bob, "buy", 110, 70))
      assert.deepStrictEqual(events, [
        {
          _tag: "OrderAccepted",
          orderId: Ids.OrderId(2),
          accountId: bob,
          marketId: market,
          side: "buy",
          type: "limit",
          timeInForce: "GTC",
          postOnly: "off",
          priceTicks: 110,
          lots: 70,
          budget: 0n,
          deadline: 0,
          displayLots: 0,
          selfTradePrevention: "none",
          reduceOnly: false,
          credential: 0,
          origin: "client",
          listId: Ids.ListId(0),
          makerRate: 100,
          takerRate: 300,
          held: 7_700n,
          clientOrderId: ""
        },
        {
          _tag: "Trade",
          marketId: market,
          tradeId: Ids.TradeId(1),
          makerOrderId: Ids.OrderId(1),
          takerOrderId: Ids.OrderId(2),
          makerAccountId: ada,
          takerAccountId: bob,
          takerSide: "buy",
          priceTicks: 100,
          lots: 50,
          makerRemainingLots: 0,
          takerRemainingLots: 20,
          baseUnits: 500n,
          quoteUnits: 5_000n,
          buyerHeld: 5_500n,
          makerFee: 5n, // 0.1 % of 5000
          takerFee: 2n, // 0.3 % of 500 is 1.5
          depthSequence: 2
        },
        {
          _tag: "OrderEnded",
          orderId: Ids.OrderId(1),
          accountId: ada,
          marketId: market,
          side: "sell",
          reason: "filled",
          priceTicks: 100,
          filledLots: 50,
          endedLots: 0,
          released: 0n,
          shownLots: 0,
          depthSequence: 0
        },
        {
          _tag: "OrderRested",
          orderId: Ids.OrderId(2),
          marketId: market,
          side: "buy",
          priceTicks: 110,
          remainingLots: 20,
          shownLots: 20,
          depthSequence: 3
        }
      ])
      assert.deepStrictEqual(balance(ada, base), [500n, 0n])
      assert.deepStrictEqual(balance(ada, quote), [4_995n, 0n])
      assert.deepStrictEqual(balance(bob, base), [498n, 0n])
      assert.deepStrictEqual(balance(bob, quote), [2_800n, 2_200n])
      assert.deepStrictEqual(balance(Account.houseAccountId, base), [2n, 0n])
      assert.deepStrictEqual(balance(Account.houseAccountId, quote), [5n, 0n])
    })

    it("charges many small fills no more than one large", () => {
      const { credit, run } = venueWith({ lotUnits: 10n, takerRate: 1_000 })
      credit(ada, base, 1_000n)
      credit(bob, quote, 10_000n)
      for (let i = 0; i < 5; i++) run(order(ada, "sell", 100, 3))
      const { events } = run(order(bob, "buy", 100, 15))
      const fees = events.flatMap((event) => (event._tag === "Trade" ? [event.takerFee] : []))
      // 1 % of 30, 60, 90, 120 and 150, rounded up: 1, 1, 1, 2, 2 in total.
      assert.deepStrictEqual(fees, [1n, 0n, 0n, 1n, 0n])
    })

    it("walks a budget by whole lots and tells why it stopped", () => {
      const { credit, run } = venueWith({ lotsMax: 10 })
      credit(ada, base, 1_000n)
      credit(bob, quote, 10_000n)
      const ends = (amount: bigint): unknown => {
        run(order(ada, "sell", 100, 5))
        run(order(ada, "sell", 110, 5))
        const { events } = run(budget(bob, "buy", amount))
        run({ _tag: "CancelAll", accountId: ada, marketId: Ids.MarketId(0), sides: "both" })
        const [accepted] = events
        const ended = events.at(-1)
        assert.ok(accepted?._tag === "OrderAccepted" && ended?._tag === "OrderEnded")
        return [accepted.lots, accepted.held, ended.reason, ended.filledLots, ended.endedLots]
      }
      assert.deepStrictEqual(ends(199n), [1, 100n, "remainder", 1, 0])
      assert.deepStrictEqual(ends(499n), [4, 400n, "remainder", 4, 0])
      assert.deepStrictEqual(ends(500n), [5, 500n, "filled", 5, 0])
      assert.deepStrictEqual(ends(609n), [5, 500n, "remainder", 5, 0])
      assert.deepStrictEqual(ends(1_050n), [10, 1_050n, "filled", 10, 0])
      // The book runs out and `lotsMax` is reached at the same time: the page names the book first.
      assert.deepStrictEqual(ends(2_000n), [10, 1_050n, "unfilled", 10, 0])
    })

    it("ends a budget as quantityLimit at lotsMax, and as unfilled in an empty book", () => {
      const { credit, run, tags } = venueWith({ lotsMax: 10 })
      credit(ada, base, 1_000n)
      credit(bob, quote, 10_000n)
      assert.deepStrictEqual(tags(budget(bob, "buy", 500n)), [
        "OrderAccepted",
        "OrderEnded unfilled"
      ])
      run(order(ada, "sell", 100, 10))
      run(order(ada, "sell", 100, 10))
      assert.deepStrictEqual(tags(budget(bob, "buy", 5_000n)), [
        "OrderAccepted",
        "Trade",
        "OrderEnded filled",
        "OrderEnded quantityLimit"
      ])
    })

    it("error: a budget is never fill-or-kill", () => {
      const { tags } = venueWith()
      const kill = { ...budget(ada, "buy", 100n), timeInForce: "FOK" } as Command.Command
      assert.deepStrictEqual(tags(kill), ["Rejected CombinationNotSupported"])
    })

    it("asks for the whole budget of a buy, but for no more base than a market sell finds", () => {
      const { credit, run, tags } = venueWith()
      credit(bob, quote, 500n)
      assert.deepStrictEqual(tags(budget(bob, "buy", 501n)), ["Rejected InsufficientFunds"])
      run(order(bob, "buy", 100, 5))
      credit(ada, base, 50n)
      assert.deepStrictEqual(
        tags(order(ada, "sell", 0, 7, { type: "market", timeInForce: "IOC" })),
        ["OrderAccepted", "Trade", "OrderEnded filled", "OrderEnded unfilled"]
      )
    })

    it("error: an order that moves 2^53 units or more of an asset is refused", () => {
      const { credit, run, tags } = venueWith({
        lotUnits: 10n ** 15n,
        tickMantissa: 1,
        tickScale: 14
      })
      // One lot is 10^15 of base; one tick times one lot is one of quote.
      credit(ada, base, unitsMax)
      credit(bob, quote, unitsMax)
      assert.deepStrictEqual(tags(order(ada, "sell", 1, 9)), ["OrderAccepted", "OrderRested"])
      assert.deepStrictEqual(tags(order(ada, "sell", 1, 10)), ["Rejected QuantityTooLarge"])
      run(order(ada, "sell", 1, 9))
      assert.deepStrictEqual(tags(budget(bob, "buy", 10n)), ["Rejected QuantityTooLarge"])
      assert.deepStrictEqual(tags(budget(bob, "buy", 2n ** 53n)), ["Rejected NotionalTooLarge"])
    })

    it("error: a market order that would cost 2^53 or more is refused for its notional first", () => {
      const big = {
        lotUnits: 10n,
        tickMantissa: 2 ** 40,
        ticksMax: 2 ** 10,
        lotsMax: 1_000,
        notionalMax: unitsMax
      }
      const { credit, run, tags } = venueWith(big)
      credit(ada, base, 100_000n)
      run(order(ada, "sell", 1_000, 8))
      run(order(ada, "sell", 1_000, 8))
      assert.deepStrictEqual(tags(order(ada, "buy", 1_000, 9)), ["Rejected NotionalTooLarge"])
      const buy = order(bob, "buy", 0, 16, { type: "market", timeInForce: "IOC" })
      assert.deepStrictEqual(tags(buy), ["Rejected NotionalTooLarge"])
      assert.deepStrictEqual(tags({ ...buy, lots: 8 } as Command.Command), [
        "Rejected InsufficientFunds"
      ])
    })

    it("holds nothing for an order that finds nothing where one lot is more than an order may move", () => {
      const { balance, credit, tags } = venueWith({
        lotUnits: 10n ** 16n,
        lotsMax: 100,
        ticksMax: 90
      })
      credit(ada, base, 10n ** 17n)
      assert.deepStrictEqual(tags(budget(ada, "sell", 1_000n)), [
        "OrderAccepted",
        "OrderEnded unfilled"
      ])
      assert.deepStrictEqual(balance(ada, base), [10n ** 17n, 0n])
    })
    it("error: lots of one level pass 2^53 - 1", () => {
      const { credit, run, tags } = venueWith({
        lotUnits: 1n,
        tickScale: 0,
        tickMantissa: 10,
        lotsMax: 2 ** 52 - 1,
        ticksMax: 100
      })
      credit(ada, base, unitsMax)
      // A lot is worth 10 of quote, so one order is at most 2^53 / 10 lots.
      for (let i = 0; i < 15; i++) run(order(ada, "sell", 1, 2 ** 49))
      assert.deepStrictEqual(tags(order(ada, "sell", 1, 2 ** 49)), ["Rejected LevelFull"])
      assert.deepStrictEqual(tags(order(ada, "sell", 1, 2 ** 49 - 1)), [
        "OrderAccepted",
        "OrderRested"
      ])
    })

    it("ends due orders by deadline and id before anything else, so many per command", () => {
      const { at, credit, run } = venueWith({}, { dueWorkMax: 2 })
      credit(bob, quote, 1_000n)
      for (const deadline of [30, 20, 20, 20]) {
        run(order(bob, "buy", 10, 1, { timeInForce: "GTD", deadline: start + deadline }))
      }
      const ended = () =>
        run(advance).events.map((event) =>
          event._tag === "OrderEnded" ? event.orderId : event._tag
        )
      at(19)
      assert.deepStrictEqual(ended(), [])
      at(30)
      assert.deepStrictEqual(ended(), [2, 3].map(Ids.OrderId))
      assert.deepStrictEqual(ended(), [4, 1].map(Ids.OrderId))
    })

    it("ends due orders in a halted market too, and trades those whose turn has not come", () => {
      const { at, credit, run, tags } = venueWith({}, { dueWorkMax: 1 })
      credit(ada, base, 1_000n)
      credit(bob, quote, 1_000n)
      for (let i = 0; i < 3; i++)
        run(order(bob, "buy", 10, 1, { timeInForce: "GTD", deadline: start + 5 }))
      at(5)
      assert.deepStrictEqual(
        tags({ _tag: "SetMarketStatus", marketId: market, status: "halted" }),
        ["OrderEnded deadline", "MarketStatusChanged"]
      )
      assert.deepStrictEqual(tags({ _tag: "SetMarketStatus", marketId: market, status: "open" }), [
        "OrderEnded deadline",
        "MarketStatusChanged"
      ])
      run(order(bob, "buy", 10, 2, { timeInForce: "GTD", deadline: start + 6 }))
      run(order(bob, "buy", 10, 2, { timeInForce: "GTD", deadline: start + 6 }))
      at(6)
      assert.deepStrictEqual(tags(order(ada, "sell", 10, 1)), [
        "OrderEnded deadline",
        "OrderAccepted",
        "Trade",
        "OrderEnded filled"
      ])
    })
  })

  describe("amending", () => {
    const resting = (status: "open" | "postOnly" = "open") => {
      const made = venueWith()
      made.credit(bob, quote, 1_000n)
      made.credit(ada, base, 1_000n)
      made.run(order(bob, "buy", 10, 5))
      made.run(order(bob, "buy", 10, 5))
      made.run({ _tag: "SetMarketStatus", marketId: market, status })
      const amend = (priceTicks: number, lots: number) =>
        made.run({
          _tag: "AmendOrder",
          accountId: bob,
          marketId: market,
          ...firstOrder,
          priceTicks,
          lots
        }).own
      return { ...made, amend }
    }

    it("keeps the place for less at the same price only", () => {
      const { amend, balance, run } = resting()
      assert.deepStrictEqual(tagsOf(amend(0, 4)), ["OrderAmended", "OrderStood"])
      assert.deepStrictEqual(balance(bob, quote), [910n, 90n])
      const [, trade] = run(order(ada, "sell", 10, 1)).events
      assert.strictEqual(trade?._tag === "Trade" && trade.makerOrderId, Ids.OrderId(1))
      assert.deepStrictEqual(tagsOf(amend(0, 5)), ["OrderAmended", "OrderStood", "OrderRested"])
      const [, next] = run(order(ada, "sell", 10, 1)).events
      assert.strictEqual(next?._tag === "Trade" && next.makerOrderId, Ids.OrderId(2))
    })

    it("tells what was filled and prevented until then, what it came to, and its client order id", () => {
      const { credit, run } = venueWith({ makerRate: 10_000, takerRate: 5_000 })
      credit(ada, base, 1_000n)
      credit(bob, base, 1_000n)
      credit(bob, quote, 1_000n)
      run(order(ada, "sell", 9, 2))
      run(order(bob, "buy", 10, 9, { clientOrderId: "mine" }))
      run(order(ada, "sell", 10, 1))
      run(order(bob, "sell", 10, 3, { selfTradePrevention: "decrement" }))
      const stood = (priceTicks: number, lots: number) =>
        run({
          _tag: "AmendOrder",
          accountId: bob,
          marketId: market,
          orderId: Ids.OrderId(0),
          clientOrderId: "mine",
          priceTicks,
          lots
        }).events[1]
      const expected = {
        _tag: "OrderStood",
        orderId: Ids.OrderId(2),
        accountId: bob,
        marketId: market,
        filledLots: 3,
        preventedLots: 3,
        filledQuote: 28n,
        fee: 2n,
        clientOrderId: "mine"
      }
      // 2 lots at 9 as taker and 1 at 10 as maker: of 20 units 1, and of 10 more units 1.
      assert.deepStrictEqual<unknown>(stood(0, 8), expected)
      run(order(ada, "sell", 12, 1))
      assert.deepStrictEqual<unknown>(stood(12, 8), expected)
      assert.deepStrictEqual<unknown>(stood(11, 9), {
        ...expected,
        filledLots: 4,
        filledQuote: 40n,
        fee: 3n
      })
    })

    it("trades at once when the new price crosses", () => {
      const { amend, run } = resting()
      run(order(ada, "sell", 12, 3))
      assert.deepStrictEqual(tagsOf(amend(12, 0)), [
        "OrderAmended",
        "OrderStood",
        "Trade",
        "OrderEnded filled",
        "OrderRested"
      ])
      assert.deepStrictEqual(tagsOf(run(order(ada, "sell", 12, 1)).own), [
        "OrderAccepted",
        "Trade",
        "OrderEnded filled"
      ])
    })

    it("names the order by the client's own id too", () => {
      const { run, tags } = resting()
      run(order(bob, "buy", 10, 5, { clientOrderId: "mine" }))
      const amend = {
        _tag: "AmendOrder",
        marketId: market,
        orderId: Ids.OrderId(0),
        priceTicks: 9,
        lots: 0
      } as const
      const [amended] = run({ ...amend, accountId: bob, clientOrderId: "mine" }).own
      assert.strictEqual(amended?._tag === "OrderAmended" && amended.orderId, Ids.OrderId(3))
      for (const named of [
        { accountId: ada, clientOrderId: "mine" },
        { accountId: bob, clientOrderId: "" }
      ]) {
        assert.deepStrictEqual(tags({ ...amend, ...named }), ["Rejected UnknownOrder"])
      }
    })

    it("error: an order of another market than the command says is unknown", () => {
      const { tags } = resting()
      const amend = {
        _tag: "AmendOrder",
        accountId: bob,
        ...firstOrder,
        priceTicks: 9,
        lots: 0
      } as const
      assert.deepStrictEqual(tags({ ...amend, marketId: Ids.MarketId(2) }), [
        "Rejected UnknownOrder"
      ])
      assert.deepStrictEqual(tags({ ...amend, marketId: market }), [
        "OrderAmended",
        "OrderStood",
        "OrderRested"
      ])
    })

    it("error: nothing to amend, or not more than is filled", () => {
      const { amend, run } = resting()
      assert.deepStrictEqual(tagsOf(amend(10, 5)), ["Rejected NothingToAmend"])
      run(order(ada, "sell", 10, 2))
      assert.deepStrictEqual(tagsOf(amend(0, 2)), ["Rejected QuantityBelowFilled"])
      assert.deepStrictEqual(tagsOf(amend(0, 3)), ["OrderAmended", "OrderStood"])
    })

    it("error: in a post-only market an order that can take keeps its place or stays", () => {
      const { amend } = resting("postOnly")
      assert.deepStrictEqual(tagsOf(amend(9, 0)), ["Rejected MarketPostOnly"])
      assert.deepStrictEqual(tagsOf(amend(0, 5)), ["Rejected NothingToAmend"])
      assert.deepStrictEqual(tagsOf(amend(0, 4)), ["OrderAmended", "OrderStood"])
    })
  })

  describe("asking again", () => {
    it("gives the first answer again, without its due work", () => {
      const { at, credit, run } = venueWith()
      credit(bob, quote, 1_000n)
      run(order(bob, "buy", 10, 1, { timeInForce: "GTD", deadline: start + 5 }))
      at(10)
      const first = run(order(bob, "buy", 11, 1), keyOf(start))
      assert.deepStrictEqual(tagsOf(first.events), [
        "OrderEnded deadline",
        "OrderAccepted",
        "OrderRested"
      ])
      const again = run(order(bob, "buy", 11, 1), keyOf(start))
      assert.deepStrictEqual(again.events, [{ _tag: "Repeated", firstSequence: Ids.Sequence(8) }])
      assert.deepStrictEqual(again.answer, first.own)
      assert.deepStrictEqual(tagsOf(run(order(bob, "buy", 12, 1), keyOf(start)).own), [
        "Rejected KeyConflict"
      ])
    })

    it("error: a key is expired at a day, and in the future past a minute", () => {
      const { tags } = venueWith()
      assert.deepStrictEqual(tags(advance, keyOf(start - day)), ["Rejected KeyExpired"])
      assert.deepStrictEqual(tags(advance, keyOf(start - day + 1)), [])
      assert.deepStrictEqual(tags(advance, keyOf(start + 60_001)), ["Rejected KeyInFuture"])
      assert.deepStrictEqual(tags(advance, keyOf(start + 60_000)), [])
    })

    it("never does a command again whose key was dropped", () => {
      const { tags } = venueWith({}, { keysPerAccountMax: 2 })
      const open: Command.Command = { _tag: "OpenAccount", kind: "user", reference: "" }
      for (let i = 0; i < 3; i++)
        assert.deepStrictEqual(tags(open, keyOf(start + 10 - i, i)), ["AccountOpened"])
      // The first was dropped, and with it all unknown keys created before it.
      assert.deepStrictEqual(tags(open, keyOf(start + 10, 0)), ["Rejected KeyExpired"])
      assert.deepStrictEqual(tags(open, keyOf(start + 9, 7)), ["Rejected KeyExpired"])
      assert.deepStrictEqual(tags(open, keyOf(start + 9, 1)), ["Repeated"])
      assert.deepStrictEqual(tags(open, keyOf(start + 11, 0)), ["AccountOpened"])
    })

    it("drops old keys only when a command with a key comes, so many at a time", () => {
      const { at, tags, venue } = venueWith({}, { keyDropsPerCommandMax: 1 })
      for (let i = 0; i < 3; i++) tags(advance, keyOf(start, i))
      at(day)
      tags(advance)
      assert.strictEqual(venue.totals.keys, 3)
      assert.deepStrictEqual(tags(advance, keyOf(start, 1)), ["Repeated"])
      assert.strictEqual(venue.totals.keys, 2)
      assert.deepStrictEqual(tags(advance, keyOf(start, 1)), ["Rejected KeyExpired"])
    })

    it("error: a command of an unknown account does not use up its request key", () => {
      const { tags } = venueWith()
      const nobody: Command.Command = {
        _tag: "CancelAll",
        accountId: Ids.AccountId(1002),
        marketId: Ids.MarketId(0),
        sides: "both"
      }
      const requestKey: Command.RequestKey = { _tag: "Source", source: "s", number: 1 }
      assert.deepStrictEqual(tags(nobody, requestKey), ["Rejected UnknownAccount"])
      assert.deepStrictEqual(
        tags({ _tag: "OpenAccount", kind: "user", reference: "" }, requestKey),
        ["AccountOpened"]
      )
      assert.deepStrictEqual(tags(nobody, requestKey), ["Rejected SourceNumberUsed"])
    })

    it("counts a source's numbers from 1, also of refused commands", () => {
      const { tags } = venueWith({}, { sourcesMax: 1 })
      const from = (source: string, number: number): Command.RequestKey => ({
        _tag: "Source",
        source,
        number
      })
      const refused: Command.Command = { _tag: "ReleaseHold", holdId: Ids.HoldId(1) }
      assert.deepStrictEqual(tags(advance, from("a", 2)), ["Rejected SourceNumberGap"])
      assert.deepStrictEqual(tags(refused, from("a", 1)), ["Rejected UnknownHold"])
      assert.deepStrictEqual(tags(refused, from("a", 1)), ["Rejected SourceNumberUsed"])
      assert.deepStrictEqual(tags(refused, from("a", 3)), ["Rejected SourceNumberGap"])
      assert.deepStrictEqual(tags(advance, from("b", 0)), ["Rejected SourceNumberUsed"])
      assert.deepStrictEqual(tags(advance, from("b", 2)), ["Rejected SourceNumberGap"])
      assert.deepStrictEqual(tags(advance, from("b", 1)), ["Rejected TooManySources"])
      assert.deepStrictEqual(tags(advance, from("a", 2)), [])
    })
  })

  describe("money from and to outside", () => {
    it("reverses what is available, and the rest against the receivable account", () => {
      const { balance, credit, run } = venueWith()
      credit(ada, quote, 100n)
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 70n })
      const { own } = run({
        _tag: "Reverse",
        accountId: ada,
        assetId: quote,
        amount: 80n,
        reference: ""
      })
      assert.deepStrictEqual(own, [
        {
          _tag: "Reversed",
          accountId: ada,
          assetId: quote,
          fromAvailable: 30n,
          toReceivable: 50n,
          reference: ""
        }
      ])
      assert.deepStrictEqual(balance(Account.externalAccountId, quote), [-20n, 0n])
      assert.deepStrictEqual(balance(Account.receivableAccountId, quote), [-50n, 0n])
    })

    it("tells the reference of money that comes, goes back or is set aside, and keeps that of a hold", () => {
      const { credit, told, venue } = venueWith()
      credit(ada, quote, 100n)
      const money = { accountId: ada, assetId: quote, amount: 10n }
      const reference = `d_${"Za.9:/-_".repeat(7)}123456`
      assert.strictEqual(reference.length, 64)
      assert.deepStrictEqual(
        [
          ...told({ _tag: "Credit", ...money, reference }),
          ...told({ _tag: "Reverse", ...money, reference: "r" }),
          ...told({ _tag: "Hold", ...money, reference: "w_1" })
        ],
        [
          `Credited accountId=1000 assetId=2 amount=10 reference=${reference}`,
          "Reversed accountId=1000 assetId=2 fromAvailable=10 reference=r",
          "Held holdId=1 accountId=1000 assetId=2 amount=10 reference=w_1"
        ]
      )
      assert.deepStrictEqual(venue.holds(), [{ holdId: Ids.HoldId(1), ...money, reference: "w_1" }])
    })

    it.each(["Credit", "Reverse", "Hold"] as const)(
      "error: %s with a reference of other characters",
      (_tag) => {
        const { credit, tags } = venueWith()
        credit(ada, quote, 100n)
        const amountOf = (amount: bigint) =>
          ({ _tag, accountId: ada, assetId: quote, amount }) as const
        for (const reference of ["a b", "a+", "~"]) {
          assert.deepStrictEqual(tags({ ...amountOf(0n), reference }), ["Rejected MalformedText"])
        }
        assert.deepStrictEqual(tags({ ...amountOf(0n), reference: "" }), [
          "Rejected AmountNotPositive"
        ])
      }
    )

    it("error: a hold is not settled past what the external account is owed for", () => {
      const { credit, run, tags } = venueWith()
      credit(ada, quote, 100n)
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 70n })
      run({ _tag: "Reverse", accountId: ada, assetId: quote, amount: 80n, reference: "" })
      run({ _tag: "Hold", accountId: bob, assetId: quote, amount: 70n, reference: "" })
      const settle: Command.Command = { _tag: "SettleHold", holdId: Ids.HoldId(1), fee: 1n }
      assert.deepStrictEqual(tags(settle), ["Rejected InsufficientFunds"])
      // What the venue pays from its own accounts has to be brought in first.
      credit(Account.houseAccountId, quote, 49n)
      assert.deepStrictEqual(tags(settle), ["HoldSettled"])
    })

    it("error: no more comes in than 2^63 - 1, what is receivable included", () => {
      const { credit, run } = venueWith()
      credit(ada, quote, unitsMax)
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: unitsMax })
      run({ _tag: "Reverse", accountId: ada, assetId: quote, amount: 5n, reference: "" })
      assert.deepStrictEqual(tagsOf(credit(ada, quote, 1n)), ["Rejected BalanceTooLarge"])
      run({
        _tag: "Transfer",
        accountId: bob,
        receiverId: Account.receivableAccountId,
        assetId: quote,
        amount: 5n
      })
      assert.deepStrictEqual(tagsOf(credit(ada, quote, 6n)), ["Rejected BalanceTooLarge"])
      assert.deepStrictEqual(tagsOf(credit(ada, quote, 5n)), ["Credited"])
    })

    it("opens an account once per kind and reference", () => {
      const { run, tags } = venueWith({}, { accountsMax: 2 })
      assert.deepStrictEqual(run({ _tag: "OpenAccount", kind: "user", reference: "ada" }).own, [
        { _tag: "AccountOpened", accountId: ada, kind: "user", opened: false, reference: "ada" }
      ])
      assert.deepStrictEqual(tags({ _tag: "OpenAccount", kind: "house", reference: "ada" }), [
        "Rejected AccountReferenceTaken"
      ])
      assert.deepStrictEqual(tags({ _tag: "OpenAccount", kind: "user", reference: "" }), [
        "Rejected TooManyAccounts"
      ])
      // Where the table and the list of reasons differ, the command's table applies.
      assert.deepStrictEqual(tags({ _tag: "OpenAccount", kind: "user", reference: "a b" }), [
        "Rejected MalformedText"
      ])
    })
  })
})
