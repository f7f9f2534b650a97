/**
 * The typed client of the HTTP API, made from the table of routes, for Node and browsers. It needs
 * nothing but `fetch`.
 *
 * Every command gets an idempotency key unless one is given, and is sent again under it when no
 * answer came or the problem says that this helps: so it is done once, however often it was sent.
 */
import {
  type BatchAnswer,
  type PromiseMethods,
  type Route,
  routes
} from "@pandora-exchange/contract/wire"
import * as AccessToken from "./AccessToken.ts"
import * as Arguments from "./Arguments.ts"
import { closed } from "./internal/closed.ts"
import { type ClientError, Problem, Unreachable } from "./Problem.ts"

export interface ClientOptions {
  /** The server, for instance `http://localhost:3000`. */
  readonly url: string
  /** For everything that is not public. */
  readonly token?: AccessToken.AccessToken
  /** How often a request is sent at most, the first time included. Default: 3. */
  readonly attempts?: number
  /** How long each attempt may take. Default: 20 seconds. */
  readonly timeoutMs?: number
}

/** Rejects with `Problem` or `Unreachable` and nothing else. */
export interface PromiseClient extends PromiseMethods, AsyncDisposable {
  /**
   * Ends requests that are under way, which reject with `Unreachable`. Further ones reject with
   * `Closed`.
   */
  close(): Promise<void>
}

export const createClient = (options: ClientOptions): PromiseClient => {
  const client = new HttpClient(options)
  const methods = Object.fromEntries(
    Object.entries(routes).map(([name, route]) => [
      name,
      (...args: ReadonlyArray<unknown>) => client.send(requestOf(route, args), route)
    ])
  ) as unknown as PromiseMethods
  const close = async () => client.close()
  return { ...methods, close, [Symbol.asyncDispose]: close }
}

const attemptsDefault = 3
const timeoutMsDefault = 20_000
const pauseMs = 100

/** What one call sends. Every attempt sends the same, its key included. */
interface Sent {
  readonly path: string
  readonly body: string | undefined
  readonly key: string | undefined
}

const requestOf = (route: Route, args: ReadonlyArray<unknown>): Sent => {
  const [, path, content, again] = route
  const { body, key, named, options } = Arguments.split({ path, body: content, again }, args)
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(named[name]!))
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return {
    path: query === "" ? filled : `${filled}?${query}`,
    body: body === undefined ? undefined : JSON.stringify(body),
    key: again === "key" ? key : undefined
  }
}

class HttpClient {
  private readonly options: ClientOptions
  private readonly closing = new AbortController()

  constructor(options: ClientOptions) {
    this.options = options
  }

  async send(sent: Sent, route: Route): Promise<unknown> {
    const { attempts = attemptsDefault } = this.options
    if (this.closing.signal.aborted) throw closed()
    let open: unknown
    for (let attempt = 1; ; attempt++) {
      const isLast = () => attempt >= attempts || this.closing.signal.aborted
      try {
        const answer = await this.attempt(sent, route)
        if (isLast() || !leavesOpen(answer, route)) return answer
        open = answer
      } catch (error) {
        const failure = error as ClientError
        if (isLast() || !helps(failure, route)) {
          // What is known of a batch counts more than that it could not be asked again.
          if (open !== undefined) return open
          // The stack begins where the caller waits: V8 follows awaiting functions from here.
          Error.captureStackTrace?.(failure, this.send)
          throw failure
        }
      }
      await this.pause(pauseMs * 2 ** (attempt - 1) * (0.8 + 0.4 * Math.random()))
    }
  }

  private async attempt(
    { body, key, path }: Sent,
    [method, , , , access, otherwise]: Route
  ): Promise<unknown> {
    const { timeoutMs = timeoutMsDefault, token, url } = this.options
    const now = token === undefined || access === "public" ? undefined : await tokenNow(token)
    let response: Response
    let text: string
    try {
      response = await fetch(`${url.replace(/\/$/, "")}${path}`, {
        method,
        headers: {
          ...(now === undefined ? {} : { authorization: `Bearer ${now}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { "idempotency-key": key })
        },
        signal: AbortSignal.any([this.closing.signal, AbortSignal.timeout(timeoutMs)]),
        ...(body === undefined ? {} : { body })
      })
      text = await response.text()
    } catch (cause) {
      throw new Unreachable({ cause })
    }
    const answer = jsonOf(text)
    if (response.ok || response.status === otherwise) return answer
    throw Problem.isDetails(answer)
      ? new Problem(answer)
      : new Unreachable({ cause: `status ${response.status}` })
  }

  /** Ends early when the client is closed. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.closing
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener("abort", done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener("abort", done)
    })
  }

  close(): void {
    this.closing.abort("the client is closed")
  }
}

/** Why there is no token is said as it is, where that is a failure of a client. */
const tokenNow = async (token: AccessToken.AccessToken): Promise<string> => {
  try {
    return await AccessToken.current(token)
  } catch (cause) {
    throw cause instanceof Problem || cause instanceof Unreachable
      ? cause
      : new Unreachable({ cause })
  }
}

/** Whether sending the same request again may help and does nothing twice. */
const helps = (failure: ClientError, [, , , again]: Route): boolean =>
  again === "never"
    ? failure._tag === "Problem" && failure.retry === "safe"
    : failure._tag === "Unreachable" || failure.retry !== "never"

/** Whether a batch was answered, but the problem of an item says that sending it again may help. */
const leavesOpen = (answer: unknown, [, , , again]: Route): boolean =>
  again === "keys" &&
  (answer as BatchAnswer).items.some(({ problem }) => problem && problem.retry !== "never")

const jsonOf = (text: string): unknown => {
  if (text === "") return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Unreachable({ cause })
  }
}
