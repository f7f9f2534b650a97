/** Messages by mail, through an SMTP server. */
import { Effect, Layer, Redacted } from "effect"
import { createTransport } from "nodemailer"
import { Notifier, NotSent } from "./Notifier.ts"

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** What stands in From. */
  readonly from: string
  readonly user?: string
  readonly password?: Redacted.Redacted
  /**
   * `tls` from the first byte (port 465), `startTls` before anything else (587), or `none`, for a
   * server on this machine.
   */
  readonly encryption: "tls" | "startTls" | "none"
  /** Of the server's certificate, when it is not one of the public ones. */
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
          // As an address of its own, so that nothing in it is read as a list or a header.
          try: () => transport.sendMail({ from, to: { name: "", address: to }, subject, text }),
          catch: notSent
        })
      )
  })
})

/** What the library's errors say beside their message. */
interface Failure {
  readonly code?: string
  readonly responseCode?: number
}

/**
 * The server's last word is 500 and above (RFC 5321, 4.2.1); without a reply, an envelope that the
 * library does not even send.
 */
const notSent = (cause: unknown): NotSent => {
  const { code = "Unknown", responseCode } = cause as Failure
  return responseCode === undefined
    ? new NotSent({ code, permanent: code === "EENVELOPE", cause })
    : new NotSent({ code: String(responseCode), permanent: responseCode >= 500, cause })
}
