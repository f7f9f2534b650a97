/** The health of the server. */
import { Schema } from "effect"
import { field, oneOf, Sequence, struct, whole } from "../fields.ts"
import { operation } from "../operation.ts"

export const Live = struct("Live", "The process is running.", {
  status: field(Schema.Literal("live"), "Always `live`.")
})

export const HealthCheck = struct("HealthCheck", "One thing that the server depends on.", {
  name: field(Schema.String, "What was checked."),
  status: field(Schema.Literals(["ok", "degraded", "failed"]), "How it is."),
  detail: field(Schema.String, "What was found.")
})

const readiness = {
  checks: field(Schema.Array(HealthCheck), "What was checked."),
  durableSequence: field(Sequence, "The last durable command of the journal."),
  uptimeMs: field(whole(0), "How long the server has been running.")
}

export const Ready = struct("Ready", "Orders are accepted.", {
  status: field(
    Schema.Literals(["ready", "degraded"]),
    "`degraded`: something else is late or missing."
  ),
  ...readiness
})

export const NotReady = struct("NotReady", "Orders are not accepted. Comes with status 503.", {
  status: field(Schema.Literals(["notReady", "shuttingDown"]), "Why orders are not accepted."),
  ...readiness
})

export const Readiness = oneOf("Readiness", "Whether orders are accepted.", [Ready, NotReady])

export const live = operation("live", {
  doc: "Answers while the process is running.",
  answer: Live,
  permission: "public",
  rest: { method: "GET", path: "/health/live" },
  fails: []
})

export const ready = operation("ready", {
  doc: "Says whether orders are accepted, and what is wrong. Status 503 if they are not.",
  answer: Readiness,
  permission: "public",
  rest: { method: "GET", path: "/health/ready", otherwise: { status: 503, answer: NotReady } },
  fails: []
})
