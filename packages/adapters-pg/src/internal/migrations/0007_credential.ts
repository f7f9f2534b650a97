import type { Migration } from "../Migration.ts"

/** The API key that placed an order. Existing orders were placed without one. */
export const credential: Migration = {
  name: "credential",
  statements: [`ALTER TABLE pandora.orders ADD COLUMN credential int8 NOT NULL DEFAULT 0`]
}
