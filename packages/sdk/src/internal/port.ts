/**
 * The port over an exchange: faces check and read requests, and this module checks permissions and
 * passes them on.
 */
import {
  type ExchangeOperations,
  isAboutAccount,
  isOffered,
  type Operation,
  operations as declarations,
  type Principal,
  system
} from "@pandora-exchange/contract"
import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Commands, Queries } from "../Requests.ts"
import { type CommandLine, readChecked } from "./CommandLine.ts"
import { performing as performingCommand } from "./performing.ts"

type Perform = (
  principal: Principal,
  request: object | undefined
) => Effect.Effect<unknown, ExchangeFailure>

/** Requests must already be checked: by `checkOf`, or by the reader that produced them. */
export const portOver = (line: CommandLine["Service"]): ExchangeOperations<ExchangeFailure> =>
  Object.fromEntries(
    [...declarations.values()]
      .filter(isOffered)
      .map((declared) => [declared.name, performing(line, declared)])
  ) as unknown as ExchangeOperations<ExchangeFailure>

const performing = (line: CommandLine["Service"], declared: Operation): Perform => {
  const perform =
    declared.movesMoney === true ? commanding(line, declared) : reading(line, declared)
  const ofAccount = isAboutAccount(declared)
  return (principal, request) => {
    const denial =
      principal === system ? undefined : denialOf(declared, ofAccount, principal, request)
    return denial === undefined ? perform(principal, request) : Effect.fail(denial)
  }
}

const commanding = (line: CommandLine["Service"], { name }: Operation): Perform => {
  const { guarded } = performingCommand[name as keyof Commands]
  return (principal, request) => guarded(line, principal, request!)
}

const reading = (line: CommandLine["Service"], { name, sdk }: Operation): Perform => {
  const read = (request: object | undefined) =>
    readChecked(line, name as keyof Queries, request as never)
  if (sdk === "data") return (_, request) => read(request)
  if (sdk !== "optional") return (_, request) => Effect.map(read(request), ({ data }) => data)
  return (_, request) =>
    Effect.flatMap(read(request), ({ data }) =>
      data === undefined
        ? Effect.fail(new Refused("UnknownMarket", { field: "market" }))
        : Effect.succeed(data)
    )
}

/** Accounts of others do not exist. */
const denialOf = (
  { permission }: Operation,
  ofAccount: boolean,
  { accountIds, permissions }: Principal,
  request: object | undefined
): ExchangeFailure | undefined => {
  if (
    permission === "host" ||
    !(permission === "public" || permission === "signedIn" || permissions.includes(permission))
  ) {
    return new Refused("NotPermitted")
  }
  const { account } = (request ?? {}) as { readonly account?: number }
  if (ofAccount && !accountIds.includes(account!))
    return new Refused("UnknownAccount", { field: "account" })
  return undefined
}
