import type { Migration } from "../Migration.ts"

/**
 * The tables that followers of the journal maintain. The ledger protects itself: the entries of one
 * event add up to zero per asset, balances change only through entries, and none gets a sign it
 * must not have.
 */
export const projections: Migration = {
  name: "projections",
  statements: [
    `CREATE TABLE pandora.projection (
      venue_id text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      sequence int8 NOT NULL CHECK (sequence >= 0),
      batch_hash bytea,
      order_id int8 NOT NULL DEFAULT 0,
      PRIMARY KEY (venue_id, name),
      CHECK (sequence = 0 OR octet_length(batch_hash) = 32)
    ) WITH (fillfactor = 10)`,
    // About one row per second: the sequence and order id reached at a time.
    `CREATE TABLE pandora.projection_mark (
      venue_id text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      time timestamptz NOT NULL,
      sequence int8 NOT NULL,
      order_id int8 NOT NULL,
      PRIMARY KEY (venue_id, name, time)
    )`,

    `CREATE TYPE pandora.account_kind AS ENUM ('user', 'house', 'external', 'receivable', 'loan')`,
    `CREATE TYPE pandora.balance_part AS ENUM ('available', 'held')`,
    `CREATE TYPE pandora.entry_kind AS ENUM (
      'credit', 'reversal', 'hold', 'settlement', 'release', 'transfer', 'orderHold', 'orderRelease', 'trade', 'fee'
    )`,
    `CREATE TABLE pandora.account (
      venue_id text COLLATE "C" NOT NULL,
      account_id int8 NOT NULL,
      kind pandora.account_kind NOT NULL,
      reference text NOT NULL,
      PRIMARY KEY (venue_id, account_id),
      UNIQUE (venue_id, account_id, kind)
    )`,
    `CREATE TABLE pandora.market (
      venue_id text COLLATE "C" NOT NULL,
      market_id int4 NOT NULL,
      base_asset_id int4 NOT NULL,
      quote_asset_id int4 NOT NULL,
      symbol text NOT NULL,
      PRIMARY KEY (venue_id, market_id)
    )`,
    `CREATE TABLE pandora.balance (
      venue_id text COLLATE "C" NOT NULL,
      account_id int8 NOT NULL,
      available int8 NOT NULL,
      held int8 NOT NULL,
      asset_id int4 NOT NULL,
      kind pandora.account_kind NOT NULL,
      PRIMARY KEY (venue_id, account_id, asset_id),
      FOREIGN KEY (venue_id, account_id, kind) REFERENCES pandora.account (venue_id, account_id, kind),
      CONSTRAINT balance_sign CHECK (
        CASE WHEN kind IN ('user', 'house') THEN available >= 0 AND held >= 0 ELSE available <= 0 AND held = 0 END
      )
    ) WITH (fillfactor = 50)`,
    // One index for accounts' queries and for uniqueness. The venue comes last because a partition
    // has only one.
    `CREATE TABLE pandora.ledger_entry (
      sequence int8 NOT NULL,
      account_id int8 NOT NULL,
      amount int8 NOT NULL CHECK (amount <> 0),
      reference_id int8 NOT NULL,
      time timestamptz NOT NULL,
      event_index int4 NOT NULL,
      line int4 NOT NULL,
      asset_id int4 NOT NULL,
      part pandora.balance_part NOT NULL,
      kind pandora.entry_kind NOT NULL,
      venue_id text COLLATE "C" NOT NULL,
      PRIMARY KEY (account_id, sequence, line, venue_id)
    ) PARTITION BY RANGE (venue_id, sequence)`,
    `CREATE INDEX ledger_entry_sequence ON pandora.ledger_entry USING brin (sequence)`,

    // The entries of one event arrive in one statement. Their sum and their effect are computed
    // over all rows at once: per row, that takes several times as long as storing it.
    `CREATE FUNCTION pandora.post_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      wrong record;
      balances_moved int8;
      balances_posted int8;
    BEGIN
      SELECT sequence, event_index, asset_id, sum(amount) AS total INTO wrong FROM entry
      GROUP BY venue_id, sequence, event_index, asset_id HAVING sum(amount) <> 0 LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'entries of sequence %, event %, asset % add up to % and not to zero',
          wrong.sequence, wrong.event_index, wrong.asset_id, wrong.total USING ERRCODE = 'check_violation';
      END IF;

      WITH moved AS MATERIALIZED (
        SELECT venue_id, account_id, asset_id,
          coalesce(sum(amount) FILTER (WHERE part = 'available'), 0)::int8 AS available,
          coalesce(sum(amount) FILTER (WHERE part = 'held'), 0)::int8 AS held
        FROM entry GROUP BY venue_id, account_id, asset_id
      ), updated AS (
        UPDATE pandora.balance SET available = balance.available + moved.available, held = balance.held + moved.held
        FROM moved
        WHERE balance.venue_id = moved.venue_id AND balance.account_id = moved.account_id
          AND balance.asset_id = moved.asset_id
        RETURNING 1
      ), inserted AS (
        INSERT INTO pandora.balance (venue_id, account_id, asset_id, kind, available, held)
        SELECT moved.venue_id, moved.account_id, moved.asset_id, account.kind, moved.available, moved.held
        FROM moved JOIN pandora.account USING (venue_id, account_id)
        WHERE NOT EXISTS (
          SELECT FROM pandora.balance
          WHERE balance.venue_id = moved.venue_id AND balance.account_id = moved.account_id
            AND balance.asset_id = moved.asset_id
        )
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM moved), (SELECT count(*) FROM updated) + (SELECT count(*) FROM inserted)
      INTO balances_moved, balances_posted;
      IF balances_moved <> balances_posted THEN
        RAISE EXCEPTION 'entries of an account that does not exist' USING ERRCODE = 'foreign_key_violation';
      END IF;
      RETURN NULL;
    END $$`,
    `CREATE TRIGGER post_entries AFTER INSERT ON pandora.ledger_entry
      REFERENCING NEW TABLE AS entry FOR EACH STATEMENT EXECUTE FUNCTION pandora.post_entries()`,
    `CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON pandora.ledger_entry
      FOR EACH ROW EXECUTE FUNCTION pandora.refuse_change()`,
    `CREATE TRIGGER never_truncated BEFORE TRUNCATE ON pandora.ledger_entry
      FOR EACH STATEMENT EXECUTE FUNCTION pandora.refuse_change()`,

    `CREATE TRIGGER only_by_entries BEFORE INSERT OR UPDATE OR TRUNCATE ON pandora.balance
      FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION pandora.refuse_change()`,
    `CREATE FUNCTION pandora.refuse_while_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM pandora.ledger_entry WHERE venue_id = OLD.venue_id) THEN
        RAISE EXCEPTION 'balances of venue % are deleted only after its entries', OLD.venue_id
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN OLD;
    END $$`,
    `CREATE TRIGGER only_after_entries BEFORE DELETE ON pandora.balance
      FOR EACH ROW EXECUTE FUNCTION pandora.refuse_while_entries()`,

    `CREATE TYPE pandora.side AS ENUM ('buy', 'sell')`,
    `CREATE TYPE pandora.order_type AS ENUM ('limit', 'market', 'marketBudget')`,
    `CREATE TYPE pandora.time_in_force AS ENUM ('GTC', 'IOC', 'FOK', 'GTD')`,
    `CREATE TYPE pandora.order_status AS ENUM ('open', 'filled', 'cancelled', 'deadline', 'unfilled', 'remainder')`,
    `CREATE TABLE pandora.orders (
      order_id int8 NOT NULL,
      account_id int8 NOT NULL,
      price_ticks int8 NOT NULL,
      lots int8 NOT NULL CHECK (lots >= 0),
      filled_lots int8 NOT NULL CHECK (filled_lots BETWEEN 0 AND lots),
      ended_lots int8 NOT NULL CHECK (ended_lots BETWEEN 0 AND lots - filled_lots),
      filled_quote int8 NOT NULL CHECK (filled_quote >= 0),
      fee int8 NOT NULL CHECK (fee >= 0),
      budget int8 NOT NULL,
      accepted_sequence int8 NOT NULL,
      updated_sequence int8 NOT NULL,
      accepted_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      deadline_ms int8 NOT NULL,
      market_id int4 NOT NULL,
      side pandora.side NOT NULL,
      type pandora.order_type NOT NULL,
      time_in_force pandora.time_in_force NOT NULL,
      status pandora.order_status NOT NULL,
      maker_rate int4 NOT NULL,
      taker_rate int4 NOT NULL,
      post_only boolean NOT NULL,
      venue_id text COLLATE "C" NOT NULL,
      client_order_id text NOT NULL,
      PRIMARY KEY (venue_id, account_id, order_id),
      CHECK (status = 'open' OR filled_lots + ended_lots = lots)
    ) WITH (fillfactor = 80)`,
    `CREATE INDEX orders_open ON pandora.orders (venue_id, account_id, order_id) WHERE status = 'open'`,

    `CREATE TABLE pandora.trade (
      sequence int8 NOT NULL,
      trade_id int8 NOT NULL,
      price_ticks int8 NOT NULL,
      lots int8 NOT NULL CHECK (lots > 0),
      base_units int8 NOT NULL CHECK (base_units > 0),
      quote_units int8 NOT NULL CHECK (quote_units > 0),
      maker_order_id int8 NOT NULL,
      taker_order_id int8 NOT NULL,
      maker_account_id int8 NOT NULL,
      taker_account_id int8 NOT NULL,
      maker_fee int8 NOT NULL CHECK (maker_fee >= 0),
      taker_fee int8 NOT NULL CHECK (taker_fee >= 0),
      time timestamptz NOT NULL,
      market_id int4 NOT NULL,
      event_index int4 NOT NULL,
      taker_side pandora.side NOT NULL,
      venue_id text COLLATE "C" NOT NULL,
      PRIMARY KEY (market_id, trade_id, sequence, venue_id)
    ) PARTITION BY RANGE (venue_id, sequence)`,
    `CREATE INDEX trade_market ON pandora.trade (market_id, sequence, event_index)`,
    `CREATE INDEX trade_maker ON pandora.trade (maker_account_id, sequence, event_index)`,
    `CREATE INDEX trade_taker ON pandora.trade (taker_account_id, sequence, event_index)`,
    `CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON pandora.trade
      FOR EACH ROW EXECUTE FUNCTION pandora.refuse_change()`
  ]
}
