/** How each command is performed, by name: as a single command of the venue, or as a batch. */
import type { Principal } from "@pandora-exchange/contract"
import type { Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Again, Commands } from "../Requests.ts"
import { guardedBatch, orderedBatch } from "./batch.ts"
import { type CommandLine, guarded, ordered } from "./CommandLine.ts"
import { type Operation, operations } from "./commands.ts"

type Perform = (
  line: CommandLine["Service"],
  principal: Principal,
  request: object
) => Effect.Effect<unknown, ExchangeFailure>

export interface Performing {
  /** Checks the request first. */
  readonly ordered: Perform
  /** For a checked request. */
  readonly guarded: Perform
}

const single = (operation: Operation<Again, unknown>): Performing => ({
  ordered: (line, principal, request) => ordered(line, operation, principal, request),
  guarded: (line, principal, request) => guarded(line, operation, principal, request)
})

export const performing: Readonly<Record<keyof Commands, Performing>> = {
  ...(Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      single(operation as Operation<Again, unknown>)
    ])
  ) as unknown as Record<keyof typeof operations, Performing>),
  batch: { ordered: orderedBatch as Perform, guarded: guardedBatch as Perform }
}
