import type { Migration } from "../Migration.ts"

/**
 * Since rules version 2, the quantity removed by self-trade prevention no longer counts as ended;
 * under version 1 it did.
 */
export const endedLots: Migration = {
  name: "endedLots",
  statements: [
    `ALTER TABLE pandora.orders DROP CONSTRAINT orders_check2`,
    `ALTER TABLE pandora.orders ADD CHECK
      (status = 'open' OR filled_lots + ended_lots IN (lots, lots - prevented_lots))`
  ]
}
