/** From the command line to a running server, and back to an exit code. */
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Effect, Exit, Redacted } from "effect"
import { type Config, help, load } from "./Config.ts"
import { createAdmin } from "./CreateAdmin.ts"
import { explain } from "./explain.ts"
import * as Logging from "./Logging.ts"
import { start, type Started } from "./Server.ts"

const say = (text: string) => Effect.sync(() => process.stdout.write(`${text}\n`))

const run = Effect.fnUntraced(function* (config: Config) {
  yield* Effect.logDebug("Starting", { environment: config.environment, folder: config.folder })
  const started = yield* start(config)
  yield* say(config.json ? ready(started) : welcome(started, config))
  return yield* Effect.onExit(Effect.never, () =>
    Effect.gen(function* () {
      yield* Effect.logInfo("Shutting down: notifying clients and finishing requests under way")
      yield* started.shutDown
    })
  )
})

const ready = ({ accounts, url }: Started): string =>
  JSON.stringify({
    url,
    accounts: accounts.map(({ account, balances, name, token }) => ({
      name,
      account,
      token: Redacted.value(token),
      balances
    }))
  })

const welcome = ({ accounts, url }: Started, { folder }: Config): string => {
  const [first] = accounts
  const lines = [
    `The exchange runs at ${url}. Its data is in ${folder}.`,
    "",
    `  API reference  ${url}/docs`,
    `  Markets        ${url}/v1/markets`,
    `  Health         ${url}/health/ready`,
    `  Stream         ${url.replace("http", "ws")}/v1/stream`
  ]
  if (first !== undefined) {
    lines.push(
      "",
      "Demo users, with access tokens valid for half a day:",
      ...accounts.map(
        ({ account, name, token }) => `  ${name.padEnd(6)} ${account}  ${Redacted.value(token)}`
      ),
      "",
      "To sign in as one of them (all have the same password):",
      `  curl -H 'Content-Type: application/json' -d '{"email":"${first.email}","password":"${Redacted.value(first.password)}"}' ${url}/v1/sessions`,
      "",
      `Try this as ${first.name}:`,
      `  TOKEN=${Redacted.value(first.token)}`,
      `  curl -H "Authorization: Bearer $TOKEN" ${url}/v1/balances`,
      `  curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
      `    -d '{"market":"BTC-USDT","side":"buy","price":"59000","quantity":"0.01"}' ${url}/v1/orders`
    )
  }
  return [...lines, "", "Ctrl-C stops the exchange. All data is kept."].join("\n")
}

export const main = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): void => {
  let config: Config | undefined
  const creating = args[0] === "create-admin"
  const program = Effect.gen(function* () {
    if (creating)
      return yield* say(yield* createAdmin(args.slice(1), env, (known) => (config = known)))
    const loaded = yield* load(args, env)
    if (loaded === "help") return yield* say(help)
    config = loaded
    return yield* Effect.provide(Effect.scoped(run(loaded)), Logging.layer(loaded))
  }).pipe(
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause)
        : Effect.sync(() => {
            process.stderr.write(
              `${explain(Cause.squash(cause), config, creating ? "command" : "server")}\n`
            )
            process.exitCode = 1
          })
    )
  )
  NodeRuntime.runMain(program, {
    disableErrorReporting: true,
    // Being told to stop is not a failure.
    teardown: (exit, onExit) =>
      onExit(
        Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)
          ? Number(process.exitCode ?? 0)
          : 1
      )
  })
}
