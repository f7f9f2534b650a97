/**
 * How the entries of the audit trail are linked. Separate from their content, so that browsers can
 * use it too.
 */
import { createHash } from "node:crypto"
import type { AuditDraft } from "./IdentityRecords.ts"

/** What the first entry links to. */
export const auditGenesis = "0".repeat(64)

/** SHA-256 of the previous hash and the fields of the entry in this order, as a JSON array. */
export const auditHash = (
  previousHash: string,
  sequence: number,
  { actor, at, kind, payload, subject }: AuditDraft
): string =>
  createHash("sha256")
    .update(JSON.stringify([previousHash, sequence, at, kind, subject, actor, payload]))
    .digest("hex")
