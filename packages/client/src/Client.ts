/**
 * The typed client of the HTTP API, built from the table of routes, for Node and browsers. It needs
 * only `fetch`.
 *
 * Every command gets an idempotency key unless you give one, and is resent under it when no answer
 * arrives or the problem says that retrying helps. So it is executed once, however often it is
 * sent.
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
  /** The server's address, for instance `http://localhost:3000`. */
  readonly url: string
  /** For everything that is not public. */
  readonly token?: AccessToken.AccessToken
  /** How often a request is sent at most, including the first time. Default: 3. */
  readonly attempts?: number
  /** The time limit of each attempt. Default: 20 seconds. */
  readonly timeoutMs?: number
}

/** Rejects only with `Problem` or `Unreachable`. */
export interface PromiseClient extends PromiseMethods, AsyncDisposable {
  /**
   * Aborts pending requests, which reject with `Unreachable`. Further calls reject with `Closed`.
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

/** What one call sends. Every attempt sends the same, including the key. */
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
          // What is known about a batch matters more than that it could not be sent again.
          if (open !== undefined) return open
          // The stack begins where the caller awaits: V8 follows awaiting functions from here.
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

/** A client failure that explains the missing token is passed on unchanged. */
const tokenNow = async (token: AccessToken.AccessToken): Promise<string> => {
  try {
    return await AccessToken.current(token)
  } catch (cause) {
    throw cause instanceof Problem || cause instanceof Unreachable
      ? cause
      : new Unreachable({ cause })
  }
}

/** Whether resending the same request may help and executes nothing twice. */
const helps = (failure: ClientError, [, , , again]: Route): boolean =>
  again === "never"
    ? failure._tag === "Problem" && failure.retry === "safe"
    : failure._tag === "Unreachable" || failure.retry !== "never"

/** Whether a batch was answered but an item's problem says that resending it may help. */
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
