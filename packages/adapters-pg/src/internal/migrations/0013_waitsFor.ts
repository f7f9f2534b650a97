import type { Migration } from "../Migration.ts"

/** What an order waits for, instead of only whether it waits. */
export const waitsFor: Migration = {
  name: "waitsFor",
  statements: [
    // In this order: an order waits for less and less.
    `CREATE TYPE pandora.order_wait AS ENUM ('none', 'trigger', 'workingOrder')`,
    `ALTER TABLE pandora.orders
      DROP COLUMN waits,
      ADD COLUMN waits_for pandora.order_wait NOT NULL DEFAULT 'none'`,
    // The rows do not tell it: a projection that begins anew makes them out of the journal.
    `DELETE FROM pandora.projection WHERE name = 'trading'`,
    `DELETE FROM pandora.projection_mark WHERE name = 'trading'`
  ]
}
