/**
 * Commands that lead to the ends of orders that random commands do not reach under the limits of a
 * real venue.
 */
import { type Command, Ids } from "@pandora-exchange/core"
import { limitsDefault } from "../../src/Limits.ts"
import { rulesVersion } from "../../src/Venue.ts"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
  budget,
  list,
  market,
  order,
  price,
  quote,
  rules,
  start,
  status,
  terms
} from "../venueWith.ts"

const roomy = Ids.MarketId(2)
const funds = 2n ** 58n
const stop = { trigger: "stopLoss" } as const

const inRoomy = (command: Command.Command): Command.Command =>
  ({ ...command, marketId: roomy }) as Command.Command

const inThird = (command: Command.Command): Command.Command =>
  ({ ...command, marketId: Ids.MarketId(3) }) as Command.Command

const setUp: ReadonlyArray<Command.Command> = [
  { _tag: "ListAsset", scale: 1, symbol: "B" },
  { _tag: "ListAsset", scale: 0, symbol: "Q" },
  { _tag: "ListMarket", ...terms },
  {
    _tag: "ListMarket",
    ...terms,
    lotUnits: 1n,
    tickMantissa: 10,
    lotsMax: 2 ** 52 - 1,
    ticksMax: 100,
    symbol: "B/Q2"
  },
  { _tag: "OpenAccount", kind: "user", reference: "ada" },
  { _tag: "OpenAccount", kind: "user", reference: "bob" },
  ...[ada, bob].flatMap((accountId) =>
    [base, quote].map(
      (assetId): Command.Command => ({
        _tag: "Credit",
        accountId,
        assetId,
        amount: funds,
        reference: ""
      })
    )
  )
]

const priceRange: ReadonlyArray<Command.Command> = [
  rules({ triggerSource: "index", rangeUp: 10_150, rangeDown: 9_800 }),
  price(100),
  order(bob, "sell", 101, 1),
  order(bob, "sell", 102, 1),
  order(ada, "buy", 105, 3),
  { _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" }
]

const unfunded: ReadonlyArray<Command.Command> = [
  rules({ triggerSource: "index" }),
  order(bob, "sell", 109, 2),
  order(ada, "buy", 0, 2, { ...stop, ...atMarket, triggerTicks: 105 }),
  // The first trade's lots and the second one's limit are no longer there.
  {
    _tag: "Transfer",
    accountId: ada,
    receiverId: bob,
    assetId: quote,
    amount: funds - 101n - 210n
  },
  price(105),
  advance,
  { _tag: "Transfer", accountId: bob, receiverId: ada, assetId: quote, amount: 2n ** 50n }
]

/** More than are activated before one command. */
const notTrading: ReadonlyArray<Command.Command> = [
  price(100),
  ...Array.from({ length: limitsDefault.dueWorkMax + 2 }, () =>
    order(ada, "buy", 108, 1, { ...stop, triggerTicks: 105 })
  ),
  price(106),
  status("cancelOnly"),
  advance
]

const levelFull: ReadonlyArray<Command.Command> = [
  inRoomy(rules({ triggerSource: "index" })),
  inRoomy(order(ada, "sell", 1, 2 ** 49, { ...stop, triggerTicks: 95 })),
  ...Array.from({ length: 15 }, () => inRoomy(order(ada, "sell", 1, 2 ** 49))),
  inRoomy(price(95)),
  advance
]

const ofRules2: ReadonlyArray<Command.Command> = [
  { _tag: "ChangeRules", rulesVersion, formatVersion: 1, part: 1, parts: 1 },
  status("open"),
  { _tag: "CancelAll", accountId: ada, marketId: Ids.MarketId(0), sides: "both" },
  rules({ triggerSource: "index", marketLotsMax: 1 }),
  price(100),
  order(bob, "sell", 100, 9),
  budget(ada, "buy", 1_000n),
  { _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" },
  rules({ triggerSource: "index" }),
  // It buys less than it ordered, because fees are deducted.
  order(bob, "sell", 100, 20),
  list(ada, "OTOCO", [
    { side: "buy", lots: 20, priceTicks: 100 },
    { side: "sell", lots: 0, priceTicks: 110, postOnly: "refuse" },
    { side: "sell", lots: 0, ...atMarket, trigger: "stopLoss", triggerTicks: 95 }
  ]),
  order(ada, "buy", 110, 3, { selfTradePrevention: "decrement" }),
  rules({ triggerSource: "index", buyBandDown: 9_990 }),
  order(ada, "buy", 105, 1, { ...stop, triggerTicks: 102, postOnly: "slide" }),
  order(bob, "sell", 102, 1),
  price(102),
  advance,
  {
    _tag: "ListMarket",
    ...terms,
    lotUnits: 1n,
    tickMantissa: 10,
    notionalMin: 105n,
    symbol: "B/Q3"
  },
  inThird(rules({ triggerSource: "index" })),
  inThird(price(100)),
  inThird(order(ada, "buy", 105, 1, { ...stop, triggerTicks: 102, postOnly: "slide" })),
  inThird(order(bob, "sell", 105, 1)),
  inThird(price(102)),
  advance
]

export const rareEnds = function* (): Generator<readonly [time: number, command: Command.Command]> {
  let time = start
  for (const command of [
    ...setUp,
    ...priceRange,
    ...unfunded,
    ...notTrading,
    ...levelFull,
    ...ofRules2
  ])
    yield [(time += 5), command]
}
