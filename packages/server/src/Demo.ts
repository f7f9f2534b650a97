/**
 * What makes the server worth looking at when it is new: two markets, accounts with tokens for you, and traders that keep the
 * markets moving. Only in development.
 */
import type { Exchange } from "@pandora-exchange/sdk"
import { type ExchangeFailure, type ExchangeOptions, type PlaceOrder } from "@pandora-exchange/sdk"
import { Effect, Redacted, Schedule, Stream } from "effect"
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Identity } from "./Identity.ts"
import { type Principal, Unauthenticated } from "./Identity.ts"

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

export interface DemoAccount {
  readonly name: string
  readonly account: number
  readonly token: Redacted.Redacted
}

const names = ["alice", "bob", "carol"]
const endowment: Readonly<Record<string, string>> = { BTC: "10", ETH: "100", USDT: "1000000" }
const fileName = "demo-tokens.json"

/** The demo's accounts, each with the same token whenever this folder is used. */
export const open = Effect.fnUntraced(function* (exchange: Exchange["Service"], folder: string) {
  const tokens = yield* tokensIn(folder)
  const accounts: Array<DemoAccount> = []
  for (const [i, name] of names.entries()) {
    const account = yield* funded(exchange, name, i)
    accounts.push({ name, account, token: Redacted.make(tokens[name]!) })
  }
  return accounts
})

/** The numbers of a source are done once for ever, so that starting again gives nothing twice. */
const funded = Effect.fnUntraced(function* (exchange: Exchange["Service"], name: string, index: number) {
  const { account } = yield* exchange.openAccount({ reference: `demo:${name}` })
  for (const [number, [asset, amount]] of Object.entries(endowment).entries()) {
    const source = { name: `demo:${name}`, number: number + 1 }
    yield* Effect.catchIf(
      exchange.credit({ account, asset, amount, source }),
      (failure: ExchangeFailure) => failure._tag === "Refused" && failure.code === "SourceNumberUsed",
      () => Effect.succeed(index)
    )
  }
  return account
})

/** The folder's own random tokens, readable by its owner only. */
const tokensIn = (folder: string) =>
  Effect.promise(async () => {
    const path = join(folder, fileName)
    const known = await readFile(path, "utf8").then(
      (text) => JSON.parse(text) as Record<string, string>,
      () => ({}) as Record<string, string>
    )
    const tokens = Object.fromEntries(names.map((name) => [name, known[name] ?? newToken()]))
    await mkdir(folder, { recursive: true })
    await writeFile(`${path}.new`, JSON.stringify(tokens, undefined, 2), { mode: 0o600 })
    await chmod(`${path}.new`, 0o600)
    await rename(`${path}.new`, path)
    return tokens
  })

const newToken = (): string => `pdx_${randomBytes(24).toString("base64url")}`

/** What is kept of a token: enough to know it again, and nothing that could be used in its place. */
const tokenHash = (token: string): string => createHash("sha256").update(token).digest("base64url")

/** Knows the demo's tokens. */
export const identity = (accounts: ReadonlyArray<DemoAccount>): Identity["Service"] => {
  const known = new Map<string, { readonly hash: Buffer; readonly principal: Principal }>()
  for (const { account, name, token } of accounts) {
    const hash = tokenHash(Redacted.value(token))
    const principal: Principal = { id: name, name, accountIds: [account], permissions: ["read", "trade"] }
    known.set(hash, { hash: Buffer.from(hash), principal })
  }
  return {
    changes: Stream.never,
    authenticate: (token) =>
      Effect.suspend(() => {
        const hash = tokenHash(Redacted.value(token))
        const found = known.get(hash)
        return found !== undefined && timingSafeEqual(found.hash, Buffer.from(hash))
          ? Effect.succeed(found.principal)
          : Effect.fail(new Unauthenticated())
      })
  }
}

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
const flowEndowment: Readonly<Record<string, string>> = { BTC: "10000", ETH: "100000", USDT: "1000000000" }

/**
 * A modest flow that never ends: one maker who moves quotes about a price that walks, one taker. Prices are for a show, so
 * they may be made of floating-point numbers; what is booked is the decimal text they are written as.
 */
export const flow = Effect.fnUntraced(function* (exchange: Exchange["Service"]) {
  const [maker, taker] = yield* Effect.forEach(flowNames, (reference) => flowAccount(exchange, reference))
  const prices = instruments.map(({ home }) => home)
  let turn = 0
  const step = Effect.suspend(() => {
    const which = turn % instruments.length
    const { decimals, home, lot, lots, market, spacing } = instruments[which]!
    prices[which] = prices[which]! + (Math.random() - 0.5) * spacing + (home - prices[which]!) * 0.002
    const price = prices[which]!
    const quantity = (times: number) => ((1 + Math.floor(Math.random() * lots * times)) * lot).toFixed(decimals)
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
    const take = exchange.place({ account: taker!, market, side, type: "market", quantity: quantity(0.5) })
    return Effect.ignore(Math.random() < 0.3 ? Effect.andThen(requote, take) : requote)
  })
  // The books are there at once.
  for (let i = 0; i < 2 * levelsPerSide * instruments.length; i++) yield* step
  yield* Effect.forkScoped(Effect.repeat(step, Schedule.spaced(stepPause)))
})

const flowAccount = Effect.fnUntraced(function* (exchange: Exchange["Service"], reference: string) {
  const { account } = yield* exchange.openAccount({ reference })
  for (const [asset, amount] of Object.entries(flowEndowment)) {
    const balance = (yield* exchange.balances({ account })).find((other) => other.asset === asset)
    // Close enough to decide whether to give more.
    const has = balance === undefined ? 0 : Number(balance.available) + Number(balance.held)
    if (has < Number(amount) / 2) yield* exchange.credit({ account, asset, amount })
  }
  return account
})
