/** Writes the response to one request: a result, a page, or a problem. */
import type { Code } from "@pandora-exchange/contract/failures"
import { detailsOf, type ProblemDetails } from "@pandora-exchange/contract/problem"
import type { ServerResponse } from "node:http"
import type { Fenced } from "../Fence.ts"
import type { Answer } from "./Routes.ts"

/** Whether the server is shutting down; then connections are closed after their responses. */
export interface Lifecycle {
  draining: boolean
}

const retryAfterMsDefault = 1_000
const closing = ["connection", "close"]

/** For every response except pages. */
const plainHeaders = ["x-content-type-options", "nosniff", "cache-control", "no-store"]

/** Pages contain everything they need. */
const pageHeaders = [
  "content-security-policy",
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy",
  "no-referrer",
  "x-content-type-options",
  "nosniff",
  "cache-control",
  "no-cache"
]

/** The request that is answered. */
export interface About extends Record<string, string> {
  readonly requestId: string
  readonly method: string
  readonly path: string
}

export class ResponseWriter implements Fenced {
  readonly about: About
  private readonly response: ServerResponse
  private readonly lifecycle: Lifecycle

  constructor(response: ServerResponse, about: About, lifecycle: Lifecycle) {
    this.response = response
    this.about = about
    this.lifecycle = lifecycle
  }

  get requestId(): string {
    return this.about.requestId
  }

  answer({ json, status }: Answer): void {
    if (json !== undefined) return this.text(status, "application/json", json, plainHeaders)
    if (this.isAnswered) return
    this.response.writeHead(status, [
      ...this.closing,
      "x-request-id",
      this.requestId,
      ...plainHeaders
    ])
    this.response.end()
  }

  page(contentType: string, body: string): void {
    this.text(200, contentType, body, pageHeaders)
  }

  refuse(problem: ProblemDetails, retryAfterMs = retryAfterMsDefault): void {
    const { response } = this
    if (problem.status === 401) response.setHeader("www-authenticate", "Bearer")
    if (problem.status === 503 || problem.status === 429) {
      response.setHeader("retry-after", String(Math.ceil(retryAfterMs / 1000)))
    }
    if (problem.status === 413) response.setHeader("connection", "close")
    this.text(problem.status, "application/problem+json", JSON.stringify(problem), plainHeaders)
  }

  fail(code: Code): void {
    this.refuse(detailsOf(code, this.requestId))
  }

  /** A half-written response cannot become a problem any more. */
  abort(): void {
    if (this.response.headersSent && !this.response.writableEnded) this.response.destroy()
    else this.fail("Internal")
  }

  private get isAnswered(): boolean {
    return this.response.headersSent || this.response.destroyed
  }

  private get closing(): ReadonlyArray<string> {
    return this.lifecycle.draining ? closing : []
  }

  private text(
    status: number,
    contentType: string,
    body: string,
    more: ReadonlyArray<string>
  ): void {
    if (this.isAnswered) return
    const bytes = Buffer.byteLength(body)
    this.response.writeHead(status, [
      ...this.closing,
      "content-type",
      contentType,
      "content-length",
      String(bytes),
      "x-request-id",
      this.requestId,
      ...more
    ])
    // Nearly all bodies are ASCII, which needs no encoding.
    this.response.end(body, bytes === body.length ? "latin1" : "utf8")
  }
}
