/** The arguments of a client's method: the names in the path, then the body, then the options. */
import * as IdempotencyKey from "./IdempotencyKey.ts"

export interface Arguments {
  /** The names in the path, for instance `order`. */
  readonly named: Readonly<Record<string, string>>
  /** The object of the body; `undefined` without one. */
  readonly body: unknown
  readonly options: Readonly<Record<string, unknown>>
  /** The one that was given, or a new one. */
  readonly key: string
}

/** `path` and `body` are those of the operation's route. */
export const split = (path: string, body: string, args: ReadonlyArray<unknown>): Arguments => {
  const rest = [...args]
  const named = Object.fromEntries(
    (path.match(/:\w+/g) ?? []).map((name) => [name.slice(1), String(rest.shift())] as const)
  )
  const content = body === "" ? undefined : rest.shift()
  const { key = IdempotencyKey.make(), ...options } = {
    ...(rest.shift() as { readonly key?: string } | undefined)
  }
  return { named, body: body === "" || body === "*" ? content : { [body]: content }, options, key }
}
