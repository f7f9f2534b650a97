/** Delivers messages to users. */
import { Context, Effect, Layer, Schema } from "effect"
import { masked } from "./internal/masked.ts"

/** The message was not sent. `cause` may name the recipient and quote the message: never log it. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", {
  /** The sender's own description: a reply code or the name of an error. */
  code: Schema.String,
  /** True if sending it again would be refused again. */
  permanent: Schema.Boolean,
  cause: Schema.Defect()
}) {}

export interface Message {
  readonly to: string
  /** Which of the `Messages` this is. */
  readonly kind: string
  readonly subject: string
  /**
   * Plain text. It may contain a link that grants access: show it only to the recipient and never
   * log it.
   */
  readonly text: string
}

export class Notifier extends Context.Service<
  Notifier,
  { readonly send: (message: Message) => Effect.Effect<void, NotSent> }
>()("@pandora-exchange/identity/Notifier") {
  /**
   * Logs that there was something to send, with just enough detail to investigate. Sends nothing.
   */
  static readonly layerLog: Layer.Layer<Notifier> = Layer.succeed(Notifier, {
    send: ({ kind, to }) =>
      Effect.logInfo("There is no mail server: a message was not sent", { kind, to: masked(to) })
  })
}
