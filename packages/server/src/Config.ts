/** The server's settings, from the environment and from flags, which take precedence. */
import type { SecretKey } from "@pandora-exchange/identity/Settings"
import type { SmtpOptions } from "@pandora-exchange/identity/SmtpNotifier"
import { Config as EffectConfig, ConfigProvider, Effect, Redacted, Result, Schema } from "effect"
import type { BlockList } from "node:net"
import { isAbsolute, resolve } from "node:path"
import { parseArgs } from "node:util"
import { trustedOf } from "./http/address.ts"
import { smtpOf } from "./Mail.ts"
import { secretKeysOf } from "./SecretKeys.ts"

export interface Config {
  readonly environment: "development" | "production"
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Contains the journal, snapshots, history, and the demo's files. */
  readonly folder: string
  /** Contains journal, snapshots, history and users, instead of the folder. */
  readonly database: Redacted.Redacted | undefined
  /** The exchange's name in mails and authenticator apps. */
  readonly name: string
  /** The exchange's address for people, used in the links of mails. */
  readonly site: string
  /**
   * The issuer of access tokens: the site, if set. In development, tokens stay valid when the port
   * changes.
   */
  readonly issuer: string
  /** Seal secrets at rest. Default: keys kept in the folder. */
  readonly secretKeys: readonly [SecretKey, ...ReadonlyArray<SecretKey>] | undefined
  /** The mail server. Default: mails are written to the log. */
  readonly smtp: SmtpOptions | undefined
  /** Proxies that may say where a request comes from. */
  readonly trustedProxies: BlockList
  /** Demo users with tokens, and markets to trade in. */
  readonly demo: boolean
  /** Traders that keep the demo's markets moving. */
  readonly flow: boolean
  /** Origins of web pages that may use the API, besides the server's own. */
  readonly origins: ReadonlyArray<string>
  readonly logLevel: (typeof logLevels)[number]
  /** Prints one JSON line to standard output when ready, and nothing else. */
  readonly json: boolean
}

/** A setting is invalid. The message says which one and what to do. */
export class InvalidConfig extends Schema.TaggedError<InvalidConfig>()("InvalidConfig", {
  message: Schema.String
}) {}

const logLevels = ["Debug", "Info", "Warn", "Error"] as const

export const help = `Runs the exchange over HTTP and WebSocket.

  npm start -- [options]
  npm start -- create-admin --email ADDRESS; see create-admin --help

  --port N      port to listen on (default 3000; 0 takes any free port)
  --data DIR    folder of the exchange (default .pandora/server)
  --no-flow     do not run the demo's traders
  --no-demo     start an empty exchange: no demo users, markets or traders
  --json        print one JSON line when ready, with url and accounts
  --help        print this text

PORT                     as --port
HOST                     address to listen on (default 127.0.0.1, in production 0.0.0.0)
PANDORA_DATA_DIR         as --data
PANDORA_DATABASE_URL     postgres://user:password@host:port/database: keep all data there
PANDORA_ENV              development (default) or production, which has no demo
PANDORA_SITE             https address of the exchange, used in tokens and mails
PANDORA_NAME             name of the exchange in mails and authenticator apps
PANDORA_SECRET_KEYS      id:key,id:key to encrypt secrets at rest; the first encrypts, all decrypt
PANDORA_SMTP_URL         mail server: smtps://user:password@host:465, or smtp:// with STARTTLS
PANDORA_MAIL_FROM        sender address of mails
PANDORA_TRUSTED_PROXIES  comma-separated addresses and networks of proxies, or none
PANDORA_ORIGINS          comma-separated origins of web pages that may connect
PANDORA_LOG_LEVEL        Debug, Info (default), Warn or Error

Production requires PANDORA_DATA_DIR, PANDORA_SITE, PANDORA_SECRET_KEYS, PANDORA_SMTP_URL,
PANDORA_MAIL_FROM and PANDORA_TRUSTED_PROXIES.

SIGTERM or Ctrl-C notifies clients, finishes requests under way, and stops.`

const variables = EffectConfig.all({
  environment: text("PANDORA_ENV", "development"),
  host: text("HOST", ""),
  port: text("PORT", "3000"),
  folder: text("PANDORA_DATA_DIR", ""),
  database: EffectConfig.Redacted("PANDORA_DATABASE_URL").pipe(
    EffectConfig.withDefault(Redacted.make(""))
  ),
  name: text("PANDORA_NAME", "Pandora Exchange"),
  site: text("PANDORA_SITE", ""),
  secretKeys: EffectConfig.Redacted("PANDORA_SECRET_KEYS").pipe(
    EffectConfig.withDefault(Redacted.make(""))
  ),
  smtp: EffectConfig.Redacted("PANDORA_SMTP_URL").pipe(EffectConfig.withDefault(Redacted.make(""))),
  mailFrom: text("PANDORA_MAIL_FROM", ""),
  trustedProxies: text("PANDORA_TRUSTED_PROXIES", ""),
  origins: text("PANDORA_ORIGINS", ""),
  logLevel: text("PANDORA_LOG_LEVEL", "Info")
})

function text(name: string, otherwise: string) {
  return EffectConfig.String(name).pipe(EffectConfig.withDefault(otherwise))
}

const folderDefault = ".pandora/server"

/** The configuration, or the word `help`. */
export const load = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
) {
  const flags = yield* flagsOf<Flags>(args, options)
  if (flags.help === true) return "help" as const
  const values = yield* variables.pipe(
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))),
    Effect.mapError((error) => new InvalidConfig({ message: String(error.message) }))
  )
  const production = values.environment === "production"
  if (!production && values.environment !== "development") {
    return yield* wrong(
      `PANDORA_ENV is "${values.environment}": set it to development or production, or unset it.`
    )
  }
  const folder = flags.data ?? values.folder
  if (production && folder === "") {
    return yield* wrong("PANDORA_DATA_DIR is not set. Production requires the folder of the data.")
  }
  const origins = listOf(values.origins)
  for (const origin of origins) if (!isOrigin(origin)) return yield* wrong(originWrong(origin))
  const database = Redacted.value(values.database) === "" ? undefined : values.database
  if (database !== undefined && !isDatabase(Redacted.value(database))) {
    return yield* wrong(
      "PANDORA_DATABASE_URL is not a valid address. Give it as postgres://user:password@host:port/database."
    )
  }
  // The site uses https and the server speaks http, so there is a proxy in front of it.
  if (production && values.trustedProxies.trim() === "") {
    return yield* wrong(
      "PANDORA_TRUSTED_PROXIES is not set. Production requires the addresses or networks of the proxies in front of the server, or none."
    )
  }
  const trustedProxies = trustedOf(
    values.trustedProxies.trim() === "none" ? [] : listOf(values.trustedProxies)
  )
  if (Result.isFailure(trustedProxies)) {
    return yield* wrong(
      `PANDORA_TRUSTED_PROXIES has "${trustedProxies.failure}": give addresses, or networks such as 10.0.0.0/8. Wildcards are not supported.`
    )
  }
  if (!/^[^\p{Cc}]{1,60}$/u.test(values.name)) {
    return yield* wrong("PANDORA_NAME must have 1 to 60 characters on one line.")
  }
  const port = yield* portOf(
    flags.port ?? values.port,
    flags.port === undefined ? "PORT" : "--port"
  )
  const config: Config = {
    environment: production ? "production" : "development",
    host: values.host !== "" ? values.host : production ? "0.0.0.0" : "127.0.0.1",
    port,
    folder: isAbsolute(folder) ? folder : resolve(folder === "" ? folderDefault : folder),
    database,
    name: values.name,
    site: yield* siteOf(values.site, production, port),
    issuer: values.site === "" ? "http://localhost" : values.site,
    secretKeys: yield* keysOf(values.secretKeys, production),
    smtp: yield* mailOf(values, production),
    trustedProxies: trustedProxies.success,
    // The demo is never available in production.
    demo: !production && flags["no-demo"] !== true,
    flow: !production && flags["no-demo"] !== true && flags["no-flow"] !== true,
    origins,
    logLevel: yield* logLevelOf(values.logLevel),
    json: flags.json === true
  }
  return config
})

const wrong = (message: string) => Effect.fail(new InvalidConfig({ message }))

const options = {
  port: { type: "string" },
  data: { type: "string" },
  "no-flow": { type: "boolean" },
  "no-demo": { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" }
} as const

interface Flags {
  readonly port?: string
  readonly data?: string
  readonly "no-flow"?: boolean
  readonly "no-demo"?: boolean
  readonly json?: boolean
  readonly help?: boolean
}

/** The flags of a command. */
export const flagsOf = <F extends object>(
  args: ReadonlyArray<string>,
  options: Readonly<Record<keyof F & string, { readonly type: "string" | "boolean" }>>
): Effect.Effect<F, InvalidConfig> => {
  // Not strict, so that the messages are ours.
  const { positionals, values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options
  })
  const unknown = [
    ...Object.keys(values).flatMap((name) => (Object.hasOwn(options, name) ? [] : [`--${name}`])),
    ...positionals
  ]
  if (unknown.length > 0) return wrong(`Unknown option ${unknown[0]}. --help lists all options.`)
  for (const [name, value] of Object.entries(values)) {
    if (options[name as keyof F & string].type === "string" && typeof value !== "string") {
      return wrong(`--${name} needs a value. See --help.`)
    }
    if (options[name as keyof F & string].type === "boolean" && typeof value !== "boolean") {
      return wrong(`--${name} takes no value.`)
    }
  }
  return Effect.succeed(values as object as F)
}

const portOf = (value: string, name: string): Effect.Effect<number, InvalidConfig> =>
  /^\d{1,5}$/.test(value) && Number(value) <= 65_535
    ? Effect.succeed(Number(value))
    : wrong(`${name} is "${value}": give a number from 0 to 65535.`)

const logLevelOf = (value: string): Effect.Effect<Config["logLevel"], InvalidConfig> => {
  const level = logLevels.find((level) => level === value)
  return level === undefined
    ? wrong(`PANDORA_LOG_LEVEL is "${value}": give one of ${logLevels.join(", ")}.`)
    : Effect.succeed(level)
}

const listOf = (text: string): ReadonlyArray<string> =>
  text.split(",").flatMap((item) => (item.trim() === "" ? [] : [item.trim()]))

/**
 * In development, the server's own address; without a port if that is not known before it listens.
 */
const siteOf = (
  value: string,
  production: boolean,
  port: number
): Effect.Effect<string, InvalidConfig> => {
  if (value === "") {
    return production
      ? wrong(
          "PANDORA_SITE is not set. Production requires the address of the exchange as https://host."
        )
      : Effect.succeed(port === 0 ? "http://localhost" : `http://localhost:${port}`)
  }
  const isLocal = !production && /^http:\/\/(localhost|127\.0\.0\.1)(:|$)/.test(value)
  return isOrigin(value) && (isLocal || value.startsWith("https://"))
    ? Effect.succeed(value)
    : wrong(
        `PANDORA_SITE is "${value}": give it as https://host or https://host:port, without a path.`
      )
}

const keysOf = (
  value: Redacted.Redacted,
  production: boolean
): Effect.Effect<Config["secretKeys"], InvalidConfig> => {
  if (Redacted.value(value) === "") {
    return production
      ? wrong(
          `PANDORA_SECRET_KEYS is not set. Production requires keys that encrypt secrets, as id:key. ${newKey}`
        )
      : Effect.succeed(undefined)
  }
  const keys = secretKeysOf(Redacted.value(value))
  return Result.isSuccess(keys)
    ? Effect.succeed(keys.success)
    : wrong(
        `PANDORA_SECRET_KEYS has no valid key at position ${keys.failure}. Give each as id:key, separated by commas. ${newKey}`
      )
}

const newKey = "A key is 32 random bytes in base64; `openssl rand -base64 32` prints one."

const mailOf = (
  { mailFrom, smtp }: { readonly mailFrom: string; readonly smtp: Redacted.Redacted },
  production: boolean
): Effect.Effect<SmtpOptions | undefined, InvalidConfig> => {
  const url = Redacted.value(smtp)
  if (url === "" && mailFrom === "" && !production) return Effect.succeed(undefined)
  if (url === "") {
    return wrong(
      "PANDORA_SMTP_URL is not set. Give the mail server as smtps://user:password@host:465."
    )
  }
  if (!/^[^\s@<>,]+@[^\s@<>,]+$/.test(mailFrom)) {
    return wrong(
      `PANDORA_MAIL_FROM is "${mailFrom}": give the sender address of mails, as exchange@host.`
    )
  }
  const options = smtpOf(url, mailFrom)
  return options === undefined
    ? wrong(
        "PANDORA_SMTP_URL is not a valid mail server. Give it as smtps://user:password@host:465, or smtp:// with STARTTLS."
      )
    : Effect.succeed(options)
}

const isOrigin = (origin: string): boolean =>
  URL.canParse(origin) && new URL(origin).origin === origin

const originWrong = (origin: string): string =>
  `PANDORA_ORIGINS has "${origin}": give each origin as https://host or https://host:port. Wildcards are not supported.`

const isDatabase = (url: string): boolean => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)
