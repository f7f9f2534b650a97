/** Runs the commands that come over the stream, and answers each. */
import type { Code } from "@pandora-exchange/contract/failures"
import { type Effect, Exit } from "effect"
import type { Asking, Commands } from "../Commands.ts"
import { ApiFailure, type Failure } from "../http/Failure.ts"
import type { Connection } from "./Connection.ts"
import type { Drain } from "./Drain.ts"
import type { EffectRunner } from "./EffectRunner.ts"
import type { Limits } from "./Limits.ts"
import type { Problems } from "./Problems.ts"
import type { CommandOp, RequestOf } from "./requests.ts"

export interface CommandRunnerParts {
  readonly commands: Commands
  readonly drain: Drain
  readonly limits: Limits
  readonly problems: Problems
  readonly runner: EffectRunner
}

export class CommandRunner {
  private readonly parts: CommandRunnerParts

  constructor(parts: CommandRunnerParts) {
    this.parts = parts
  }

  run(connection: Connection, request: RequestOf<CommandOp>, requestId: string): void {
    const { commands, drain, problems, runner } = this.parts
    const refusal = this.refusalOf(connection)
    if (refusal !== undefined) {
      return problems.refuse(connection, request.id, new ApiFailure({ code: refusal }), requestId)
    }
    connection.inFlight++
    const asking = { principal: connection.principal!, account: request.account, key: request.key }
    runner.run(perform(commands, asking, request), (exit) => {
      connection.inFlight--
      if (Exit.isSuccess(exit)) connection.send({ type: "answer", id: request.id, result: exit.value })
      else problems.refuseCause(connection, request.id, exit.cause, requestId)
      drain.checkIdle()
    })
  }

  private refusalOf({ inFlight, principal }: Connection): Code | undefined {
    if (principal === undefined) return "Unauthorized"
    if (!principal.permissions.includes("trade")) return "NotPermitted"
    if (this.parts.drain.hasBegun) return "ShuttingDown"
    return inFlight >= this.parts.limits.inFlightMax ? "TooManyRequests" : undefined
  }
}

const perform = (
  commands: Commands,
  asking: Asking,
  request: RequestOf<CommandOp>
): Effect.Effect<unknown, Failure> => {
  switch (request.op) {
    case "place":
      return commands.place(asking, request.order)
    case "cancel":
      return commands.cancel(asking, request.order)
    case "cancelAll":
      return commands.cancelAll(asking, request)
    case "placeList":
      return commands.placeList(asking, request.list)
    case "cancelList":
      return commands.cancelList(asking, request.list)
    case "replace":
      return commands.replace(asking, request.order, request.replacement)
    case "cancelAfter":
      return commands.cancelAfter(asking, request.delay)
    case "amend":
      return commands.amend(asking, request.order, request.change)
  }
}
