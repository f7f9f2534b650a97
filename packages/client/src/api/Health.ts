/** Whether the server lives, and whether it can do its work. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Requires, Sequence } from "./Conventions.ts"

export const Live = Schema.Struct({ status: Schema.Literal("live") }).annotate({ identifier: "Live" })

export const Check = Schema.Struct({
  name: Schema.String,
  status: Schema.Literals(["ok", "degraded", "failed"]),
  detail: Schema.String
}).annotate({ identifier: "HealthCheck" })

const readyFields = { checks: Schema.Array(Check), durableSequence: Sequence, uptimeMs: Schema.Int }

/** `degraded`: orders are taken, and something else is late or missing. */
export const Ready = Schema.Struct({ status: Schema.Literals(["ready", "degraded"]), ...readyFields }).annotate({
  identifier: "Ready"
})
export const NotReady = Schema.Struct({
  status: Schema.Literals(["notReady", "shuttingDown"]),
  ...readyFields
}).annotate({ identifier: "NotReady" })

export class Health extends HttpApiGroup.make("health")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Live })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Answers while the process lives"),
    HttpApiEndpoint.get("ready", "/health/ready", {
      success: Ready,
      error: NotReady.pipe(HttpApiSchema.status(503))
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Whether orders can be taken, and what is not as it should be")
  )
  .annotate(OpenApi.Title, "Health") {}
