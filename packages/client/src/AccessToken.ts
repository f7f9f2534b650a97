/**
 * An access token, or a function that returns one. Tokens live for minutes: a long-running program
 * passes a function, which is called before each request and each connection.
 */
import type { Tokens } from "@pandora-exchange/contract/wire"
import { Problem } from "./Problem.ts"

export type AccessToken = string | (() => string | Promise<string>)

/** The current token. */
export const current = async (token: AccessToken): Promise<string> =>
  typeof token === "string" ? token : token()

export interface Renewing {
  /** The result of signing in, or tokens kept from an earlier run. */
  readonly tokens: Tokens
  /** A client, which needs no token of its own. */
  readonly refresh: (refreshToken: string) => Promise<Tokens>
  /** Called with each new pair of tokens; earlier ones are used up. */
  readonly onTokens?: (tokens: Tokens) => void
}

/** How long before its expiry a token is replaced. */
const earlyMs = 30_000

/**
 * Tokens of one session, refreshed in time. Of several simultaneous callers one refreshes, and all
 * get the result. A refused refresh token is not sent again: every caller gets the same problem.
 */
export const renewing = ({ onTokens, refresh, tokens }: Renewing): (() => Promise<string>) => {
  let latest = Promise.resolve(tokens)
  const next = async (known: Promise<Tokens>, refreshToken: string): Promise<Tokens> => {
    try {
      const tokens = await refresh(refreshToken)
      onTokens?.(tokens)
      return tokens
    } catch (error) {
      // Later callers try again, unless the token was refused: it is never sent again.
      if (!(error instanceof Problem && error.retry === "never")) latest = known
      throw error
    }
  }
  return async () => {
    const known = latest
    const { expiresAt, refreshToken } = await known
    if (latest === known && expiresAt - Date.now() < earlyMs) latest = next(known, refreshToken)
    return (await latest).accessToken
  }
}
