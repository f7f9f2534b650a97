/** Tells clients why a request failed, and logs failures that were not their doing. */
import { detailsOf, type ProblemDetails } from "@pandora-exchange/contract/problem"
import { Cause } from "effect"
import type { Fence, Fenced } from "../Fence.ts"
import { type ApiFailure, type Failure, problemOf } from "../http/Failure.ts"
import type { Connection } from "./Connection.ts"

/** On a connection, where a browser cannot set a header. */
const signIn =
  'Send `{"op":"authenticate","id":"1","token":"TOKEN"}` with a valid access token, or connect with `Authorization: Bearer TOKEN`.'

export class Problems {
  private readonly fence: Fence

  constructor(fence: Fence) {
    this.fence = fence
  }

  /** A message from the client: a bug in handling it sends a problem and ends the connection. */
  messageOf(connection: Connection, id: string | undefined, requestId: string): Fenced {
    return {
      about: { requestId, ...connection.about },
      abort: () => {
        this.send(connection, id, detailsOf("Internal", requestId))
        connection.abort()
      }
    }
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
    if (bug) this.fence.logBug(cause, { requestId })
    if (failed) this.fence.logFailure(cause, { requestId })
    this.send(
      connection,
      id,
      problem.code === "Unauthorized" ? { ...problem, detail: signIn } : problem
    )
  }

  private send(connection: Connection, id: string | undefined, problem: ProblemDetails): void {
    connection.send({ type: "problem", ...(id === undefined ? {} : { id }), problem })
  }
}
