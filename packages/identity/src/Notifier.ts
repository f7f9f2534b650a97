/** Tells users what they have to know. */
import { Context, Effect, Layer, Schema } from "effect"
import { masked } from "./internal/masked.ts"

/** It was not sent. `cause` may name the receiver and quote the message: it belongs to no log. */
export class NotSent extends Schema.TaggedError<NotSent>()("NotSent", {
  /** What went wrong, in the words of whoever sends: a reply code, or the name of an error. */
  code: Schema.String,
  /** It would be refused again. */
  permanent: Schema.Boolean,
  cause: Schema.Defect()
}) {}

export interface Message {
  readonly to: string
  /** Which of the `Messages` it is. */
  readonly kind: string
  readonly subject: string
  /**
   * Plain text. May hold a link that lets its reader in: it belongs to the receiver and to no log.
   */
  readonly text: string
}

export class Notifier extends Context.Service<
  Notifier,
  { readonly send: (message: Message) => Effect.Effect<void, NotSent> }
>()("@pandora-exchange/identity/Notifier") {
  /**
   * Logs that there was something to send, and to whom no more than is needed to find out. Sends
   * nothing.
   */
  static readonly layerLog: Layer.Layer<Notifier> = Layer.succeed(Notifier, {
    send: ({ kind, to }) =>
      Effect.logInfo("There is no mail server: a message was not sent", { kind, to: masked(to) })
  })
}
