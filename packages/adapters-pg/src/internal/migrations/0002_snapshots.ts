import type { Migration } from "../Migration.ts"

/** Snapshots in pieces. One that is not `whole` is being saved, or its writer has died. */
export const snapshots: Migration = {
  name: "snapshots",
  statements: [
    `CREATE TABLE pandora.snapshot (
      snapshot_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      venue_id text COLLATE "C" NOT NULL,
      sequence int8 NOT NULL,
      batch_hash bytea NOT NULL CHECK (octet_length(batch_hash) = 32),
      rules_version int4 NOT NULL,
      format_version int8 NOT NULL,
      whole boolean NOT NULL DEFAULT false,
      bytes int8 NOT NULL DEFAULT 0,
      pieces int4 NOT NULL DEFAULT 0,
      sha256 bytea,
      CHECK (NOT whole OR octet_length(sha256) = 32)
    )`,
    `CREATE UNIQUE INDEX snapshot_sequence ON pandora.snapshot (venue_id, sequence) WHERE whole`,

    `CREATE TABLE pandora.snapshot_piece (
      snapshot_id int8 NOT NULL REFERENCES pandora.snapshot ON DELETE CASCADE,
      number int4 NOT NULL,
      bytes bytea NOT NULL,
      PRIMARY KEY (snapshot_id, number)
    )`,
    `ALTER TABLE pandora.snapshot_piece ALTER COLUMN bytes SET STORAGE EXTERNAL`
  ]
}
