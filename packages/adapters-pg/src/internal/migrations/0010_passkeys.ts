import type { Migration } from "../Migration.ts"

/**
 * The owner of each passkey, among users who are not closed: one passkey belongs to one user.
 *
 * Source: Web Authentication, 7.1, step 26: a credential that is registered for another user is
 * refused.
 */
export const passkeys: Migration = {
  name: "passkeys",
  statements: [
    `CREATE TABLE pandora.identity_passkey (
      venue_id text COLLATE "C" NOT NULL,
      credential_id text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      PRIMARY KEY (venue_id, credential_id),
      FOREIGN KEY (venue_id, user_id) REFERENCES pandora.identity_user
    )`,
    `CREATE INDEX identity_passkey_user ON pandora.identity_passkey (venue_id, user_id)`,
    `INSERT INTO pandora.identity_passkey (venue_id, credential_id, user_id)
      SELECT venue_id, passkey ->> 'credentialId', user_id
      FROM pandora.identity_user, jsonb_array_elements(secrets -> 'passkeys') AS passkey
      WHERE status <> 'closed'`
  ]
}
