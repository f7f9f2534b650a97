import type { Migration } from "../Migration.ts"

/** Waiting orders, icebergs, lists, and the other ways an order can end. */
export const orderTerms: Migration = {
  name: "orderTerms",
  statements: [
    ...[
      "selfTrade",
      "priceRange",
      "otherLeg",
      "cancelAfter",
      "unfunded",
      "wouldCross",
      "notTrading",
      "levelFull",
      "tooLarge"
    ].map((reason) => `ALTER TYPE pandora.order_status ADD VALUE '${reason}'`),
    `CREATE TYPE pandora.post_only_mode AS ENUM ('off', 'refuse', 'slide')`,
    `CREATE TYPE pandora.order_trigger AS ENUM ('none', 'stopLoss', 'takeProfit')`,
    `CREATE TYPE pandora.trailing_unit AS ENUM ('none', 'ticks', 'basisPoints')`,
    `CREATE TYPE pandora.self_trade_prevention AS ENUM (
      'none', 'expireTaker', 'expireMaker', 'expireBoth', 'decrement'
    )`,
    // Existing orders contain too little: they are rebuilt from the journal.
    `DELETE FROM pandora.orders`,
    `DELETE FROM pandora.projection WHERE name = 'trading'`,
    `DELETE FROM pandora.projection_mark WHERE name = 'trading'`,
    `ALTER TABLE pandora.orders DROP COLUMN post_only`,
    `ALTER TABLE pandora.orders
      ADD COLUMN waits boolean NOT NULL,
      ADD COLUMN post_only pandora.post_only_mode NOT NULL,
      ADD COLUMN display_lots int8 NOT NULL,
      ADD COLUMN self_trade_prevention pandora.self_trade_prevention NOT NULL,
      ADD COLUMN list_id int8 NOT NULL,
      ADD COLUMN trigger pandora.order_trigger NOT NULL,
      ADD COLUMN trigger_ticks int8 NOT NULL,
      ADD COLUMN trailing_unit pandora.trailing_unit NOT NULL,
      ADD COLUMN trailing_offset int8 NOT NULL`
  ]
}
