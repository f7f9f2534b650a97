/**
 * Links in mails. A token contains the link's purpose, sealed, so nothing about it needs to be
 * stored.
 */
import { Clock, Effect, Redacted } from "effect"
import { LinkRefused } from "../../Errors.ts"
import type { UsersContext } from "./UsersContext.ts"

const tokenLengthMax = 2_048

export const newLink = Effect.fnUntraced(function* (
  { secrets }: UsersContext,
  purpose: string,
  content: Readonly<Record<string, unknown>>,
  lifeMs: number
) {
  const expiresAt = (yield* Clock.currentTimeMillis) + lifeMs
  return Redacted.make(yield* secrets.seal(purpose, JSON.stringify({ ...content, expiresAt })))
})

export const readLink = Effect.fnUntraced(function* <A>(
  { secrets }: UsersContext,
  purpose: string,
  token: Redacted.Redacted
) {
  const text =
    Redacted.value(token).length > tokenLengthMax
      ? undefined
      : secrets.open(purpose, Redacted.value(token))
  if (text === undefined) return yield* new LinkRefused()
  const content = JSON.parse(text) as A & { readonly expiresAt: number }
  if (content.expiresAt <= (yield* Clock.currentTimeMillis)) return yield* new LinkRefused()
  return content
})
