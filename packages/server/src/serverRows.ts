/** Implements the operations about users and about the server itself. */
import { type Operation, operations, writerOf } from "@pandora-exchange/contract"
import type { ServerOperations } from "@pandora-exchange/contract/generated/port"
import { Effect } from "effect"
import type { Health } from "./Health.ts"
import type { Failure } from "./http/Failure.ts"
import { identityHandlers, type Services as IdentityServices } from "./identity/userHandlers.ts"
import type { RestRow } from "./Operations.ts"

export interface Services {
  readonly health: Health
  /** Absent if the host has its own users. */
  readonly identity: IdentityServices | undefined
}

export const serverRows = ({ health, identity }: Services): ReadonlyMap<string, RestRow> =>
  new Map(
    Object.entries({ ...healthHandlers(health), ...(identity && identityHandlers(identity)) }).map(
      ([name, perform]) => {
        const operation = operations.get(name) as Operation
        return [
          name,
          { operation, perform: perform as RestRow["perform"], write: writeOf(operation) }
        ]
      }
    )
  )

const writeOf = ({ answer }: Operation): RestRow["write"] =>
  answer === undefined ? () => undefined : writerOf(answer)

const healthHandlers = (health: Health): Pick<ServerOperations<Failure>, "live" | "ready"> => ({
  live: () => Effect.succeed({ status: "live" }),
  ready: () => health.look
})
