/** An exchange with users, as a server has it, and people who use it over HTTP. Its clock can be put forward, and its mail read. */
import type { Tokens } from "@pandora-exchange/client/api/Sessions"
import { FileSnapshotStore } from "@pandora-exchange/adapters-file"
import {
  EmbeddedDatabase,
  History as Projected,
  PgDatabase,
  PgIdentityStore,
  Projections
} from "@pandora-exchange/adapters-pg"
import type { Role } from "@pandora-exchange/core/Identity"
import { AccountId } from "@pandora-exchange/core/Ids"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import * as Identity from "@pandora-exchange/identity/Identity"
import { KycProvider } from "@pandora-exchange/identity/KycProvider"
import { type Message, Notifier } from "@pandora-exchange/identity/Notifier"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import { Users } from "@pandora-exchange/identity/Users"
import { VenueAccounts } from "@pandora-exchange/identity/VenueAccounts"
import { Exchange } from "@pandora-exchange/sdk"
import { Clock, Context, Effect, Exit, Layer, Redacted, Scope, Stream, Tracer } from "effect"
import { rm } from "node:fs/promises"
import { BlockList } from "node:net"
import path from "node:path"
import { generateSync } from "otplib"
import { Commands } from "../../src/Commands.ts"
import { listing } from "../../src/Demo.ts"
import { Feed } from "../../src/feed/Feed.ts"
import { Health } from "../../src/Health.ts"
import { History } from "../../src/History.ts"
import { apiOf, handlers } from "../../src/http/handlers.ts"
import * as HttpServer from "../../src/http/HttpServer.ts"
import { pagesOf } from "../../src/http/pages.ts"
import { type Route, routesOf } from "../../src/http/Routes.ts"
import { Unauthenticated } from "../../src/Identity.ts"
import * as Logging from "../../src/Logging.ts"
import { type Ask, asking, newFolder, type Reply } from "../support.ts"

export const password = "umbrella stapler 42 kiwi"
export const otherPassword = "giraffe tuesday copper hat"
export const site = "https://pandora.example"

export interface People {
  readonly url: string
  readonly exchange: Exchange["Service"]
  readonly routes: ReadonlyArray<Route>
  /** One request, from an address of its own unless one is given: what is tried is counted by address. */
  readonly ask: <A = any>(method: string, path: string, ask?: Ask & { readonly address?: string }) => Promise<Reply<A>>
  /** The next message of the kind to the address. */
  readonly mail: (to: string, kind: string) => Promise<Message>
  readonly advance: (ms: number) => void
  readonly now: () => number
  /** Somebody whom the operator makes a user. */
  readonly create: (
    name: string,
    roles: ReadonlyArray<Role>
  ) => Promise<{ readonly user: string; readonly email: string }>
  readonly logged: ReadonlyArray<string>
  /** Attributes and events of all spans, as JSON. */
  readonly traced: ReadonlyArray<string>
  /** Everything that the database holds, as text. */
  readonly dump: () => Promise<string>
  readonly close: () => Promise<void>
}

export const open = async (): Promise<People> => {
  const logged: Array<string> = []
  const traced: Array<string> = []
  const mails = mailbox()
  const live = Context.get(Context.empty(), Clock.Clock)
  let ahead = 0
  const now = () => live.currentTimeMillisUnsafe() + ahead
  const clock: Clock.Clock = Object.assign(Object.create(live) as Clock.Clock, {
    currentTimeMillisUnsafe: now,
    currentTimeMillis: Effect.sync(now)
  })
  const scope = Scope.makeUnsafe()
  const folder = await newFolder()
  const venue = { folder: path.join(folder, "venue") }
  const exchangeLayer = Exchange.layer({ ...listing, storage: venue })
  const identityLayer = Identity.layer({
    name: "Pandora",
    issuer: "https://api.pandora.example",
    site,
    secretKeys: [{ id: "k1", key: Redacted.make(Uint8Array.from({ length: 32 }, (_, i) => i * 7)) }]
  }).pipe(
    Layer.provide(
      Layer.mergeAll(
        Layer.succeed(Notifier, { send: (message) => Effect.sync(() => mails.put(message)) }),
        RateLimiter.layerMemory,
        KycProvider.layerManual,
        accountsLayer
      )
    )
  )
  const running = await Effect.runPromise(
    Effect.gen(function* () {
      // The venue keeps its own time: a clock that leaps would make it wait for an operator.
      const services = yield* Layer.build(
        History.layer.pipe(
          Layer.provideMerge(Feed.layer),
          Layer.provideMerge(Layer.mergeAll(Projected.layer(), Projections.layer(), PgIdentityStore.layer())),
          Layer.provideMerge(Layer.mergeAll(EmbeddedDatabase.layer(), FileSnapshotStore.layer(venue))),
          Layer.provideMerge(exchangeLayer)
        )
      )
      const exchange = Context.get(services, Exchange)
      const projections = Context.get(services, Projections.Projections)
      yield* Effect.forkScoped(Effect.exit(projections.follow(exchange.batches)))
      const people = yield* Layer.build(Layer.provide(identityLayer, Layer.succeedContext(services))).pipe(
        Effect.provideService(Clock.Clock, clock)
      )
      const sessions = Context.get(people, Sessions)
      const answering = {
        exchange,
        history: Context.get(services, History),
        commands: new Commands(exchange),
        health: new Health(exchange, Context.get(services, Feed), projections),
        identity: people
      }
      const trustedProxies = new BlockList()
      trustedProxies.addAddress("127.0.0.1")
      const routes = routesOf(apiOf(answering) as never, handlers(answering))
      const http = yield* HttpServer.serve({
        host: "127.0.0.1",
        port: 0,
        origins: [],
        routes,
        pages: pagesOf(apiOf(answering) as never),
        trustedProxies,
        identity: {
          authenticate: (token) =>
            sessions.authenticate(token).pipe(
              Effect.map((user) => ({
                id: user.userId,
                name: user.name,
                accountIds: user.accountIds,
                permissions: user.permissions,
                user
              })),
              Effect.catchTag("TokenRefused", () => Effect.fail(new Unauthenticated()))
            ),
          changes: Stream.never
        },
        upgrade: (_, socket) => socket.destroy()
      }).pipe(Effect.provideService(Clock.Clock, clock))
      const { sql } = Context.get(services, PgDatabase.PgDatabase)
      const dump = Effect.gen(function* () {
        const tables = yield* sql<{ name: string }>`
          SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
          WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`
        const rows = yield* Effect.forEach(
          tables,
          ({ name }) => sql<{ row: string }>`SELECT t::text AS row FROM ${sql.literal(name)} t`
        )
        return rows
          .flat()
          .map(({ row }) => row)
          .join("\n")
      })
      return { exchange, http, routes, users: Context.get(people, Users), dump: Effect.orDie(dump) }
    }).pipe(
      Effect.provide(Logging.layer({ logLevel: "Debug" }, (line) => logged.push(line))),
      Effect.provideService(Tracer.Tracer, recording(traced)),
      Effect.provideService(Scope.Scope, scope)
    )
  )
  const url = `http://127.0.0.1:${running.http.port}`
  const plain = asking(url)
  let addresses = 0
  return {
    url,
    exchange: running.exchange,
    routes: running.routes,
    ask: (method, path, { address = newAddress(addresses++), headers, ...ask } = {}) =>
      plain(method, path, { ...ask, headers: { ...headers, "x-forwarded-for": address } }),
    mail: mails.take,
    advance: (ms) => void (ahead += ms),
    now,
    create: async (name, roles) => {
      const email = `${name}@example.com`
      const user = await Effect.runPromise(
        running.users.create({ email, name, roles, password: Redacted.make(password) })
      )
      return { user, email }
    },
    logged,
    traced,
    dump: () => Effect.runPromise(running.dump),
    close: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await rm(folder, { recursive: true })
    }
  }
}

const newAddress = (n: number): string => `198.18.${n >> 8}.${n & 255}`

/** The accounts of users, in the venue. */
const accountsLayer = Layer.effect(
  VenueAccounts,
  Effect.map(Exchange, (exchange) => ({
    open: (reference) =>
      Effect.orDie(Effect.map(exchange.openAccount({ reference }), ({ account }) => AccountId(account))),
    isEmpty: (account) => Effect.orDie(Effect.map(exchange.balances({ account }), (balances) => balances.length === 0))
  }))
)

const mailbox = () => {
  const kept: Array<Message> = []
  let look = () => {}
  return {
    put: (message: Message) => {
      kept.push(message)
      look()
    },
    take: (to: string, kind: string) =>
      new Promise<Message>((resolve) => {
        const before = look
        const find = () => {
          before()
          const at = kept.findIndex((message) => message.to === to && message.kind === kind)
          if (at !== -1) resolve(kept.splice(at, 1)[0]!)
        }
        look = find
        find()
      })
  }
}

/** Keeps what the spans say beside their names. */
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
export const tokenIn = ({ text }: Message): string => /#(\S+)/.exec(text)![1]!

export interface Person {
  readonly user: string
  readonly email: string
  /** As it was at the last sign-in or step-up. */
  readonly tokens: Tokens
}

/** What came, of a request that must succeed. */
export const given = <A>({ body, status }: Reply<A>, expected = status): A => {
  if (status >= 400 || status !== expected) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** Somebody who registers and signs in. */
export const join = async ({ ask, mail }: People, name: string): Promise<Person> => {
  const email = `${name}@example.com`
  given(await ask("POST", "/v1/registrations", { body: { email } }), 202)
  const token = tokenIn(await mail(email, "verification"))
  const { user } = given(await ask("POST", "/v1/registrations/complete", { body: { token, password, name } }), 201)
  return { user, email, tokens: given(await ask("POST", "/v1/sessions", { body: { email, password } }), 201) }
}

/** The code of an authenticator app at the server's time. */
export const codeOf = ({ now }: People, secret: string): string =>
  generateSync({ secret, epoch: Math.floor(now() / 1000) })

/** Adds an authenticator app, and lets the time of the code that confirmed it pass. */
export const addTotp = async (people: People, token: string) => {
  const { secret } = given(await people.ask("POST", "/v1/user/factors/totp", { token }), 200)
  const body = { code: codeOf(people, secret) }
  const { recoveryCodes } = given(await people.ask("POST", "/v1/user/factors/totp/confirm", { token, body }), 200)
  people.advance(60_000)
  return { secret: secret as string, recoveryCodes: recoveryCodes as ReadonlyArray<string> }
}

/** Signs in with the authenticator app, and lets the time of the code pass. */
export const signInWith = async (people: People, email: string, secret: string): Promise<Tokens> => {
  const body = { email, password, proof: { kind: "totp", code: codeOf(people, secret) } }
  const tokens = given(await people.ask("POST", "/v1/sessions", { body }), 201)
  people.advance(60_000)
  return tokens
}

/** Somebody with these roles, signed in with a second factor. */
export const staff = async (people: People, name: string, roles: ReadonlyArray<Role>) => {
  const { email, user } = await people.create(name, roles)
  const first = given(await people.ask("POST", "/v1/sessions", { body: { email, password } }), 201)
  const { secret } = await addTotp(people, first.accessToken)
  return { user, email, secret, tokens: await signInWith(people, email, secret) }
}

/** Everything that came of a request but its id, for comparing. */
export const withoutId = ({ body, headers, status }: Reply<any>) => ({
  status,
  headers: Object.fromEntries([...headers].filter(([name]) => name !== "date" && name !== "x-request-id")),
  body: (JSON.stringify(body) ?? "").replaceAll(headers.get("x-request-id")!, "ID")
})
