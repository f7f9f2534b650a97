import type { Migration } from "../Migration.ts"

/**
 * The quantity removed by self-trade prevention: without it, what is left of an open order cannot
 * be computed.
 */
export const preventedLots: Migration = {
  name: "preventedLots",
  statements: [
    `ALTER TABLE pandora.orders ADD COLUMN prevented_lots int8 NOT NULL DEFAULT 0`,
    // Existing orders lack it: the projection restarts and rebuilds them from the journal.
    `DELETE FROM pandora.projection WHERE name = 'trading'`,
    `DELETE FROM pandora.projection_mark WHERE name = 'trading'`
  ]
}
