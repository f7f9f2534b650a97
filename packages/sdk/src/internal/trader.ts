/** Everything a user can do with one account. */
import {
  isAboutAccount,
  isOffered,
  operations as declarations,
  type Operation as Declared,
  type Principal
} from "@pandora-exchange/contract"
import { Effect } from "effect"
import type {
  AccountName,
  BalancesOf,
  Commands,
  OpenAccount,
  OpenOrders,
  Queries
} from "../Requests.ts"
import type { Denial, Trader } from "../UserAccess.ts"
import type { Venue } from "../VenueAccounts.ts"
import { attempt, command, type CommandLine, query } from "./CommandLine.ts"
import { operations } from "./commands.ts"
import { refuse } from "./fields.ts"
import { performing } from "./performing.ts"

export type Permission = "read" | "trade"

const own = [...declarations.values()].filter(
  (declared) => isOffered(declared) && isAboutAccount(declared)
)

/** Everything about one account; each call first has to be let through by `allowed`. */
export const traderOf = (
  line: CommandLine["Service"],
  account: number,
  allowed: (permission: Permission) => Effect.Effect<Principal, Denial>
): Trader => {
  const methodOf =
    ({ movesMoney, name, permission }: Declared) =>
    (request: unknown) =>
      Effect.flatMap(allowed(permission as Permission), (principal) =>
        Effect.flatMap(
          attempt(() => withAccount(request, account)),
          (own) =>
            movesMoney === true
              ? performing[name as keyof Commands].ordered(line, principal, own)
              : query(line, name as keyof Queries, own as never)
        )
      )
  return {
    account,
    ...Object.fromEntries(own.map((declared) => [declared.name, methodOf(declared)]))
  } as unknown as Trader
}

/** Requests never name the account. */
const withAccount = (request: unknown = {}, account: number): object => {
  if (typeof request !== "object" || request === null || Array.isArray(request))
    return refuse("request", "NotAnObject")
  if (Object.hasOwn(request, "account")) return refuse("account", "UnknownField")
  return { ...request, account }
}

/** The venue behind a command line, for code that needs accounts. */
export const venueOf = (line: CommandLine["Service"]): Venue =>
  ({
    openAccount: (request: OpenAccount) => command(line, operations.openAccount, request),
    account: (of: AccountName) => query(line, "account", of),
    balances: (of: BalancesOf) => query(line, "balances", of),
    openOrders: (of: OpenOrders) => query(line, "openOrders", of)
  }) as Venue
