/** Everything a user can do with one account. */
import {
  isAboutAccount,
  isOffered,
  operations as declarations,
  type Operation as Declared
} from "@pandora-exchange/contract"
import { Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Commands, Queries } from "../Requests.ts"
import type { Denial, Trader } from "../UserAccess.ts"
import type { Venue } from "../VenueAccounts.ts"
import { attempt, command, type CommandLine, query } from "./CommandLine.ts"
import { type Operation, operations } from "./commands.ts"
import { refuse } from "./fields.ts"

export type Permission = "read" | "trade"

const own = [...declarations.values()].filter((declared) => isOffered(declared) && isAboutAccount(declared))

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
  const methodOf = ({ movesMoney, name, permission }: Declared) =>
    method(permission as Permission, (request) =>
      movesMoney === true
        ? command(line, operations[name as keyof Commands] as Operation<object, unknown>, request as object)
        : query(line, name as keyof Queries, request as never)
    )
  return {
    account,
    ...Object.fromEntries(own.map((declared) => [declared.name, methodOf(declared)]))
  } as unknown as Trader
}

/** Whose account it is, nobody says in a request. */
const withAccount = (request: unknown = {}, account: number): object => {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return refuse("request", "NotAnObject")
  if (Object.hasOwn(request, "account")) return refuse("account", "UnknownField")
  return { ...request, account }
}

/** The venue behind a command line, for what needs accounts. */
export const venueOf = (line: CommandLine["Service"]): Venue => ({
  openAccount: (request) => command(line, operations.openAccount, request),
  account: (of) => query(line, "account", of),
  balances: (of) => query(line, "balances", of),
  openOrders: (of) => query(line, "openOrders", of)
})
