/**
 * Assembles the server: an exchange over its storage, the readers of its journal, and its
 * listeners.
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
  /** The demo's accounts; absent without the demo. */
  readonly accounts: ReadonlyArray<StartedAccount>
  readonly exchange: Exchange["Service"]
  /** The services of the package `identity`; absent if the host has its own users. */
  readonly users: IdentityServices.IdentityServices | undefined
  /**
   * Notifies clients, finishes pending work, and refuses the rest. Closing the scope then releases
   * the storage.
   */
  readonly shutDown: Effect.Effect<void>
}

const graceMs = 10_000
/** How long the projections have to catch up before the server opens. */
const historyHeadStart = "2 seconds"
const snapshotEvery = 200_000

/**
 * Where everything is stored: the venue's journal and snapshots, and the database of the history.
 */
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

/** What a program that starts the server can replace. */
export interface Parts {
  /** Your own users, instead of those of the package `identity` and of the demo. */
  readonly identity?: Authentication["Service"]
  /** Limits of the stream. */
  readonly limits?: Partial<Limits>
  /** Time limits of requests. */
  readonly timeouts?: HttpServer.Options["timeouts"]
  /** Your own rules, which see every command before it is sequenced. */
  readonly guards?: ExchangeOptions["guards"]
  /** The time limit in milliseconds for all guards of one command. Default: 1,000. */
  readonly guardTimeoutMs?: number
  /** False: runs the venue in this thread. */
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
  // Runs until all projections have halted, each of which has been logged by then. Started once the
  // users exist: an embedded database does one thing after another, and the projections may have a
  // lot to read.
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
  // Current data is never served from a past that is still being read; the history may follow
  // later.
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
  // Only the operator knows the address in front of a production server.
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
