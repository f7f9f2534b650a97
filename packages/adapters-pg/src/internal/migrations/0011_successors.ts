import type { Migration } from "../Migration.ts"

/** What a used refresh token was answered with; absent of those that were used before. */
export const successors: Migration = {
  name: "successors",
  statements: [`ALTER TABLE pandora.identity_refresh_token ADD COLUMN successor text`]
}
