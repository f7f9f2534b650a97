/**
 * How the entries of the audit trail hang together. Apart from what is in them, which browsers know
 * as well.
 */
import { createHash } from "node:crypto"
import type { AuditDraft } from "./Identity.ts"

/** What the first entry follows on. */
export const auditGenesis = "0".repeat(64)

/** SHA-256 of the hash before and the fields of the entry in this order, as a JSON array. */
export const auditHash = (
  previousHash: string,
  sequence: number,
  { actor, at, kind, payload, subject }: AuditDraft
): string =>
  createHash("sha256")
    .update(JSON.stringify([previousHash, sequence, at, kind, subject, actor, payload]))
    .digest("hex")
