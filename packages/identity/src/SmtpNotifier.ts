/** Delivers messages by mail through an SMTP server. */
import { Effect, Layer, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { Notifier, NotSent } from "./Notifier.ts"

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** The `From` address. */
  readonly from: string
  readonly user?: string
  readonly password?: Redacted.Redacted
  /**
   * `tls` from the first byte (port 465), `startTls` (port 587), or `none` for a server on the same
   * machine.
   */
  readonly encryption: "tls" | "startTls" | "none"
  /** The CA certificate of the server, if it is not signed by a public CA. */
  readonly authority?: string
}

const timeoutMs = 10_000
const connectionsMax = 4

export const layer = (options: SmtpOptions): Layer.Layer<Notifier> =>
  Layer.effect(Notifier, make(options))

const make = Effect.fnUntraced(function* (options: SmtpOptions) {
  const { authority, encryption, from, host, password, port, user } = options
  const transport = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createTransport({
        pool: true,
        maxConnections: connectionsMax,
        host,
        port,
        secure: encryption === "tls",
        requireTLS: encryption === "startTls",
        ignoreTLS: encryption === "none",
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(authority === undefined ? {} : { tls: { ca: authority } }),
        ...(user === undefined
          ? {}
          : { auth: { user, pass: password === undefined ? "" : Redacted.value(password) } })
      })
    ),
    (transport) => Effect.sync(() => transport.close())
  )
  return Notifier.of({
    send: ({ subject, text, to }) =>
      Effect.asVoid(
        Effect.tryPromise({
          // Passed as a single address, so that nothing in it is parsed as a list or a header.
          try: () => transport.sendMail({ from, to: { name: "", address: to }, subject, text }),
          catch: notSent
        })
      )
  })
})

/** What the library's errors carry besides their message. */
interface Failure {
  readonly code?: string
  readonly responseCode?: number
}

/**
 * Permanent if the server's last reply is 500 or above (RFC 5321, 4.2.1) or, without a reply, if
 * the library refused to send the envelope.
 */
const notSent = (cause: unknown): NotSent => {
  const { code = "Unknown", responseCode } = cause as Failure
  return responseCode === undefined
    ? new NotSent({ code, permanent: code === "EENVELOPE", cause })
    : new NotSent({ code: String(responseCode), permanent: responseCode >= 500, cause })
}
