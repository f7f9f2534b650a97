import { Problem } from "../Problem.ts"

/** The answer of a closed client. */
export const closed = (): Problem =>
  new Problem({
    type: "/docs/errors#Closed",
    title: "Closed",
    status: 503,
    detail: "The client is closed. Nothing was sent.",
    code: "Closed",
    retry: "safe",
    requestId: ""
  })
