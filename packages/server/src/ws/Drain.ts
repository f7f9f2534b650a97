/**
 * Shutdown: refuses new commands, waits for pending ones, then notifies every client and closes its
 * connection.
 */
import { closeCodes } from "@pandora-exchange/contract/channels"
import { Effect } from "effect"
import type { Fence } from "../Fence.ts"
import type { Connection } from "./Connection.ts"
import type { Connections } from "./Connections.ts"

const reason = "the server is going down"

export class Drain {
  private begun = false
  private onIdle: (() => void) | undefined
  private readonly connections: Connections
  private readonly caughtUp: Effect.Effect<void>
  private readonly fence: Fence

  constructor(connections: Connections, caughtUp: Effect.Effect<void>, fence: Fence) {
    this.connections = connections
    this.fence = fence
    this.caughtUp = caughtUp
  }

  get hasBegun(): boolean {
    return this.begun
  }

  run(graceMs: number): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      this.begun = true
      const answered = Effect.callback<void>((resume) => {
        this.onIdle = () => resume(Effect.void)
        this.checkIdle()
      })
      yield* Effect.ignore(Effect.timeout(Effect.andThen(answered, this.caughtUp), graceMs))
      this.fence.each(this.connections, (connection) => this.sayGoodbye(connection))
    })
  }

  /** Call this when a command was answered or a connection has ended. */
  checkIdle(): void {
    if (!this.begun || this.onIdle === undefined) return
    for (const { inFlight } of this.connections) if (inFlight > 0) return
    this.onIdle()
    this.onIdle = undefined
  }

  sayGoodbye(connection: Connection): void {
    const code = closeCodes.goingDown
    connection.send({ type: "closing", code, reason })
    // After the message, which waits for the end of this turn.
    setImmediate(() => this.fence.guard(connection, () => connection.close(code, reason)))
  }
}
