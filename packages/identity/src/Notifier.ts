/** Tells users what they have to know. */
import { Context, Effect, Layer, Schema } from "effect"

/** It was not sent. May be tried again. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", { cause: Schema.Defect() }) {}

export interface Message {
  readonly to: string
  /** Which of the `Messages` it is. */
  readonly kind: string
  readonly subject: string
  /** Plain text. May hold a link that lets its reader in: it belongs to the receiver and to no log. */
  readonly text: string
}

export class Notifier extends Context.Service<
  Notifier,
  { readonly send: (message: Message) => Effect.Effect<void, NotSent> }
>()("@pandora-exchange/identity/Notifier") {
  /** Logs that there was something to send, and to whom no more than is needed to find out. Sends nothing. */
  static readonly layerLog: Layer.Layer<Notifier> = Layer.succeed(Notifier, {
    send: ({ kind, to }) => Effect.logInfo("There is no mail server: a message was not sent", { kind, to: masked(to) })
  })
}

/** `a…@example.com` */
const masked = (address: string): string => address.replace(/^(.)[^@]*/, "$1…")
