import type { Migration } from "../Migration.ts"

/**
 * What self-trade prevention has taken off an order: what is left of one that is open does not
 * follow from the rest.
 */
export const preventedLots: Migration = {
  name: "preventedLots",
  statements: [
    `ALTER TABLE pandora.orders ADD COLUMN prevented_lots int8 NOT NULL DEFAULT 0`,
    // Orders that are there do not tell it: a projection that begins anew makes them out of the
    // journal.
    `DELETE FROM pandora.projection WHERE name = 'trading'`,
    `DELETE FROM pandora.projection_mark WHERE name = 'trading'`
  ]
}
