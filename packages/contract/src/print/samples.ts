/**
 * Generates an operation's example as a shell command. Secrets, and values known only from an
 * earlier answer or a mail, become variables.
 */
import type { Operation, Rest } from "../operation.ts"
import { exampleOf } from "./examples.ts"

/** The variable for a field, by its name on the wire. */
const variables: Readonly<Record<string, string>> = {
  user: "USER_ID",
  session: "SESSION_ID",
  passkey: "PASSKEY_ID",
  refreshToken: "REFRESH_TOKEN",
  password: "PASSWORD",
  current: "PASSWORD",
  next: "NEW_PASSWORD",
  token: "LINK_TOKEN",
  code: "CODE",
  response: "RESPONSE"
}

/** What the variables in the samples stand for, for the introduction. */
export const variablesText =
  "The samples are for a POSIX shell with `curl`. `TOKEN` is an access token, from " +
  "`POST /v1/sessions`. `LINK_TOKEN` is the text after the `#` of a link in a mail, `CODE` is what an " +
  "authenticator app shows, and `RESPONSE` is what the browser's passkey gave, as JSON."

/** A command that sends the operation's example to the server at `url`. */
export const curlOf = (operation: Operation & { readonly rest: Rest }, url: string): string => {
  const { method, path } = operation.rest
  const example = exampleOf(operation)
  const filled = path.replace(/:(\w+)/g, (_, name: string) =>
    name in variables ? `$${variables[name]}` : String(example.path[name])
  )
  const query = Object.entries(example.query).map(([name, value]) => `${name}=${String(value)}`)
  return [
    `curl ${method === "GET" ? "" : `-X ${method} `}"${url}${filled}${query.length > 0 ? `?${query.join("&")}` : ""}"`,
    ...(operation.permission === "public" ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(Object.keys(example.body).length === 0
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${jsonOf(example.body)}'`])
  ].join(" \\\n  ")
}

/** Inside single quotes, which are closed and reopened around a variable. */
const jsonOf = (body: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(
    body,
    (name, value: unknown) => (name in variables ? `$${typeof value}:${variables[name]}` : value),
    2
  )
    .replace(/"\$string:(\w+)"/g, `"'"$$$1"'"`)
    .replace(/"\$object:(\w+)"/g, `'"$$$1"'`)
