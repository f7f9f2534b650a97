/**
 * Messages to users: the templates, and a queue that sends them so that no response waits for a
 * mail server.
 */
import { Context, Effect, Layer, Queue, Random, Redacted } from "effect"
import type { Caller } from "./Caller.ts"
import { deviceOf } from "./internal/deviceOf.ts"
import { masked } from "./internal/masked.ts"
import { type Message, Notifier, NotSent } from "./Notifier.ts"
import { Settings } from "./Settings.ts"

/** A kind of message with its content. */
export type Notice =
  | { readonly kind: "verification"; readonly token: Redacted.Redacted }
  | { readonly kind: "registeredAlready" }
  | { readonly kind: "passwordReset"; readonly token: Redacted.Redacted }
  | { readonly kind: "passwordChanged"; readonly caller: Caller }
  /** Sent to the new address. */
  | { readonly kind: "emailChange"; readonly token: Redacted.Redacted }
  /** Sent to the old address. */
  | { readonly kind: "emailChangeAsked"; readonly caller: Caller }
  | { readonly kind: "emailChanged"; readonly caller: Caller }
  | { readonly kind: "factorsChanged"; readonly what: string; readonly caller: Caller }
  | { readonly kind: "newDevice"; readonly caller: Caller }
  | { readonly kind: "sessionStolen" }
  | { readonly kind: "accountClosed" }

export class Messages extends Context.Service<
  Messages,
  {
    /**
     * Queues a message and returns at once. A message is logged and dropped if it is permanently
     * refused, still fails after five tries, or finds the queue full.
     */
    readonly send: (to: string, notice: Notice) => Effect.Effect<void>
  }
>()("@pandora-exchange/identity/Messages") {
  static readonly layer: Layer.Layer<Messages, never, Notifier | Settings> = Layer.effect(
    Messages,
    Effect.suspend(() => make())
  )
}

const waitingMax = 10_000
const sendersAtOnce = 4
/** Delay before each retry, in milliseconds. */
const pauses = [1_000, 2_000, 4_000, 8_000] as const

interface Waiting {
  readonly message: Message
  /** How many attempts have been made. */
  readonly tries: number
}

const make = Effect.fnUntraced(function* () {
  const notifier = yield* Notifier
  const settings = yield* Settings
  const scope = yield* Effect.scope
  const waiting = yield* Queue.dropping<Waiting>(waitingMax)
  let pausing = 0

  const giveUp = ({ kind, to }: Message, why: string) =>
    Effect.logError("A message could not be sent", { kind, to: masked(to), code: why })

  const enqueue = (entry: Waiting) =>
    Effect.flatMap(Queue.offer(waiting, entry), (fits) =>
      fits ? Effect.void : giveUp(entry.message, "QueueFull")
    )

  /**
   * Retries wait outside the queue, so that a mail server that asks for a delay does not hold up
   * other messages.
   */
  const later = (entry: Waiting, pause: number) =>
    Effect.suspend(() => {
      if (pausing >= waitingMax) return giveUp(entry.message, "QueueFull")
      pausing++
      return Effect.flatMap(Random.nextBetween(0.8, 1.2), (factor) =>
        Effect.sleep(pause * factor)
      ).pipe(
        Effect.ensuring(Effect.sync(() => pausing--)),
        Effect.andThen(enqueue(entry)),
        Effect.forkIn(scope),
        Effect.asVoid
      )
    })

  const sendOne = Effect.flatMap(Queue.take(waiting), ({ message, tries }) =>
    notifier.send(message).pipe(
      Effect.catchDefect((cause) =>
        Effect.fail(new NotSent({ code: "Defect", permanent: true, cause }))
      ),
      Effect.catchTag("NotSent", ({ code, permanent }) => {
        const pause = permanent ? undefined : pauses[tries]
        return pause === undefined
          ? giveUp(message, code)
          : later({ message, tries: tries + 1 }, pause)
      })
    )
  )
  for (let i = 0; i < sendersAtOnce; i++) yield* Effect.forkScoped(Effect.forever(sendOne))

  return Messages.of({
    send: (to, notice) =>
      enqueue({ message: { to, kind: notice.kind, ...written(notice, settings) }, tries: 0 })
  })
})

interface Site {
  readonly name: string
  readonly site: string
}

const written = (
  notice: Notice,
  { name, site }: Site
): { readonly subject: string; readonly text: string } => {
  switch (notice.kind) {
    case "verification":
      return {
        subject: `Confirm your address at ${name}`,
        text: `Open your account at ${name} here:\n\n${site}/register#${Redacted.value(notice.token)}\n\nThe link works once, within a day. If you did not request it, ignore this mail: no account will be opened.`
      }
    case "registeredAlready":
      return {
        subject: `Your account at ${name}`,
        text: `Someone tried to open an account at ${name} with this address, but you already have one. If it was you, sign in or reset your password at ${site}. If not, you can ignore this mail.`
      }
    case "passwordReset":
      return {
        subject: `Reset your password for ${name}`,
        text: `Choose a new password here:\n\n${site}/reset#${Redacted.value(notice.token)}\n\nThe link works once, within half an hour. If you did not request it, ignore this mail: your password stays the same.`
      }
    case "passwordChanged":
      return {
        subject: `Your password at ${name} was changed`,
        text: `Your password was changed from ${placeOf(notice.caller)}. All other sessions have ended. ${ifNotYou(site)}`
      }
    case "emailChange":
      return {
        subject: `Confirm your new address at ${name}`,
        text: `Confirm here that you want to use this address at ${name}:\n\n${site}/email#${Redacted.value(notice.token)}\n\nThe link works once, within half an hour. If you did not request it, ignore this mail: nothing will change.`
      }
    case "emailChangeAsked":
      return {
        subject: `Request to change your address at ${name}`,
        text: `A new address for your account was requested from ${placeOf(notice.caller)}. It takes effect once it is confirmed from the new address. ${ifNotYou(site)} That also stops the change.`
      }
    case "emailChanged":
      return {
        subject: `Your address at ${name} was changed`,
        text: `The address of your account was changed from ${placeOf(notice.caller)}. We will not write to this address again. If it was not you, contact us immediately.`
      }
    case "factorsChanged":
      return {
        subject: `Your sign-in settings at ${name} were changed`,
        text: `${notice.what}, from ${placeOf(notice.caller)}. All other sessions have ended. ${ifNotYou(site)}`
      }
    case "newDevice":
      return {
        subject: `New sign-in at ${name}`,
        text: `Your account was signed in to from ${placeOf(notice.caller)}. ${ifNotYou(site)}`
      }
    case "sessionStolen":
      return {
        subject: `A session at ${name} was ended`,
        text: `One of your sessions was used from two places, which can mean that its token was stolen. We have ended the session. Sign in again at ${site}, review your sessions, and change your password.`
      }
    case "accountClosed":
      return {
        subject: `Your account at ${name} is closed`,
        text: `Your account was closed at your request. ${ifNotYou(site)}`
      }
  }
}

const placeOf = ({ address, agent }: Caller): string => {
  const device = deviceOf(agent)
  return device === undefined ? address : `${address} (${device})`
}

const ifNotYou = (site: string): string =>
  `If it was not you, someone knows your password: reset it at ${site} now and contact us.`
