/**
 * What is written to users: the templates, and the queue that sends them, so that no answer waits
 * for a mail server.
 */
import { Context, Effect, Layer, Queue, Random, Redacted } from "effect"
import type { Caller } from "./Caller.ts"
import { deviceOf } from "./internal/deviceOf.ts"
import { masked } from "./internal/masked.ts"
import { type Message, Notifier, NotSent } from "./Notifier.ts"
import { Settings } from "./Settings.ts"

/** A kind of message with what it tells of. */
export type Notice =
  | { readonly kind: "verification"; readonly token: Redacted.Redacted }
  | { readonly kind: "registeredAlready" }
  | { readonly kind: "passwordReset"; readonly token: Redacted.Redacted }
  | { readonly kind: "passwordChanged"; readonly caller: Caller }
  /** To the new address. */
  | { readonly kind: "emailChange"; readonly token: Redacted.Redacted }
  /** To the old one. */
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
     * Returns at once. What is refused for good, cannot be sent after some tries, or finds no room
     * to wait, is logged and given up.
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
/** Before each further try, in milliseconds. */
const pauses = [1_000, 2_000, 4_000, 8_000] as const

interface Waiting {
  readonly message: Message
  /** How often it was tried. */
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
   * Waits beside the queue: whose mail server says "later" keeps no sender from the others'
   * messages.
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
        subject: `Your address at ${name}`,
        text: `Go on here to open your account at ${name}:\n\n${site}/register#${Redacted.value(notice.token)}\n\nThe link works once, for a day. If you did not ask for it, do nothing: no account is opened without it.`
      }
    case "registeredAlready":
      return {
        subject: `Your account at ${name}`,
        text: `Somebody wants to open an account at ${name} with this address, which has one. If it was you, sign in at ${site}, or reset your password there. If not, you need not do anything.`
      }
    case "passwordReset":
      return {
        subject: `A new password for ${name}`,
        text: `Choose a new password here:\n\n${site}/reset#${Redacted.value(notice.token)}\n\nThe link works once, for half an hour. If you did not ask for it, do nothing: your password stays as it is.`
      }
    case "passwordChanged":
      return {
        subject: `Your password at ${name} was changed`,
        text: `It was changed from ${placeOf(notice.caller)}, and all other sessions have ended. ${ifNotYou(site)}`
      }
    case "emailChange":
      return {
        subject: `Your new address at ${name}`,
        text: `Confirm here that this is your address at ${name} from now on:\n\n${site}/email#${Redacted.value(notice.token)}\n\nThe link works once, for half an hour. If you did not ask for it, do nothing: nothing changes.`
      }
    case "emailChangeAsked":
      return {
        subject: `Another address for your account at ${name}`,
        text: `It was asked for from ${placeOf(notice.caller)}, and counts when it is confirmed there. ${ifNotYou(site)} That stops the change, too.`
      }
    case "emailChanged":
      return {
        subject: `Your address at ${name} was changed`,
        text: `Your account has another address now, confirmed from ${placeOf(notice.caller)}, and we write to this one no more. If it was not you, tell us at once.`
      }
    case "factorsChanged":
      return {
        subject: `How you sign in at ${name} was changed`,
        text: `${notice.what}, from ${placeOf(notice.caller)}. All other sessions have ended. ${ifNotYou(site)}`
      }
    case "newDevice":
      return {
        subject: `A new device at ${name}`,
        text: `Somebody signed in to your account from ${placeOf(notice.caller)}. ${ifNotYou(site)}`
      }
    case "sessionStolen":
      return {
        subject: `A session at ${name} was ended`,
        text: `One of your sessions was continued from two places, which happens when its token is copied. It was ended. Sign in again at ${site}, and look at your sessions and your password there.`
      }
    case "accountClosed":
      return {
        subject: `Your account at ${name} is closed`,
        text: `It was closed as you asked. ${ifNotYou(site)}`
      }
  }
}

const placeOf = ({ address, agent }: Caller): string => {
  const device = deviceOf(agent)
  return device === undefined ? address : `${address} (${device})`
}

const ifNotYou = (site: string): string =>
  `If it was not you, reset your password at ${site} now and tell us: whoever did it knows your password.`
