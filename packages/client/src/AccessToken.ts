/**
 * An access token, or where to get one. Tokens live for minutes: whoever runs for longer gives a
 * function, which is asked before each request and each connection.
 */
import type { Tokens } from "@pandora-exchange/contract/wire"
import { Problem } from "./Problem.ts"

export type AccessToken = string | (() => string | Promise<string>)

/** The token for now. */
export const current = async (token: AccessToken): Promise<string> =>
  typeof token === "string" ? token : token()

export interface Renewing {
  /** What signing in gave, or what was kept of an earlier run. */
  readonly tokens: Tokens
  /** Of a client, without a token of its own. */
  readonly refresh: (refreshToken: string) => Promise<Tokens>
  /** Told of each next tokens: those before are used up. */
  readonly onTokens?: (tokens: Tokens) => void
}

/** So long before its end a token is replaced. */
const earlyMs = 30_000

/**
 * Tokens of one session, the next in time. Of many who ask at once one refreshes, and all get what
 * it is given. A refresh token that was refused is not sent again: all who ask get that problem.
 */
export const renewing = ({ onTokens, refresh, tokens }: Renewing): (() => Promise<string>) => {
  let latest = Promise.resolve(tokens)
  const next = async (known: Promise<Tokens>, refreshToken: string): Promise<Tokens> => {
    try {
      const tokens = await refresh(refreshToken)
      onTokens?.(tokens)
      return tokens
    } catch (error) {
      // Whoever asks after this tries again, unless the token was refused: it is never sent again.
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
