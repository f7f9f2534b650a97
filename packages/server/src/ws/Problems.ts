/** Tells clients why what they asked was not done, and the log what was not their doing. */
import { Cause } from "effect"
import { type ApiFailure, type Failure, problemOf } from "../http/Failure.ts"
import type { Connection } from "./Connection.ts"
import type { EffectRunner } from "./EffectRunner.ts"

export class Problems {
  private readonly runner: EffectRunner

  constructor(runner: EffectRunner) {
    this.runner = runner
  }

  refuse(
    connection: Connection,
    id: string | undefined,
    failure: ApiFailure,
    requestId: string
  ): void {
    this.refuseCause(connection, id, Cause.fail(failure), requestId)
  }

  refuseCause(
    connection: Connection,
    id: string | undefined,
    cause: Cause.Cause<Failure>,
    requestId: string
  ): void {
    const { bug, failed, problem } = problemOf(cause, requestId)
    if (bug || failed) this.runner.log(cause, requestId)
    connection.send({ type: "problem", ...(id === undefined ? {} : { id }), problem })
  }
}
