/** What comes over HTTP and the stream instead of an answer: RFC 9457 problem details. */
import { Schema } from "effect"
import { field, optional, Sequence, struct, whole } from "./fields.ts"
import { FactorRequest } from "./operations/users.ts"

export const ProblemDetails = struct(
  "ProblemDetails",
  "RFC 9457 problem details, as `application/problem+json` with every status from 400 on. Compare `code`, never `detail`.",
  {
    type: field(Schema.String, "A link to the code's documentation, relative to the server."),
    title: field(Schema.String, "The code in words."),
    status: field(whole(400, 599), "The HTTP status."),
    detail: field(Schema.String, "What is wrong and what to do."),
    code: field(Schema.String, "Stable. The list is open: treat an unknown code by `status` and `retry`."),
    retry: field(
      Schema.Literals(["safe", "never", "unknown"]),
      "`safe`: it was not done and may succeed later. `never`: the answer stays the same. `unknown`: it may have been done; send it again with the same key."
    ),
    requestId: field(Schema.String, "Finds the request in the server's log."),
    parameter: optional(Schema.String, "The field, query parameter or header that is wrong."),
    sequence: optional(Sequence, "The command of the journal that was refused."),
    factor: optional(FactorRequest, "With `FactorRequired`: what to send as `proof`.")
  }
)
