import type { Migration } from "../Migration.ts"

/**
 * Users, sessions with their refresh tokens, signing keys, and the audit trail with its head. Times
 * are milliseconds since 1970.
 */
export const identity: Migration = {
  name: "identity",
  statements: [
    `CREATE TABLE pandora.identity_user (
      venue_id text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      version int8 NOT NULL CHECK (version > 0),
      email text COLLATE "C" NOT NULL CHECK (email = lower(email)),
      name text NOT NULL,
      status text NOT NULL CHECK (status IN ('active', 'frozen', 'closed')),
      kyc text NOT NULL CHECK (kyc IN ('none', 'pending', 'verified', 'rejected')),
      roles text[] NOT NULL,
      accounts jsonb NOT NULL,
      -- Apart, so that who looks at users need not see it.
      secrets jsonb NOT NULL,
      created_at int8 NOT NULL,
      PRIMARY KEY (venue_id, user_id)
    )`,
    `CREATE UNIQUE INDEX identity_user_email ON pandora.identity_user (venue_id, email) WHERE status <> 'closed'`,

    `CREATE TABLE pandora.identity_session (
      venue_id text COLLATE "C" NOT NULL,
      session_id text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      created_at int8 NOT NULL,
      expires_at int8 NOT NULL,
      refreshed_at int8 NOT NULL,
      proven_at int8 NOT NULL,
      factor_at int8,
      address text NOT NULL,
      agent text NOT NULL,
      ended_at int8,
      end_reason text,
      CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
      PRIMARY KEY (venue_id, session_id),
      FOREIGN KEY (venue_id, user_id) REFERENCES pandora.identity_user
    )`,
    `CREATE INDEX identity_session_live ON pandora.identity_session (venue_id, user_id, created_at) WHERE ended_at IS NULL`,
    `CREATE INDEX identity_session_expiry ON pandora.identity_session (venue_id, expires_at)`,

    `CREATE TABLE pandora.identity_refresh_token (
      venue_id text COLLATE "C" NOT NULL,
      hash text COLLATE "C" NOT NULL,
      session_id text COLLATE "C" NOT NULL,
      used_at int8,
      PRIMARY KEY (venue_id, hash),
      FOREIGN KEY (venue_id, session_id) REFERENCES pandora.identity_session ON DELETE CASCADE
    )`,
    `CREATE INDEX identity_refresh_token_session ON pandora.identity_refresh_token (venue_id, session_id)`,
    // A family has at most one unused token.
    `CREATE UNIQUE INDEX identity_refresh_token_unused
      ON pandora.identity_refresh_token (venue_id, session_id) WHERE used_at IS NULL`,

    `CREATE TABLE pandora.identity_signing_key (
      venue_id text COLLATE "C" NOT NULL,
      key_id text COLLATE "C" NOT NULL,
      algorithm text NOT NULL,
      public_key text NOT NULL,
      private_key text NOT NULL,
      signs_from int8 NOT NULL,
      published_until int8 NOT NULL,
      PRIMARY KEY (venue_id, key_id)
    )`,

    `CREATE TABLE pandora.audit_head (
      venue_id text COLLATE "C" PRIMARY KEY,
      sequence int8 NOT NULL,
      hash text NOT NULL
    )`,
    `CREATE TABLE pandora.audit_entry (
      venue_id text COLLATE "C" NOT NULL,
      sequence int8 NOT NULL CHECK (sequence > 0),
      at int8 NOT NULL,
      kind text NOT NULL,
      subject text,
      actor text,
      payload text NOT NULL,
      hash text NOT NULL CHECK (length(hash) = 64),
      PRIMARY KEY (venue_id, sequence)
    )`,
    `CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON pandora.audit_entry
      FOR EACH ROW EXECUTE FUNCTION pandora.refuse_change()`,
    `CREATE TRIGGER never_truncated BEFORE TRUNCATE ON pandora.audit_entry
      FOR EACH STATEMENT EXECUTE FUNCTION pandora.refuse_change()`
  ]
}
