/** The whole HTTP API. Server, OpenAPI document and typed client are made from this. */
import { HttpApi, OpenApi } from "effect/http-api"
import { Accounts } from "./Accounts.ts"
import { Administration } from "./Administration.ts"
import { Factors } from "./Factors.ts"
import { Health } from "./Health.ts"
import { Keys } from "./Keys.ts"
import { Markets } from "./Markets.ts"
import { Orders } from "./Orders.ts"
import { Profile } from "./Profile.ts"
import { Registrations } from "./Registrations.ts"
import { Sessions } from "./Sessions.ts"

/** Of a server whose host has users of its own: without what is about users. */
export class ApiWithoutUsers extends HttpApi.make("pandora-exchange")
  .add(Markets)
  .add(Orders)
  .add(Accounts)
  .add(Health)
  .annotateMerge(
    OpenApi.annotations({
      title: "Pandora Exchange",
      version: "1.0.0",
      description:
        "Amounts are decimal text, times are milliseconds since 1970, ids carry a prefix. " +
        "Problems are RFC 9457 with a stable `code`; [all codes](/docs/errors). " +
        "Commands take an `Idempotency-Key` and are done once under it. " +
        "Live data and quick order entry are on the WebSocket `/v1/stream`."
    })
  ) {}

export class Api extends ApiWithoutUsers.add(Registrations)
  .add(Sessions)
  .add(Profile)
  .add(Factors)
  .add(Administration)
  .add(Keys) {}
