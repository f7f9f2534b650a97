/**
 * The server put together: an exchange over its storage, what reads its journal, and what listens.
 */
import { FileSnapshotStore } from "@pandora-exchange/adapters-file"
import {
  EmbeddedDatabase,
  History as Projected,
  type PgDatabase,
  PgIdentityStore,
  PgStorage,
  Projections
} from "@pandora-exchange/adapters-pg"
import { offered } from "@pandora-exchange/contract/api"
import { IdentityStore, Ids, type SnapshotStore } from "@pandora-exchange/core"
import { type Balance, Exchange, type ExchangeOptions } from "@pandora-exchange/sdk"
import { Context, Effect, Layer } from "effect"
import { join } from "node:path"
import type { Config } from "./Config.ts"
import * as Demo from "./Demo.ts"
import * as ExchangeAccounts from "./ExchangeAccounts.ts"
import { Feed } from "./feed/Feed.ts"
import { journalName } from "./feed/journalName.ts"
import { Health } from "./Health.ts"
import { History } from "./History.ts"
import { operationRoutes } from "./http/operationRoutes.ts"
import { rowsOf } from "./Operations.ts"
import * as HttpServer from "./http/HttpServer.ts"
import { pagesOf } from "./http/pages.ts"
import type { Authentication } from "./Authentication.ts"
import * as IdentityServices from "./IdentityServices.ts"
import { Gateway } from "./ws/Gateway.ts"
import { serverRows } from "./serverRows.ts"
import type { Limits } from "./ws/Limits.ts"

export interface StartedAccount extends Omit<Demo.DemoUser, "account"> {
  readonly account: string
  readonly balances: ReadonlyArray<Balance>
}

export interface Started {
  readonly url: string
  readonly port: number
  /** The demo's; none without it. */
  readonly accounts: ReadonlyArray<StartedAccount>
  readonly exchange: Exchange["Service"]
  /** Those of the package `identity`; not with users of your own. */
  readonly users: IdentityServices.IdentityServices | undefined
  /**
   * Tells clients, finishes what is under way, and refuses the rest. Closing the scope then lets go
   * of the storage.
   */
  readonly shutDown: Effect.Effect<void>
}

const graceMs = 10_000
/** How long the projections have to catch up before the server opens. */
const historyHeadStart = "2 seconds"
const snapshotEvery = 200_000

/** Where everything is: the venue's journal and snapshots, and the database of the history. */
const placesOf = ({ database, folder }: Config): Places => {
  if (database !== undefined) {
    const postgres = PgStorage.layer({ url: database })
    return { venue: { storage: { journal: postgres, snapshots: postgres } }, beside: postgres }
  }
  const venue = { folder: join(folder, "venue") }
  return {
    venue: { storage: venue, thread: true },
    beside: Layer.mergeAll(FileSnapshotStore.layer(venue), EmbeddedDatabase.layer({ folder }))
  }
}

interface Places {
  readonly venue: Pick<ExchangeOptions, "storage" | "thread">
  /** What the server itself reads. */
  readonly beside: Layer.Layer<
    SnapshotStore.SnapshotStore | PgDatabase.PgDatabase,
    PgDatabase.DatabaseError | EmbeddedDatabase.EmbeddedError
  >
}

/** What a server made by a program may have otherwise. */
export interface Parts {
  /** Your own users, instead of those of the package `identity` and of the demo. */
  readonly identity?: Authentication["Service"]
  /** Bounds of the stream. */
  readonly limits?: Partial<Limits>
  /** Bounds of time for requests. */
  readonly timeouts?: HttpServer.Options["timeouts"]
  /** Rules of your own, which see every command before it is sequenced. */
  readonly guards?: ExchangeOptions["guards"]
  /** How long the guards may take for one command. Default: 1,000. */
  readonly guardTimeoutMs?: number
  /** False: the venue in this thread. */
  readonly thread?: boolean
}

export const start = Effect.fnUntraced(function* (config: Config, parts: Parts = {}) {
  const { beside, venue } = placesOf(config)
  const exchangeLayer = Exchange.layer({
    ...venue,
    ...(parts.thread === undefined || config.database !== undefined
      ? {}
      : { thread: parts.thread }),
    snapshotEvery,
    ...(parts.guards && { guards: parts.guards }),
    ...(parts.guardTimeoutMs !== undefined && { guardTimeoutMs: parts.guardTimeoutMs }),
    ...(config.demo ? Demo.listing : {})
  })
  const services = yield* Layer.build(
    History.layer.pipe(
      Layer.provideMerge(Feed.layer),
      Layer.provideMerge(
        Layer.mergeAll(Projected.layer(), Projections.layer(), PgIdentityStore.layer())
      ),
      Layer.provideMerge(beside),
      Layer.provideMerge(exchangeLayer)
    )
  )
  const exchange = Context.get(services, Exchange)
  const feed = Context.get(services, Feed)
  const history = Context.get(services, History)
  const projections = Context.get(services, Projections.Projections)
  const users =
    parts.identity === undefined
      ? yield* Layer.build(
          IdentityServices.layer(config).pipe(
            Layer.provide(ExchangeAccounts.layer),
            Layer.provide(Layer.succeedContext(services))
          )
        )
      : undefined
  const demo =
    config.demo && users !== undefined ? yield* Demo.open(exchange, users, config.folder) : []
  const identity = parts.identity ?? IdentityServices.authenticationOf(users!)
  // It runs until all of them have halted, each of which is in the log by then. Begun when the
  // users are there: an embedded database does one thing after another, and what the projections
  // have to read may be much.
  yield* Effect.forkScoped(Effect.exit(projections.follow(exchange.batches)))
  const rows = rowsOf({ exchange, history })
  const health = new Health(
    exchange,
    feed,
    projections,
    users && Context.get(services, IdentityStore.IdentityStore)
  )
  const caughtUp = Effect.flatMap(exchange.status, ({ durableSequence }) =>
    feed.reached(durableSequence)
  )
  // Nothing current is served from a past that is still being read; the history may come later.
  yield* caughtUp
  const within = historyHeadStart
  const projected = Context.get(services, Projected.History)
  yield* Effect.ignore(projected.awaitPosition({ sequence: Ids.Sequence(feed.position()), within }))

  const gateway = yield* Gateway.make({
    rows,
    feed,
    journal: yield* journalName(exchange),
    identity,
    origins: config.origins,
    trustedProxies: config.trustedProxies,
    caughtUp,
    ...(parts.limits && { limits: parts.limits })
  })
  const operations = offered({ users: users !== undefined })
  health.connections = () => gateway.count
  // Behind which address a server of production is, only its operator knows.
  let { site } = config
  const http = yield* HttpServer.serve({
    host: config.host,
    port: config.port,
    origins: config.origins,
    routes: operationRoutes(
      operations,
      new Map([...rows, ...serverRows({ health, identity: users })])
    ),
    pages: pagesOf({ users: users !== undefined, url: () => site }),
    identity,
    trustedProxies: config.trustedProxies,
    ...(parts.timeouts && { timeouts: parts.timeouts }),
    upgrade: gateway.upgrade
  })
  const address = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host
  const url = `http://${address.includes(":") ? `[${address}]` : address}:${http.port}`
  if (config.environment !== "production") site = url
  if (config.flow) yield* Demo.flow(exchange)

  const accounts: Array<StartedAccount> = []
  for (const { account, ...user } of demo) {
    accounts.push({
      ...user,
      account: `acc_${account}`,
      balances: yield* exchange.balances({ account })
    })
  }
  const shutDown = Effect.suspend(() => {
    health.shutDown()
    return Effect.all([gateway.drain(graceMs), http.drain(graceMs)], {
      concurrency: 2,
      discard: true
    })
  })
  const started: Started = {
    url,
    port: http.port,
    accounts,
    exchange,
    users,
    shutDown
  }
  return started
})
