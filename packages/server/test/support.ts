/**
 * What the tests start, and how they talk to it: the real server, in its own process or in this
 * one.
 */
import type { ProblemDetails } from "@pandora-exchange/contract/problem"
import { Cause, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { BlockList } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { prepareFolder } from "../../adapters-pg/test/support/preparedFolder.ts"
import type { Config } from "../src/Config.ts"
import * as Logging from "../src/Logging.ts"
import { type Parts, start, type Started } from "../src/Server.ts"
import { mustBeDeclared } from "./declared.ts"

export const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

export const emptyFolder = () => mkdtemp(join(tmpdir(), "pandora-server-"))

/** With a database without tables, as the server creates it, but without the seconds that takes. */
export const newFolder = async (): Promise<string> => {
  const folder = await emptyFolder()
  await prepareFolder(folder)
  return folder
}

export interface Account {
  readonly name: string
  readonly account: string
  readonly token: string
  readonly balances: ReadonlyArray<{
    readonly asset: string
    readonly available: string
    readonly held: string
  }>
}

export interface Running {
  readonly url: string
  readonly accounts: ReadonlyArray<Account>
  readonly child: ChildProcess
  readonly errors: () => string
  /** Sends the signal, and returns the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

export interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

type Environment = Readonly<Record<string, string>>

const spawned = (args: ReadonlyArray<string>, env: Environment, input?: string) => {
  const { PORT: _, PANDORA_ENV: __, ...inherited } = process.env
  const child = spawn(process.execPath, ["--conditions=@pandora-exchange/source", main, ...args], {
    env: { ...inherited, NODE_OPTIONS: "", ...env },
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"]
  })
  child.stdin?.end(input)
  let output = ""
  let errors = ""
  child.stdout!.on("data", (data) => (output += String(data)))
  child.stderr!.on("data", (data) => (errors += String(data)))
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code) => resolve({ code, output, errors }))
  )
  return { child, ended, output: () => output, errors: () => errors }
}

/** Runs the server, or a command beside it, to completion. */
export const runToEnd = (
  args: ReadonlyArray<string>,
  env: Environment = {},
  input?: string
): Promise<Ended> => spawned(args, env, input).ended

/** Starts the server as people do. `said`: when a text appeared. */
export const startForPeople = (args: ReadonlyArray<string>) => {
  const { child, ended, output } = spawned(args, {})
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => output().includes(text) && resolve()
      child.stdout!.on("data", look)
      look()
    })
  return { ended, said, stop: () => child.kill("SIGTERM") }
}

/** Starts the server on any free port, and waits for its line of JSON. */
export const startServer = async (
  args: ReadonlyArray<string>,
  env: Environment = {}
): Promise<Running> => {
  const { child, ended, errors, output } = spawned(["--json", "--port", "0", ...args], env)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout!.on("data", () => output().includes("\n") && resolve(output()))
    void ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${errors()}`)))
  })
  const { accounts, url } = JSON.parse(line) as Pick<Running, "accounts" | "url">
  return {
    url,
    accounts,
    child,
    errors,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal)
      return (await ended).code
    }
  }
}

export interface InProcess extends Started {
  readonly tokens: ReadonlyArray<string>
  readonly logged: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/** The server in this process, in a new folder unless one is given. */
export const startHere = async (
  config: Partial<Config> = {},
  parts: Parts = {}
): Promise<InProcess> => {
  const folder = config.folder ?? (await newFolder())
  const logged: Array<string> = []
  const scope = Scope.makeUnsafe()
  const exit = await Effect.runPromiseExit(
    Effect.gen(function* () {
      const services = yield* Layer.build(
        Logging.layer({ logLevel: "Warn" }, (line) => logged.push(line))
      )
      const started = yield* Effect.provide(
        start({ ...quiet, ...config, folder }, { thread: false, ...parts }),
        services
      )
      return started
    }).pipe(Effect.provideService(Scope.Scope, scope))
  )
  if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
  return {
    ...exit.value,
    tokens: exit.value.accounts.map(({ token }) => Redacted.value(token)),
    logged,
    close: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      if (config.folder === undefined) await rm(folder, { recursive: true })
    }
  }
}

const quiet: Omit<Config, "folder"> = {
  environment: "development",
  host: "127.0.0.1",
  port: 0,
  database: undefined,
  name: "Pandora Exchange",
  site: "http://localhost",
  issuer: "http://localhost",
  secretKeys: undefined,
  smtp: undefined,
  trustedProxies: new BlockList(),
  demo: true,
  flow: false,
  origins: [],
  logLevel: "Warn",
  json: true
}

export interface Reply<A = any> {
  readonly status: number
  readonly headers: Headers
  readonly body: A
}

export interface Ask {
  readonly token?: string | undefined
  readonly key?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One request as JSON; its answer or refusal must be one the operation declares. */
export const asking =
  (url: string) =>
  async <A = any>(
    method: string,
    path: string,
    { body, headers, key, token }: Ask = {}
  ): Promise<Reply<A>> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) })
    })
    const text = await response.text()
    const answer = text === "" ? undefined : JSON.parse(text)
    mustBeDeclared(method, path, response.status, answer)
    return { status: response.status, headers: response.headers, body: answer }
  }

/** What a test compares of a problem: everything except the id, which must be present. */
export const problemOf = ({ body, headers, status }: Reply<ProblemDetails>) => {
  const { requestId, ...problem } = body
  if (headers.get("content-type") !== "application/problem+json")
    throw new Error("not a problem's content type")
  if (headers.get("x-request-id") !== requestId || !/^req_\w+$/.test(requestId))
    throw new Error("no request id")
  if (problem.status !== status)
    throw new Error(`status ${status} and ${problem.status} in the body`)
  return problem
}
