/** The arguments of a client's method: the names in the path, then the body, then the options. */
import type { Route } from "@pandora-exchange/contract/wire"
import * as IdempotencyKey from "./IdempotencyKey.ts"

export interface Arguments {
  /** The names in the path, for instance `order`. */
  readonly named: Readonly<Record<string, string>>
  /** The body object; `undefined` without a body. */
  readonly body: unknown
  readonly options: Readonly<Record<string, unknown>>
  /** The given key, or a new one; absent where each item has its own. */
  readonly key: string | undefined
}

const withKey = (item: { readonly key?: string }): object => ({
  ...item,
  key: item.key ?? IdempotencyKey.make()
})

/** What a route requires of the arguments: its path and body, and where keys are. */
export interface Taken {
  readonly path: string
  readonly body: string
  readonly again: Route[3]
}

export const split = ({ again, body, path }: Taken, args: ReadonlyArray<unknown>): Arguments => {
  const rest = [...args]
  const named = Object.fromEntries(
    (path.match(/:\w+/g) ?? []).map((name) => [name.slice(1), String(rest.shift())] as const)
  )
  const given = body === "" ? undefined : rest.shift()
  const hasKeys = again === "keys"
  const content = hasKeys && Array.isArray(given) ? given.map(withKey) : given
  const { key = hasKeys ? undefined : IdempotencyKey.make(), ...options } = {
    ...(rest.shift() as { readonly key?: string } | undefined)
  }
  return { named, body: body === "" || body === "*" ? content : { [body]: content }, options, key }
}
