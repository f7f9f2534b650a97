/**
 * What makes a new server worth looking at: two markets, signed-in users, and traders that keep the
 * markets moving. Only in development.
 */
import type { Caller } from "@pandora-exchange/identity/Caller"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import { Users } from "@pandora-exchange/identity/Users"
import type { Exchange } from "@pandora-exchange/sdk"
import { type ExchangeFailure, type ExchangeOptions, type PlaceOrder } from "@pandora-exchange/sdk"
import { Context, Effect, Redacted, Schedule, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { folderSecret } from "./folderSecret.ts"
import { demoDomain } from "./Mail.ts"
import type { IdentityServices } from "./IdentityServices.ts"

export const listing: Pick<ExchangeOptions, "assets" | "markets"> = {
  assets: [{ symbol: "BTC" }, { symbol: "ETH" }, { symbol: "USDT" }],
  markets: [
    {
      symbol: "BTC-USDT",
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.00001",
      minNotional: "1",
      makerFee: "0.0002",
      takerFee: "0.0005"
    },
    {
      symbol: "ETH-USDT",
      base: "ETH",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.0001",
      minNotional: "1",
      makerFee: "0.0002",
      takerFee: "0.0005"
    }
  ]
}

/** A signed-in user. */
export interface DemoUser {
  readonly name: string
  readonly email: string
  readonly password: Redacted.Redacted
  readonly account: number
  /** An access token that lasts for hours. */
  readonly token: Redacted.Redacted
}

/** The demo users' password differs from the one in this folder: another folder created them. */
export class DemoRefused extends Schema.TaggedError<DemoRefused>()("DemoRefused", {
  path: Schema.String
}) {}

const names = ["alice", "bob", "carol"]
const endowment: Readonly<Record<string, string>> = { BTC: "10", ETH: "100", USDT: "1000000" }
const passwordFile = "demo-password"
const caller: Caller = { address: "127.0.0.1", agent: "the demo" }

/**
 * The demo users, signed in: the same people with the same password and accounts whenever this
 * folder is used.
 */
export const open = Effect.fnUntraced(function* (
  exchange: Exchange["Service"],
  services: IdentityServices,
  folder: string
) {
  const users = Context.get(services, Users)
  const sessions = Context.get(services, Sessions)
  const text = yield* folderSecret(folder, passwordFile, () =>
    randomBytes(24).toString("base64url")
  )
  const password = Redacted.make(text)

  const signedIn = Effect.fnUntraced(function* (name: string) {
    const email = `${name}@${demoDomain}`
    yield* Effect.catchTag(
      users.create({ email, name, password, roles: ["user"] }),
      "EmailTaken",
      () => Effect.void
    )
    const { access } = yield* Effect.catchTag(
      sessions.signIn({ email, password, caller }),
      "SignInRefused",
      () => Effect.fail(new DemoRefused({ path: join(folder, passwordFile) }))
    )
    const { accountIds, userId } = yield* sessions.authenticate(access.token)
    const account = accountIds[0]!
    yield* fund(exchange, account, `demo:${userId}`)
    const user: DemoUser = { name, email, password, account, token: access.token }
    return user
  })
  return yield* Effect.forEach(names, signedIn)
})

/** A source's numbers are executed once, forever, so starting again deposits nothing twice. */
const fund = Effect.fnUntraced(function* (
  exchange: Exchange["Service"],
  account: number,
  name: string
) {
  for (const [index, [asset, amount]] of Object.entries(endowment).entries()) {
    yield* Effect.catchIf(
      exchange.credit({ account, asset, amount, source: { name, number: index + 1 } }),
      (failure: ExchangeFailure) =>
        failure._tag === "Refused" && failure.code === "SourceNumberUsed",
      () => Effect.void
    )
  }
})

interface Instrument {
  readonly market: string
  readonly home: number
  readonly spacing: number
  readonly lots: number
  readonly lot: number
  readonly decimals: number
}

const instruments: ReadonlyArray<Instrument> = [
  { market: "BTC-USDT", home: 60_000, spacing: 3, lots: 400, lot: 0.0001, decimals: 5 },
  { market: "ETH-USDT", home: 3_000, spacing: 0.4, lots: 400, lot: 0.001, decimals: 4 }
]

const levelsPerSide = 20
const stepPause = "200 millis"
const flowNames = ["demo:maker", "demo:taker"]
const flowEndowment: Readonly<Record<string, string>> = {
  BTC: "10000",
  ETH: "100000",
  USDT: "1000000000"
}

/**
 * A modest, endless flow: one maker moving quotes around a wandering price, and one taker. The
 * prices are for show, so floating point is fine; what is booked is the decimal text they are
 * written as.
 */
export const flow = Effect.fnUntraced(function* (exchange: Exchange["Service"]) {
  const [maker, taker] = yield* Effect.forEach(flowNames, (reference) =>
    flowAccount(exchange, reference)
  )
  const prices = instruments.map(({ home }) => home)
  let turn = 0
  const step = Effect.suspend(() => {
    const which = turn % instruments.length
    const { decimals, home, lot, lots, market, spacing } = instruments[which]!
    prices[which] =
      prices[which]! + (Math.random() - 0.5) * spacing + (home - prices[which]!) * 0.002
    const price = prices[which]!
    const quantity = (times: number) =>
      ((1 + Math.floor(Math.random() * lots * times)) * lot).toFixed(decimals)
    const side = Math.random() < 0.5 ? ("buy" as const) : ("sell" as const)
    const level = Math.floor(turn++ / instruments.length) % levelsPerSide
    const away = (level + 0.5 + Math.random() * 0.5) * spacing
    const clientOrderId = `${side}:${market}:${level}`
    const quote: PlaceOrder = {
      account: maker!,
      market,
      side,
      price: (side === "buy" ? price - away : price + away).toFixed(2),
      quantity: quantity(1 + level),
      clientOrderId
    }
    const requote = Effect.andThen(
      Effect.ignore(exchange.cancel({ account: maker!, clientOrderId })),
      exchange.place(quote)
    )
    const take = exchange.place({
      account: taker!,
      market,
      side,
      type: "market",
      quantity: quantity(0.5)
    })
    return Effect.ignore(Math.random() < 0.3 ? Effect.andThen(requote, take) : requote)
  })
  // Resolves once the books exist.
  for (let i = 0; i < 2 * levelsPerSide * instruments.length; i++) yield* step
  yield* Effect.forkScoped(Effect.repeat(step, Schedule.spaced(stepPause)))
})

const flowAccount = Effect.fnUntraced(function* (exchange: Exchange["Service"], reference: string) {
  const { account } = yield* exchange.openAccount({ reference })
  for (const [asset, amount] of Object.entries(flowEndowment)) {
    const balance = (yield* exchange.balances({ account })).find((other) => other.asset === asset)
    // Precise enough to decide whether to deposit more.
    const has = balance === undefined ? 0 : Number(balance.available) + Number(balance.held)
    if (has < Number(amount) / 2) yield* exchange.credit({ account, asset, amount })
  }
  return account
})
