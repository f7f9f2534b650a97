/**
 * Where files written by earlier builds are kept, by rules version, followed by whatever else
 * distinguishes them.
 */
import { fileURLToPath } from "node:url"

const named = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const journalFile = (name: number | string): string => named(`journal-${name}.gz`)
export const snapshotFile = (name: number | string): string => named(`snapshot-${name}.gz`)
