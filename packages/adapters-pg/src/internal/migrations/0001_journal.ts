import type { Migration } from "../Migration.ts"

/** The journal's head, one row per venue, and its batches. */
export const journal: Migration = {
  name: "journal",
  statements: [
    `CREATE TABLE pandora.journal_head (
      venue_id text COLLATE "C" PRIMARY KEY,
      epoch int8 NOT NULL CHECK (epoch > 0),
      last_sequence int8 NOT NULL CHECK (last_sequence >= 0),
      hash bytea NOT NULL CHECK (octet_length(hash) = 32)
    ) WITH (fillfactor = 10)`,

    `CREATE TABLE pandora.journal_batch (
      venue_id text COLLATE "C" NOT NULL,
      last_sequence int8 NOT NULL,
      first_sequence int8 NOT NULL CHECK (first_sequence BETWEEN 1 AND last_sequence),
      epoch int8 NOT NULL,
      previous_hash bytea NOT NULL CHECK (octet_length(previous_hash) = 32),
      hash bytea NOT NULL CHECK (octet_length(hash) = 32),
      bytes bytea NOT NULL,
      PRIMARY KEY (venue_id, last_sequence)
    )`,
    // Batches are read as often as they are written, and compression would save less than it costs.
    `ALTER TABLE pandora.journal_batch ALTER COLUMN bytes SET STORAGE EXTERNAL`,

    `CREATE FUNCTION pandora.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END $$`,
    `CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON pandora.journal_batch
      FOR EACH ROW EXECUTE FUNCTION pandora.refuse_change()`,
    `CREATE TRIGGER never_truncated BEFORE TRUNCATE ON pandora.journal_batch
      FOR EACH STATEMENT EXECUTE FUNCTION pandora.refuse_change()`
  ]
}
