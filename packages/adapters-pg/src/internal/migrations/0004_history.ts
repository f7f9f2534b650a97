import type { Migration } from "../Migration.ts"

/** Orders can be found by their client's id, and each entry has the resulting balance. */
export const history: Migration = {
  name: "history",
  statements: [
    `CREATE INDEX orders_client_order_id ON pandora.orders (venue_id, account_id, client_order_id, order_id)
      WHERE client_order_id <> ''`,

    `ALTER TABLE pandora.ledger_entry ADD COLUMN balance int8 NOT NULL DEFAULT 0`,
    `ALTER TABLE pandora.ledger_entry ALTER COLUMN balance DROP DEFAULT`,
    // Existing entries lack it: the ledger is rebuilt from the journal.
    `DELETE FROM pandora.projection WHERE name = 'ledger'`,
    `DELETE FROM pandora.projection_mark WHERE name = 'ledger'`
  ]
}
