/**
 * The application's server: it authenticates users as it always has, and lets them trade as
 * themselves.
 */
import { ExchangeError, type ForUsers, type PromiseTrader } from "@pandora-exchange/sdk"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { User, Users } from "./Users.ts"

type Route = (mine: PromiseTrader, body: any) => Promise<unknown>

/** Bodies are passed on unchanged: they cannot choose the account. */
const routes: Readonly<Record<string, Route>> = {
  "GET /balances": (mine) => mine.balances(),
  "GET /orders": (mine) => mine.openOrders(),
  "POST /orders": (mine, body) => mine.place(body),
  "POST /cancel": (mine, body) => mine.cancel(body)
}

export const server = (users: Users, exchange: ForUsers<User>): Server =>
  createServer((request, response) => {
    answerOf(users, exchange, request).then(
      ([status, body]) => send(response, status, body),
      (error: unknown) => {
        if (!(error instanceof ExchangeError)) return send(response, 500, { code: "Failed" })
        const { code, message } = error
        return send(response, 422, { code, message })
      }
    )
  })

const answerOf = async (
  users: Users,
  exchange: ForUsers<User>,
  request: IncomingMessage
): Promise<readonly [status: number, body: unknown]> => {
  const user = users.of(/^session=(.+)$/.exec(request.headers.cookie ?? "")?.[1])
  if (user === undefined) return [401, { code: "SignIn" }]
  const route = routes[`${request.method} ${request.url}`]
  if (route === undefined) return [404, { code: "NotFound" }]
  const body = request.method === "POST" ? await bodyOf(request) : undefined
  return [200, await route(await exchange.as(user), body)]
}

const bodyBytesMax = 10_000

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk
    if (text.length > bodyBytesMax) break
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
