/** Journal, snapshots, history and users of a venue in Postgres, on a server or embedded. */
export * as EmbeddedDatabase from "./EmbeddedDatabase.ts"
export * as History from "./History.ts"
export * as PgDatabase from "./PgDatabase.ts"
export * as PgIdentityStore from "./PgIdentityStore.ts"
export * as PgJournal from "./PgJournal.ts"
export * as PgSnapshotStore from "./PgSnapshotStore.ts"
export * as PgStorage from "./PgStorage.ts"
export * as Projections from "./Projections.ts"
