/** A host's guards, over HTTP and over the stream. */
import { expect, it } from "@effect/vitest"
import { IdempotencyKey } from "@pandora-exchange/core"
import { Effect, Stream } from "effect"
import { onTestFinished } from "vitest"
import { openBare } from "./streaming.ts"
import { asking, problemOf, startHere } from "./support.ts"

const order = { market: "BTC-USDT", side: "buy", price: "50000", quantity: "0.01" }

it("a guard refuses with a code of its own over HTTP and over the stream, and sees the principal", async () => {
  const seen: Array<unknown> = []
  const server = await startHere(
    {},
    {
      guards: [
        ({ name }, { accountIds, name: who }, { account, quantity }) => {
          if (name !== "place") return undefined
          seen.push({ who, own: accountIds.includes(account as number), quantity })
          return quantity === "0.01"
            ? { code: "CoolingDown", message: "Wait a minute." }
            : undefined
        }
      ]
    }
  )
  onTestFinished(() => server.close())
  const [token] = server.tokens
  const who = server.accounts[0]!.name
  const refused = await asking(server.url)("POST", "/v1/orders", { token, body: order })
  expect(problemOf(refused)).toEqual({
    type: "/docs/errors#GuardRefused",
    title: "Guard refused",
    status: 422,
    detail: "Wait a minute.",
    code: "CoolingDown",
    retry: "never"
  })
  const bare = await openBare(server.url, { authorization: `Bearer ${token}` })
  onTestFinished(() => bare.socket.close())
  expect((await bare.ask({ op: "place", order })).problem).toMatchObject({
    code: "CoolingDown",
    status: 422
  })
  expect(
    (await bare.ask({ op: "place", order: { ...order, quantity: "0.02" } })).result
  ).toMatchObject({
    status: "open"
  })
  expect(seen).toEqual(["0.01", "0.01", "0.02"].map((quantity) => ({ who, own: true, quantity })))
  expect(server.logged).toEqual([])
})

it("a command that is sent again while the first waits in a guard gets the first one's answer", async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  let asked = 0
  const waiting = new Map<number, () => void>()
  const untilAsked = (times: number) => new Promise<void>((resolve) => waiting.set(times, resolve))
  const server = await startHere(
    {},
    {
      guardTimeoutMs: 10_000,
      guards: [
        async ({ name }) => {
          if (name !== "place") return undefined
          const refuses = ++asked > 1
          waiting.get(asked)?.()
          await gate
          return refuses ? { code: "TooLate" } : undefined
        }
      ]
    }
  )
  onTestFinished(() => server.close())
  const [token] = server.tokens
  const key = IdempotencyKey.make()
  const bare = await openBare(server.url, { authorization: `Bearer ${token}` })
  onTestFinished(() => bare.socket.close())
  const ask = asking(server.url)
  const overHttp = (own: string) => ask("POST", "/v1/orders", { token, key: own, body: order })
  const overStream = (own: string) => bare.ask({ op: "place", key: own, order })
  const firstAsked = untilAsked(1)
  const first = overHttp(key)
  await firstAsked
  const othersAsked = untilAsked(3)
  const [again, streamed] = [overHttp(key), overStream(key)]
  // A command with a key of its own does not wait: the guard is called for it, and refuses it.
  const others = [overHttp(IdempotencyKey.make()), overStream(IdempotencyKey.make())]
  await othersAsked
  release()
  const { body, status } = await first
  expect([status, body.status]).toEqual([201, "open"])
  expect((await again).body).toEqual(body)
  expect((await streamed).result).toEqual(body)
  const [{ body: refused }, { problem }] = (await Promise.all(others)) as [any, any]
  expect([refused.code, problem.code]).toEqual(["TooLate", "TooLate"])
})

it("error: a guard that does not answer in time is a problem that may pass", async () => {
  const server = await startHere(
    { demo: false },
    {
      guards: [({ name }) => (name === "place" ? Effect.never : Effect.void)],
      guardTimeoutMs: 10,
      identity: {
        authenticate: () =>
          Effect.succeed({ userId: "u", name: "U", accountIds: [1000], permissions: ["trade"] }),
        changes: Stream.never
      }
    }
  )
  onTestFinished(() => server.close())
  const { body, headers, status } = await asking(server.url)("POST", "/v1/orders", {
    token: "t",
    body: order
  })
  expect([status, body.code, body.retry, headers.get("retry-after")]).toEqual([
    503,
    "GuardUnavailable",
    "safe",
    "1"
  ])
})
