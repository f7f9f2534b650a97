/** Commands that lead to the ends of orders that random commands do not reach under the limits of a real venue. */
import { type Command, Ids } from "@pandora-exchange/core"
import { limitsDefault } from "../../src/Limits.ts"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
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

const inRoomy = (command: Command.Command): Command.Command => ({ ...command, marketId: roomy }) as Command.Command

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
      (assetId): Command.Command => ({ _tag: "Credit", accountId, assetId, amount: funds, reference: "" })
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
  // What the first trade took and the second one's bound are no longer there.
  { _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: funds - 101n - 210n },
  price(105),
  advance,
  { _tag: "Transfer", accountId: bob, receiverId: ada, assetId: quote, amount: 2n ** 50n }
]

/** More than are started before one command. */
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

export const rareEnds = function* (): Generator<readonly [time: number, command: Command.Command]> {
  let time = start
  for (const command of [...setUp, ...priceRange, ...unfunded, ...notTrading, ...levelFull])
    yield [(time += 5), command]
}
