/** Everything a user can do with one account. */
import { Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Denial, Trader } from "../UserAccess.ts"
import { attempt, command, type CommandLine, query } from "./CommandLine.ts"
import { operations } from "./commands.ts"
import { refuse } from "./fields.ts"

export type Permission = "read" | "trade"

const tradingNames = [
  "place",
  "placeList",
  "amend",
  "replace",
  "cancel",
  "cancelList",
  "cancelAll",
  "cancelAfter"
] as const
const readingNames = ["balances", "openOrders", "openOrder", "preview"] as const

/** Everything about one account, each call after `allowed` has let it pass. */
export const traderOf = (
  line: CommandLine["Service"],
  account: number,
  allowed: (permission: Permission) => Effect.Effect<unknown, Denial>
): Trader => {
  const method =
    <Request, A>(permission: Permission, ask: (request: Request) => Effect.Effect<A, ExchangeFailure>) =>
    (request: unknown) =>
      Effect.andThen(
        allowed(permission),
        Effect.flatMap(
          attempt(() => withAccount(request, account)),
          (request) => ask(request as Request)
        )
      )
  return {
    account,
    ...Object.fromEntries(
      tradingNames.map((name) => [
        name,
        method("trade", (request) => command(line, operations[name] as never, request as never))
      ])
    ),
    ...Object.fromEntries(
      readingNames.map((name) => [name, method("read", (request) => query(line, name, request as never))])
    )
  } as Trader
}

/** Whose account it is, nobody says in a request. */
const withAccount = (request: unknown = {}, account: number): object => {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return refuse("request", "NotAnObject")
  if (Object.hasOwn(request, "account")) return refuse("account", "UnknownField")
  return { ...request, account }
}

/** Looked for first: a look is no command, and leaves nothing in the journal. */
export const accountWith = Effect.fnUntraced(function* (line: CommandLine["Service"], reference: string) {
  const found = yield* query(line, "account", { reference })
  if (found?.kind === "user") return found.account
  const { account } = yield* command(line, operations.openAccount, { reference })
  return account
})
