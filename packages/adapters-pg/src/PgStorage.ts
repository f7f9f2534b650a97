/** Everything a venue stores, in one Postgres database. */
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import type { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { Layer } from "effect"
import * as EmbeddedDatabase from "./EmbeddedDatabase.ts"
import * as PgDatabase from "./PgDatabase.ts"
import * as PgJournal from "./PgJournal.ts"
import * as PgSnapshotStore from "./PgSnapshotStore.ts"

export interface Options extends PgDatabase.ServerOptions, PgJournal.Options {}
export interface EmbeddedOptions extends EmbeddedDatabase.EmbeddedOptions, PgJournal.Options {}

/** Journal and snapshots on a server, and the database for projections. */
export const layer = (
  options: Options
): Layer.Layer<Journal | SnapshotStore | PgDatabase.PgDatabase, PgDatabase.DatabaseError> =>
  Layer.provideMerge(storage(options), PgDatabase.layer(options))

/** Journal and snapshots in an embedded database, in a folder or in memory. */
export const layerEmbedded = (
  options: EmbeddedOptions = {}
): Layer.Layer<Journal | SnapshotStore | PgDatabase.PgDatabase, EmbeddedDatabase.EmbeddedError> =>
  Layer.provideMerge(storage(options), EmbeddedDatabase.layer(options))

const storage = (options: PgJournal.Options) =>
  Layer.mergeAll(PgJournal.layer(options), PgSnapshotStore.layer(options))
