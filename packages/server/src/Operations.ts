/**
 * What the server answers about orders, markets and accounts: the exchange's port, plus the
 * history.
 */
import {
  isAboutAccount,
  isOffered,
  type Operation,
  type Principal,
  writerOf
} from "@pandora-exchange/contract"
import * as Accounts from "@pandora-exchange/contract/operations/accounts"
import * as HistoryOf from "@pandora-exchange/contract/operations/history"
import * as Markets from "@pandora-exchange/contract/operations/markets"
import * as Orders from "@pandora-exchange/contract/operations/orders"
import { pageSizeDefault } from "@pandora-exchange/contract/fields"
import type { OrderOf } from "@pandora-exchange/contract/generated/sdk"
import type * as Asked from "@pandora-exchange/contract/generated/server"
import { isKeyed, isOperation, requestShapeOf } from "@pandora-exchange/contract/operation"
import { fieldsOf } from "@pandora-exchange/contract/shape"
import type { Caller } from "@pandora-exchange/identity/Caller"
import type { Exchange } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { noSuchOrder, tellingEnds } from "./endedOrders.ts"
import type { HistoryService, PageRequest } from "./History.ts"
import { ApiFailure, type Failure } from "./http/Failure.ts"

/** An operation and its implementation. */
export interface Row {
  readonly operation: Operation
  /** The request has been read by the contract, and contains the account and key. */
  readonly perform: (principal: Principal, request: object) => Effect.Effect<unknown, Failure>
  /** The answer as JSON. */
  readonly write: (answer: unknown) => string
}

/** The same over REST, where the caller's address is known and answers may be empty. */
export interface RestRow extends Omit<Row, "perform" | "write"> {
  readonly write: (answer: unknown) => string | undefined
  readonly perform: (
    principal: Principal,
    request: object,
    caller: () => Caller
  ) => Effect.Effect<unknown, Failure>
}

export interface Answering {
  readonly exchange: Exchange["Service"]
  readonly history: HistoryService
}

/** By the operation's name. */
export const rowsOf = ({ exchange, history }: Answering): ReadonlyMap<string, Row> => {
  const answers = new AnswersSoFar()
  const rows = [
    ...exchangeRows(exchange, history, answers),
    ...historyRows(exchange, history, answers)
  ]
  return new Map(rows.map((row) => [row.operation.name, row]))
}

/**
 * The last command in an answer to each account; the account's reads of the history wait for it.
 */
class AnswersSoFar {
  private readonly last = new Map<number, number>()

  of(account: number): number {
    return this.last.get(account) ?? 0
  }

  add(account: number, sequence: number): void {
    if (sequence > this.of(account)) this.last.set(account, sequence)
  }
}

type Perform = Row["perform"]

const declared = [Orders, Markets, Accounts]
  .flatMap((module) => Object.values(module).filter(isOperation))
  .filter((operation) => isOffered(operation) && (operation.rest ?? operation.stream) !== undefined)
  // The history finds an order by an index; the exchange would read the journal.
  .filter((operation) => operation !== Orders.order)

const exchangeRows = (
  exchange: Exchange["Service"],
  history: HistoryService,
  answers: AnswersSoFar
): ReadonlyArray<Row> => {
  const port = exchange.operations as unknown as Readonly<Record<string, Perform>>
  return declared.map((operation) => {
    const plain = port[operation.name]!
    const perform = isAboutOpenOrder(operation) ? tellingEnds(plain, history) : plain
    const remembers = operation.movesMoney === true && isAboutAccount(operation)
    return {
      operation,
      perform: remembers ? remembering(perform, answers) : perform,
      write: writerOf(operation.answer!)
    }
  })
}

/** A command about one order, by its id or the client's own. */
const isAboutOpenOrder = (operation: Operation): boolean =>
  operation.movesMoney === true &&
  fieldsOf(requestShapeOf(operation)).some(({ client }) => client === "clientOrderId")

const remembering =
  (perform: Perform, answers: AnswersSoFar): Perform =>
  (principal, request) =>
    Effect.map(perform(principal, request), (answer) => {
      // A batch of which nothing reached the journal has none.
      const { sequence } = answer as { readonly sequence: number | undefined }
      if (sequence !== undefined) answers.add((request as OfAccount).account, sequence)
      return answer
    })

interface OfAccount {
  readonly account: number
}

type Ranged = Partial<Pick<PageRequest, "cursor" | "from" | "limit" | "sort" | "to">>

/** Reads the requested page, unless its times contradict each other. */
const paged = <A>(
  { cursor, from, limit, sort, to }: Ranged,
  read: (page: PageRequest) => Effect.Effect<A, Failure>
): Effect.Effect<A, Failure> =>
  from !== undefined && to !== undefined && from > to
    ? Effect.fail(new ApiFailure({ code: "TimeRangeReversed", parameter: "from" }))
    : read({ cursor, from, to, limit: limit ?? pageSizeDefault, sort: sort ?? "newest" })

const historyRows = (
  exchange: Exchange["Service"],
  history: HistoryService,
  answers: AnswersSoFar
): ReadonlyArray<Row> => {
  const row = <Request extends object>(
    operation: Operation,
    perform: (principal: Principal, request: Request) => Effect.Effect<unknown, Failure>
  ): Row => ({ operation, perform: perform as Perform, write: writerOf(operation.answer!) })
  /** Waits until the history includes the account's last answer. */
  const own = <Request extends OfAccount>(
    operation: Operation,
    projection: "trading" | "ledger",
    read: (request: Request) => Effect.Effect<unknown, Failure>
  ): Row =>
    row<Request>(operation, (principal, request) =>
      principal.accountIds.includes(request.account)
        ? Effect.andThen(
            history.awaitPosition(projection, answers.of(request.account)),
            read(request)
          )
        : Effect.fail(new ApiFailure({ code: "UnknownAccount", parameter: "account" }))
    )
  return [
    row(HistoryOf.me, ({ accountIds, name, permissions }) =>
      Effect.succeed({ name, accounts: accountIds, permissions })
    ),
    row<Asked.Trades>(HistoryOf.trades, (principal, { market, ...range }) =>
      paged(range, (page) =>
        Effect.andThen(
          exchange.operations.market(principal, { market }),
          history.trades({ market, ...page })
        )
      )
    ),
    own<OrderOf>(Orders.order, "trading", ({ account, clientOrderId, order }) =>
      Effect.flatMap(
        history.order({ account, order: order ?? { clientOrderId: clientOrderId! } }),
        (found) =>
          found === undefined
            ? Effect.fail(
                new ApiFailure({ code: "UnknownOrder", parameter: "order", detail: noSuchOrder })
              )
            : Effect.succeed(found)
      )
    ),
    own<Asked.Orders>(Orders.orders, "trading", (request) =>
      paged(request, (page) => history.orders({ ...request, ...page }))
    ),
    own<Asked.Fills>(HistoryOf.fills, "trading", ({ account, market, order, ...range }) =>
      paged(range, (page) => history.fills({ account, market, order, ...page }))
    ),
    own<Asked.LedgerEntries>(
      HistoryOf.ledgerEntries,
      "ledger",
      ({ account, asset, kind, ...range }) =>
        paged(range, (page) => history.entries({ account, asset, kind, ...page }))
    )
  ]
}

/** The named account, if it is the caller's; by default the first one. */
export const accountOf = (
  principal: Principal,
  account: number | undefined
): number | ApiFailure => {
  const number = account ?? principal.accountIds[0]
  return number !== undefined && principal.accountIds.includes(number)
    ? number
    : new ApiFailure({ code: "UnknownAccount", parameter: "account" })
}

/**
 * Completes a request that was read: with the caller's first account if none is named, and with the
 * key of a command.
 */
export const completed = (
  operation: Operation,
  request: Record<string, unknown>,
  principal: Principal,
  key: string | undefined
): object => {
  if (request["account"] === undefined && isAboutAccount(operation))
    request["account"] = principal.accountIds[0]
  if (key !== undefined && isKeyed(operation)) request["key"] = key
  return request
}
