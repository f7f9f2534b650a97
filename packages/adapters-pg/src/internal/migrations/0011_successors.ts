import type { Migration } from "../Migration.ts"

/** The successor returned for a used refresh token; absent for tokens used earlier. */
export const successors: Migration = {
  name: "successors",
  statements: [`ALTER TABLE pandora.identity_refresh_token ADD COLUMN successor text`]
}
