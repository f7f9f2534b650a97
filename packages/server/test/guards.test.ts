/** Guards of a host, over HTTP and over the stream. */
import { expect, it } from "@effect/vitest"
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
