import type { Migration } from "../Migration.ts"

/**
 * Since rules version 2 what self-trade prevention has taken off an order is not among what ended
 * with it; under version 1 it was.
 */
export const endedLots: Migration = {
  name: "endedLots",
  statements: [
    `ALTER TABLE pandora.orders DROP CONSTRAINT orders_check2`,
    `ALTER TABLE pandora.orders ADD CHECK
      (status = 'open' OR filled_lots + ended_lots IN (lots, lots - prevented_lots))`
  ]
}
