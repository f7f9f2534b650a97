/**
 * An access token, or where to get one. Tokens live for minutes: whoever runs for longer gives a function, which is asked before each
 * request and each connection, and answers with a token that is still good or with the next one (`refresh`).
 */
export type AccessToken = string | (() => string | Promise<string>)

/** The token for now. */
export const current = async (token: AccessToken): Promise<string> => (typeof token === "string" ? token : token())
