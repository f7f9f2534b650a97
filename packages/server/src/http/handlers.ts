/** Who answers the endpoints that are about users and the server itself. */
import { Api, ApiWithoutUsers } from "@pandora-exchange/client/api/Api"
import type { Health } from "@pandora-exchange/client/api/Health"
import { Effect } from "effect"
import type { Health as HealthOf } from "../Health.ts"
import { identityHandlers, type Services as IdentityServices } from "../identity/userHandlers.ts"
import { type Handlers, Reply } from "./Routes.ts"

export interface Services {
  readonly health: HealthOf
  /** Missing where the host has users of its own. */
  readonly identity: IdentityServices | undefined
}

export const handlers = (services: Services) => ({
  health: health(services),
  ...(services.identity && identityHandlers(services.identity))
})

/** What there is a handler for. */
export const apiOf = ({ identity }: Pick<Services, "identity">) => (identity === undefined ? ApiWithoutUsers : Api)

const health = ({ health }: Services): Handlers<typeof Health> => ({
  live: () => Effect.succeed({ status: "live" }),
  ready: () =>
    Effect.map(health.look, (seen) =>
      seen.status === "ready" || seen.status === "degraded" ? { ...seen, status: seen.status } : new Reply(503, seen)
    )
})
