/**
 * The server with its own users, and people who use it over HTTP. Its clock can be advanced, and
 * its mail read.
 */
import { EmbeddedDatabase, PgDatabase } from "@pandora-exchange/adapters-pg"
import { offered } from "@pandora-exchange/contract/api"
import type { Tokens } from "@pandora-exchange/contract/wire"
import type { Role } from "@pandora-exchange/core/IdentityRecords"
import { Users } from "@pandora-exchange/identity/Users"
import type { Exchange } from "@pandora-exchange/sdk"
import { Clock, Context, Effect, Exit, Redacted, Scope, Tracer } from "effect"
import { rm } from "node:fs/promises"
import { type AddressInfo, BlockList } from "node:net"
import { generateSync } from "otplib"
import { SMTPServer } from "smtp-server"
import type { Config } from "../../src/Config.ts"
import { listing } from "../../src/Demo.ts"
import { operationRoutes } from "../../src/http/operationRoutes.ts"
import type { Route } from "../../src/http/Routes.ts"
import * as Logging from "../../src/Logging.ts"
import { start } from "../../src/Server.ts"
import { type Ask, asking, newFolder, type Reply } from "../support.ts"

export const password = "umbrella stapler 42 kiwi"
export const otherPassword = "giraffe tuesday copper hat"
export const site = "https://pandora.example"

export interface People {
  readonly url: string
  readonly folder: string
  readonly exchange: Exchange["Service"]
  /** One request, by default from an address of its own, since attempts are counted by address. */
  readonly ask: <A = any>(
    method: string,
    path: string,
    ask?: Ask & { readonly address?: string }
  ) => Promise<Reply<A>>
  /** The next mail to the address whose subject begins like this. */
  readonly mail: (to: string, subject: string) => Promise<Mail>
  readonly advance: (ms: number) => void
  readonly now: () => number
  /** Someone whom the operator makes a user. */
  readonly create: (
    name: string,
    roles: ReadonlyArray<Role>
  ) => Promise<{ readonly user: string; readonly email: string }>
  readonly logged: ReadonlyArray<string>
  /** Attributes and events of all spans, as JSON. */
  readonly traced: ReadonlyArray<string>
  readonly close: () => Promise<void>
  /** Closes, and deletes the folder. */
  readonly end: () => Promise<void>
}

const operations = offered({ users: true })

/** All routes of the API by path, as the server derives them from the contract. */
export const routes: ReadonlyArray<Route> = operationRoutes(
  operations,
  new Map(
    operations.map((operation) => [
      operation.name,
      { operation, perform: () => Effect.void, write: () => undefined }
    ])
  )
).toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0))

/**
 * As in production: the venue in its own thread, mail by SMTP, and tokens that live for minutes.
 * Can continue with the folder of a closed server.
 */
export const open = async (closed?: Pick<People, "folder" | "now">): Promise<People> => {
  const scope = Scope.makeUnsafe()
  const logged: Array<string> = []
  const traced: Array<string> = []
  const folder = closed?.folder ?? (await newFolder())
  const mailbox = await mailServer(scope)
  const { clock, ...time } = clockAhead(closed?.now)
  const trustedProxies = new BlockList()
  trustedProxies.addAddress("127.0.0.1")
  const config: Config = {
    environment: "production",
    host: "127.0.0.1",
    port: 0,
    folder,
    database: undefined,
    name: "Pandora",
    site,
    issuer: "https://api.pandora.example",
    secretKeys: [
      { id: "k1", key: Redacted.make(Uint8Array.from({ length: 32 }, (_, i) => i * 7)) }
    ],
    smtp: {
      host: "127.0.0.1",
      port: mailbox.port,
      from: "pandora@pandora.example",
      encryption: "none"
    },
    trustedProxies,
    demo: false,
    flow: false,
    origins: [],
    logLevel: "Debug",
    json: true
  }
  const started = await Effect.runPromise(
    start(config).pipe(
      Effect.provide(Logging.layer(config, (line) => logged.push(line))),
      Effect.provideService(Clock.Clock, clock),
      Effect.provideService(Tracer.Tracer, recording(traced)),
      Effect.provideService(Scope.Scope, scope)
    )
  )
  const { exchange } = started
  if (closed === undefined) {
    for (const asset of listing.assets!) await Effect.runPromise(exchange.listAsset(asset))
    for (const market of listing.markets!) await Effect.runPromise(exchange.listMarket(market))
  }
  const users = Context.get(started.users!, Users)
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  const plain = asking(started.url)
  let addresses = 0
  return {
    ...time,
    url: started.url,
    folder,
    exchange,
    ask: (method, path, { address = newAddress(addresses++), headers, ...ask } = {}) =>
      plain(method, path, { ...ask, headers: { ...headers, "x-forwarded-for": address } }),
    mail: mailbox.take,
    create: async (name, roles) => {
      const email = `${name}@example.com`
      const user = await Effect.runPromise(
        users.create({ email, name, roles, password: Redacted.make(password) })
      )
      return { user, email }
    },
    logged,
    traced,
    close,
    end: async () => {
      await close()
      await rm(folder, { recursive: true })
    }
  }
}

/** Everything in the database of a closed server, as text. */
export const dumpOf = (folder: string): Promise<string> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const { sql } = yield* PgDatabase.PgDatabase
        const tables = yield* sql<{ name: string }>`
          SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
          WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`
        const rows = yield* Effect.forEach(
          tables,
          ({ name }) =>
            sql<{
              row: string
            }>`SELECT ${name} || t::text AS row FROM ${sql.literal(name)} t ORDER BY 1`
        )
        return rows
          .flat()
          .map(({ row }) => row)
          .join("\n")
      }).pipe(Effect.provide(EmbeddedDatabase.layer({ folder })))
    )
  )

const newAddress = (n: number): string => `198.18.${n >> 8}.${n & 255}`

const clockAhead = (before: () => number = Date.now) => {
  const live = Context.get(Context.empty(), Clock.Clock)
  let ahead = before() - Date.now()
  const now = () => live.currentTimeMillisUnsafe() + ahead
  const clock: Clock.Clock = Object.assign(Object.create(live) as Clock.Clock, {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now)
  })
  return { clock, now, advance: (ms: number) => void (ahead += ms) }
}

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** A mail server on this machine that keeps what it is given. */
const mailServer = async (scope: Scope.Closeable) => {
  const kept: Array<Mail> = []
  const waiting = new Set<() => void>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData: (stream, { envelope }, done) => {
      const chunks: Array<Buffer> = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        kept.push({
          to: envelope.rcptTo[0]!.address,
          ...readMail(Buffer.concat(chunks).toString())
        })
        done()
        for (const look of waiting) look()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const end = Effect.callback<void>((resume) => server.close(() => resume(Effect.void)))
  await Effect.runPromise(Scope.addFinalizer(scope, end))
  return {
    port: (server.server.address() as AddressInfo).port,
    take: (to: string, subject: string) =>
      new Promise<Mail>((resolve) => {
        const look = () => {
          const at = kept.findIndex((mail) => mail.to === to && mail.subject.startsWith(subject))
          if (at === -1) return
          waiting.delete(look)
          resolve(kept.splice(at, 1)[0]!)
        }
        waiting.add(look)
        look()
      })
  }
}

/** Source: RFC 2045, 6.7. */
const readMail = (source: string): Omit<Mail, "to"> => {
  const [head = "", ...rest] = source.split("\r\n\r\n")
  const text = rest.join("\r\n\r\n")
  const quoted = /^content-transfer-encoding: quoted-printable$/im.test(head)
  return {
    subject: /^subject: (.*)$/im.exec(head)![1]!,
    text: quoted
      ? text
          .replace(/=\r\n/g, "")
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
            String.fromCharCode(Number.parseInt(hex, 16))
          )
      : text
  }
}

/** Keeps what the spans contain besides their names. */
const recording = (traced: Array<string>): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const { attribute, event } = span
      return Object.assign(span, {
        attribute: (key: string, value: unknown) => {
          traced.push(JSON.stringify([key, value]))
          attribute.call(span, key, value)
        },
        event: (name: string, startTime: bigint, attributes?: Record<string, unknown>) => {
          traced.push(JSON.stringify([name, attributes]))
          event.call(span, name, startTime, attributes)
        }
      })
    }
  })

/** The link's token in a message. */
export const tokenIn = ({ text }: Mail): string => /#(\S+)/.exec(text)![1]!

export interface Person {
  readonly user: string
  readonly email: string
  /** As of the last sign-in or step-up. */
  readonly tokens: Tokens
}

/** The response to a request that must succeed. */
export const given = <A>({ body, status }: Reply<A>, expected = status): A => {
  if (status >= 400 || status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** Someone who registers and signs in. */
export const join = async ({ ask, mail }: People, name: string): Promise<Person> => {
  const email = `${name}@example.com`
  given(await ask("POST", "/v1/registrations", { body: { email } }), 202)
  const token = tokenIn(await mail(email, "Confirm your address"))
  const { user } = given(
    await ask("POST", "/v1/registrations/complete", { body: { token, password, name } }),
    201
  )
  return {
    user,
    email,
    tokens: given(await ask("POST", "/v1/sessions", { body: { email, password } }), 201)
  }
}

/** The code of an authenticator app at the server's time. */
export const codeOf = ({ now }: People, secret: string): string =>
  generateSync({ secret, epoch: Math.floor(now() / 1000) })

/** Adds an authenticator app, and waits until the confirming code has expired. */
export const addTotp = async (people: People, token: string) => {
  const { secret } = given(await people.ask("POST", "/v1/user/factors/totp", { token }), 200)
  const body = { code: codeOf(people, secret) }
  const { recoveryCodes } = given(
    await people.ask("POST", "/v1/user/factors/totp/confirm", { token, body }),
    200
  )
  people.advance(60_000)
  return { secret: secret as string, recoveryCodes: recoveryCodes as ReadonlyArray<string> }
}

/** Signs in with the authenticator app, and waits until the code has expired. */
export const signInWith = async (
  people: People,
  email: string,
  secret: string
): Promise<Tokens> => {
  const body = { email, password, proof: { kind: "totp", code: codeOf(people, secret) } }
  const tokens = given(await people.ask("POST", "/v1/sessions", { body }), 201)
  people.advance(60_000)
  return tokens
}

/** Someone with these roles, signed in with a second factor. */
export const staff = async (people: People, name: string, roles: ReadonlyArray<Role>) => {
  const { email, user } = await people.create(name, roles)
  const first = given(await people.ask("POST", "/v1/sessions", { body: { email, password } }), 201)
  const { secret } = await addTotp(people, first.accessToken)
  return { user, email, secret, tokens: await signInWith(people, email, secret) }
}

/** The whole response except its id, for comparison. */
export const withoutId = ({ body, headers, status }: Reply<any>) => ({
  status,
  headers: Object.fromEntries(
    [...headers].filter(([name]) => name !== "date" && name !== "x-request-id")
  ),
  body: (JSON.stringify(body) ?? "").replaceAll(headers.get("x-request-id")!, "ID")
})
