/**
 * Accounts, balances and every entry that moved them.
 *
 * What one event moves is a group of entries that adds up to zero per asset. The database posts entries to balances itself, and
 * refuses a group that does not add up and a balance that must not be.
 */
import type { PgClient } from "@effect/sql-pg"
import {
  type AccountKind,
  accountKinds,
  externalAccountId,
  houseAccountId,
  receivableAccountId
} from "@pandora-exchange/core/Account"
import type * as Event from "@pandora-exchange/core/Event"
import { Effect, Schema } from "effect"
import { type Columns, enumeration, type Row, Rows } from "../internal/Bulk.ts"
import { Contradiction } from "../internal/Contradiction.ts"
import * as Partitions from "../internal/Partitions.ts"
import { rowsOf } from "../internal/Rows.ts"
import type { Happened, Projection, Writer } from "./Projection.ts"

/** What an amount was moved for. `orderHold` and `orderRelease`: between the two parts of one balance, for an order. */
export const entryKinds = [
  "credit",
  "reversal",
  "hold",
  "settlement",
  "release",
  "transfer",
  "orderHold",
  "orderRelease",
  "trade",
  "fee"
] as const
export type EntryKind = (typeof entryKinds)[number]

export const balanceParts = ["available", "held"] as const
export type BalancePart = (typeof balanceParts)[number]

const accountColumns = {
  account_id: "int8",
  kind: enumeration("account_kind", accountKinds),
  reference: "text"
} as const satisfies Columns

const marketColumns = {
  market_id: "int4",
  base_asset_id: "int4",
  quote_asset_id: "int4",
  symbol: "text"
} as const satisfies Columns

const entryColumns = {
  sequence: "int8",
  account_id: "int8",
  amount: "int8",
  reference_id: "int8",
  time: "timestamptz",
  event_index: "int4",
  line: "int4",
  asset_id: "int4",
  part: enumeration("balance_part", balanceParts),
  kind: enumeration("entry_kind", entryKinds)
} as const satisfies Columns

const partitioned: Partitions.Partitioned = {
  table: "ledger_entry",
  setUp: [
    // A trigger on the parent does not fire for rows that are put into a partition by its own name.
    `CREATE TRIGGER post_entries AFTER INSERT ON %
      REFERENCING NEW TABLE AS entry FOR EACH STATEMENT EXECUTE FUNCTION pandora.post_entries()`,
    `CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %
      FOR EACH STATEMENT EXECUTE FUNCTION pandora.refuse_change()`
  ]
}

/** The assets of a market: orders hold and trades move them without naming them. */
interface Market {
  readonly baseAssetId: number
  readonly quoteAssetId: number
}

const open = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  const markets = yield* storedMarkets(sql, venueId)
  const writer: Writer = {
    prepare: (happened) => {
      const { accounts, entries, listings } = new EntryBook(markets, happened)
      const tables = [
        accounts.insertInto(sql, venueId, "account"),
        listings.insertInto(sql, venueId, "market"),
        entries.into(sql, venueId, insertEntries(entries))
      ]
      return { store: Effect.all(tables, { discard: true }), orderIdMax: 0 }
    },
    makeRoom: Partitions.keeper(sql, partitioned, venueId)
  }
  return writer
})

/** The balance of an entry is what was there before these, and what came up to it. */
const insertEntries = (entries: Rows<typeof entryColumns>) => {
  const names = Object.keys(entryColumns)
  return `
    INSERT INTO pandora.ledger_entry (venue_id, ${names.join(", ")}, balance)
    SELECT $1, ${names.map((name) => entries.valueOf(name)).join(", ")},
      coalesce(CASE ${entries.valueOf("part")} WHEN 'available' THEN balance.available ELSE balance.held END, 0)
        + sum(new.amount) OVER (PARTITION BY new.account_id, new.asset_id, new.part ORDER BY new.sequence, new.line)
    FROM ${entries.source} LEFT JOIN pandora.balance
      ON balance.venue_id = $1 AND balance.account_id = new.account_id AND balance.asset_id = new.asset_id`
}

const MarketRow = Schema.Struct({ marketId: Schema.Finite, baseAssetId: Schema.Finite, quoteAssetId: Schema.Finite })

const storedMarkets = (sql: PgClient.PgClient, venueId: string) =>
  Effect.map(
    rowsOf(MarketRow)(sql`
      SELECT market_id AS "marketId", base_asset_id AS "baseAssetId", quote_asset_id AS "quoteAssetId"
      FROM pandora.market WHERE venue_id = ${venueId}`),
    (rows) => new Map<number, Market>(rows.map((row) => [row.marketId, row]))
  )

const genesisAccounts: ReadonlyArray<readonly [id: number, kind: AccountKind]> = [
  [houseAccountId, "house"],
  [externalAccountId, "external"],
  [receivableAccountId, "receivable"]
]

const reset = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  yield* Partitions.dropAll(sql, partitioned, venueId)
  yield* sql`DELETE FROM pandora.balance WHERE venue_id = ${venueId}`
  yield* sql`DELETE FROM pandora.market WHERE venue_id = ${venueId}`
  yield* sql`DELETE FROM pandora.account WHERE venue_id = ${venueId}`
  for (const [id, kind] of genesisAccounts) {
    yield* sql`
      INSERT INTO pandora.account (venue_id, account_id, kind, reference)
      VALUES (${venueId}, ${BigInt(id)}, ${kind}::pandora.account_kind, '')`
  }
})

export const Ledger: Projection = { name: "ledger", open, reset }

/** Turns events into entries. */
class EntryBook {
  readonly accounts = new Rows(accountColumns)
  readonly listings = new Rows(marketColumns)
  readonly entries = new Rows(entryColumns)
  private readonly markets: Map<number, Market>
  /** Of the entry at hand; `line` counts those of its command. */
  private sequence = 0n
  private time = 0
  private eventIndex = 0
  private line = 0

  constructor(markets: Map<number, Market>, happened: ReadonlyArray<Happened>) {
    this.markets = markets
    for (const each of happened) this.add(each)
  }

  private add({ events, sequence, time }: Happened): void {
    this.sequence = BigInt(sequence)
    this.time = time
    this.line = 0
    for (const [eventIndex, event] of events.entries()) {
      this.eventIndex = eventIndex
      this.one(event)
    }
  }

  private one(event: Event.Event): void {
    switch (event._tag) {
      case "Rejected":
      case "Repeated":
      case "AssetListed":
      case "MarketStatusChanged":
      case "MarketFeesChanged":
      case "MarketRulesChanged":
      case "AccountTermsChanged":
      case "OrderListAccepted":
      case "OrderWaiting":
      case "OrderRested":
      case "OrderRefilled":
      case "PartRefused":
      case "CancelAfterSet":
      case "CancelAfterCame":
      case "PriceSet":
        return
      case "AccountOpened":
        if (event.opened) {
          const { accountId, kind, reference } = event
          this.accounts.add({ account_id: BigInt(accountId), kind, reference })
        }
        return
      case "MarketListed": {
        const { baseAssetId, marketId, quoteAssetId, symbol } = event
        this.markets.set(marketId, { baseAssetId, quoteAssetId })
        this.listings.add({
          market_id: marketId,
          base_asset_id: baseAssetId,
          quote_asset_id: quoteAssetId,
          symbol
        })
        return
      }
      case "Credited": {
        const { accountId, amount, assetId } = event
        this.entry(externalAccountId, assetId, "available", -amount, "credit", 0)
        this.entry(accountId, assetId, "available", amount, "credit", 0)
        return
      }
      case "Reversed": {
        const { accountId, assetId, fromAvailable, toReceivable } = event
        this.entry(accountId, assetId, "available", -fromAvailable, "reversal", 0)
        this.entry(receivableAccountId, assetId, "available", -toReceivable, "reversal", 0)
        this.entry(externalAccountId, assetId, "available", fromAvailable + toReceivable, "reversal", 0)
        return
      }
      case "Held":
        return this.hold(event.accountId, event.assetId, event.amount, "hold", event.holdId)
      case "HoldSettled": {
        const { accountId, amount, assetId, fee, holdId } = event
        this.entry(accountId, assetId, "held", -amount, "settlement", holdId)
        this.entry(externalAccountId, assetId, "available", amount, "settlement", holdId)
        this.entry(accountId, assetId, "held", -fee, "fee", holdId)
        this.entry(houseAccountId, assetId, "available", fee, "fee", holdId)
        return
      }
      case "HoldReleased":
        return this.hold(event.accountId, event.assetId, -event.amount, "release", event.holdId)
      case "Transferred": {
        const { accountId, amount, assetId, receiverId } = event
        this.entry(accountId, assetId, "available", -amount, "transfer", 0)
        this.entry(receiverId, assetId, "available", amount, "transfer", 0)
        return
      }
      case "OrderAccepted":
        return this.hold(event.accountId, this.payingAsset(event), event.held, "orderHold", event.orderId)
      case "Trade":
        return this.trade(event)
      case "OrderEnded":
        return this.hold(event.accountId, this.payingAsset(event), -event.released, "orderRelease", event.orderId)
      case "SelfTradePrevented":
        return this.prevented(event)
      case "OrderStarted":
      case "OrderAmended": {
        const more = event.held - event.oldHeld
        const kind = more > 0n ? "orderHold" : "orderRelease"
        return this.hold(event.accountId, this.payingAsset(event), more, kind, event.orderId)
      }
    }
  }

  private prevented(event: Event.EventOf<"SelfTradePrevented">): void {
    const { makerAccountId, makerOrderId, makerReleased, marketId, takerAccountId, takerOrderId, takerReleased } = event
    const taker = { marketId, side: event.takerSide }
    const maker = { marketId, side: event.takerSide === "buy" ? ("sell" as const) : ("buy" as const) }
    this.hold(makerAccountId, this.payingAsset(maker), -makerReleased, "orderRelease", makerOrderId)
    this.hold(takerAccountId, this.payingAsset(taker), -takerReleased, "orderRelease", takerOrderId)
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const { baseUnits, buyerHeld, makerAccountId, makerFee, makerOrderId, quoteUnits } = event
    const { takerAccountId, takerFee, takerOrderId } = event
    const { baseAssetId, quoteAssetId } = this.market(event.marketId)
    const maker = { accountId: makerAccountId, orderId: makerOrderId, fee: makerFee }
    const taker = { accountId: takerAccountId, orderId: takerOrderId, fee: takerFee }
    const [buyer, seller] = event.takerSide === "buy" ? [taker, maker] : [maker, taker]

    this.entry(buyer.accountId, quoteAssetId, "held", -quoteUnits, "trade", buyer.orderId)
    this.entry(seller.accountId, quoteAssetId, "available", quoteUnits, "trade", seller.orderId)
    this.hold(buyer.accountId, quoteAssetId, quoteUnits - buyerHeld, "orderRelease", buyer.orderId)
    this.entry(seller.accountId, baseAssetId, "held", -baseUnits, "trade", seller.orderId)
    this.entry(buyer.accountId, baseAssetId, "available", baseUnits, "trade", buyer.orderId)
    this.fee(buyer, baseAssetId)
    this.fee(seller, quoteAssetId)
  }

  private fee({ accountId, fee, orderId }: { accountId: number; fee: bigint; orderId: number }, assetId: number): void {
    this.entry(accountId, assetId, "available", -fee, "fee", orderId)
    this.entry(houseAccountId, assetId, "available", fee, "fee", orderId)
  }

  /** From available to held; back where the amount is negative. */
  private hold(accountId: number, assetId: number, amount: bigint, kind: EntryKind, referenceId: number): void {
    this.entry(accountId, assetId, "available", -amount, kind, referenceId)
    this.entry(accountId, assetId, "held", amount, kind, referenceId)
  }

  private entry(
    accountId: number,
    assetId: number,
    part: BalancePart,
    amount: bigint,
    kind: EntryKind,
    referenceId: number
  ): void {
    if (amount === 0n) return
    const row: Row<typeof entryColumns> = {
      sequence: this.sequence,
      account_id: BigInt(accountId),
      amount,
      reference_id: BigInt(referenceId),
      time: this.time,
      event_index: this.eventIndex,
      asset_id: assetId,
      part,
      kind,
      line: this.line++
    }
    this.entries.add(row)
  }

  private payingAsset({ marketId, side }: { readonly marketId: number; readonly side: "buy" | "sell" }): number {
    const { baseAssetId, quoteAssetId } = this.market(marketId)
    return side === "buy" ? quoteAssetId : baseAssetId
  }

  private market(marketId: number): Market {
    const market = this.markets.get(marketId)
    if (market === undefined) throw new Contradiction(`market ${marketId} is named and was never listed`)
    return market
  }
}
