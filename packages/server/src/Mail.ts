/**
 * Sends mail to users through the operator's server. In development, writes it to the log instead.
 */
import { type Message, Notifier } from "@pandora-exchange/identity/Notifier"
import * as SmtpNotifier from "@pandora-exchange/identity/SmtpNotifier"
import { Effect, Layer, Redacted } from "effect"

export interface MailOptions {
  /** The operator's mail server. Without one, mails are logged. */
  readonly smtp: SmtpNotifier.SmtpOptions | undefined
}

/** A reserved domain that never receives mail. Source: RFC 6761, 6.2. */
export const demoDomain = "demo.test"

export const layer = ({ smtp }: MailOptions): Layer.Layer<Notifier> =>
  Layer.effect(
    Notifier,
    Effect.map(Notifier, ({ send }) => ({
      send: (message) => (smtp !== undefined && isDemo(message) ? Effect.void : send(message))
    }))
  ).pipe(Layer.provide(smtp === undefined ? layerLog : SmtpNotifier.layer(smtp)))

/**
 * Logs the whole mail, including its links, which readers of the log could use as the recipient
 * could.
 */
const layerLog: Layer.Layer<Notifier> = Layer.succeed(Notifier, {
  send: (message: Message) => {
    const { kind, subject, text, to } = message
    // Where nobody reads mail, every start of the demo would be a new device.
    if (kind === "newDevice" && isDemo(message)) return Effect.void
    return Effect.logInfo("No mail server is set, so here is the mail", { to, subject, text })
  }
})

const isDemo = ({ to }: Message): boolean => to.endsWith(`@${demoDomain}`)

const ports = { "smtps:": 465, "smtp:": 587 } as const
/**
 * Connections within one machine need no encryption, and local servers often have no certificate.
 */
const ownHosts = new Set(["localhost", "127.0.0.1", "[::1]"])

/** Returns `undefined` if the text is not the address of a mail server. */
export const smtpOf = (address: string, from: string): SmtpNotifier.SmtpOptions | undefined => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (
    url === undefined ||
    !(url.protocol in ports) ||
    url.hostname === "" ||
    !/^\/?$/.test(url.pathname)
  ) {
    return undefined
  }
  if (url.search !== "" || url.hash !== "") return undefined
  const { hostname, password, port, protocol, username } = url
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? ports[protocol as keyof typeof ports] : Number(port),
    from,
    encryption: protocol === "smtps:" ? "tls" : ownHosts.has(hostname) ? "none" : "startTls",
    ...(username !== "" && { user: decodeURIComponent(username) }),
    ...(password !== "" && { password: Redacted.make(decodeURIComponent(password)) })
  }
}
