/** Runs the commands that arrive over the stream, and answers each. */
import {
  Fault,
  type MessageReader,
  messageReaderOf,
  type Operation
} from "@pandora-exchange/contract"
import type { Code } from "@pandora-exchange/contract/failures"
import { Exit } from "effect"
import type { Fence } from "../Fence.ts"
import { ApiFailure } from "../http/Failure.ts"
import { failureOf } from "../http/operationRoutes.ts"
import { completed, type Row } from "../Operations.ts"
import type { Connection } from "./Connection.ts"
import type { Drain } from "./Drain.ts"
import type { Limits } from "./Limits.ts"
import type { Problems } from "./Problems.ts"
import type { Parsed } from "./requests.ts"

export interface CommandRunnerParts {
  readonly rows: ReadonlyMap<string, Row>
  readonly drain: Drain
  readonly limits: Limits
  readonly problems: Problems
  readonly fence: Fence
}

interface StreamRow extends Row {
  readonly read: MessageReader
}

export class CommandRunner {
  private readonly parts: CommandRunnerParts
  private readonly rows: ReadonlyMap<unknown, StreamRow>

  constructor(parts: CommandRunnerParts) {
    this.parts = parts
    this.rows = new Map(
      [...parts.rows]
        .filter(([, { operation }]) => operation.stream !== undefined)
        .map(([name, row]) => [name, { ...row, read: messageReaderOf(row.operation) }])
    )
  }

  /** Whether a message is a command. */
  takes({ fields }: Parsed): boolean {
    return this.rows.has(fields["op"])
  }

  run(connection: Connection, { fields, id }: Parsed, requestId: string): void {
    const { drain, fence, problems } = this.parts
    const { operation, perform, read, write } = this.rows.get(fields["op"])!
    const request = read(fields)
    if (request instanceof Fault)
      return problems.refuse(connection, id, failureOf(request), requestId)
    const count = commandsIn(operation, request)
    const refusal = this.refusalOf(connection, count)
    if (refusal !== undefined)
      return problems.refuse(connection, id, new ApiFailure({ code: refusal }), requestId)
    const principal = connection.principal!
    const key = fields["key"] as string | undefined
    connection.inFlight += count
    fence.run(
      problems.messageOf(connection, id, requestId),
      () =>
        perform(
          principal,
          completed(operation, request as Record<string, unknown>, principal, key)
        ),
      (exit) => {
        connection.inFlight -= count
        if (Exit.isSuccess(exit)) connection.answer(id!, write(exit.value))
        else problems.refuseCause(connection, id, exit.cause, requestId)
        drain.checkIdle()
      }
    )
  }

  private refusalOf({ inFlight, principal }: Connection, count: number): Code | undefined {
    if (principal === undefined) return "Unauthorized"
    if (!principal.permissions.includes("trade")) return "NotPermitted"
    if (this.parts.drain.hasBegun) return "ShuttingDown"
    return inFlight + count > this.parts.limits.inFlightMax ? "TooManyRequests" : undefined
  }
}

/** Each item of a batch counts as a command. */
const commandsIn = ({ keyPerItem }: Operation, request: object): number =>
  keyPerItem === true ? (request as { readonly items: ReadonlyArray<unknown> }).items.length : 1
