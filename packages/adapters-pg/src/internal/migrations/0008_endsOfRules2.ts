import type { Migration } from "../Migration.ts"

/** The end reasons added by rules version 2. */
export const endsOfRules2: Migration = {
  name: "endsOfRules2",
  statements: ["quantityLimit", "tooSmall", "outsideBand"].map(
    (reason) => `ALTER TYPE pandora.order_status ADD VALUE '${reason}'`
  )
}
