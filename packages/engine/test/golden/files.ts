/** Where what earlier builds wrote stands, by format version. */
import { fileURLToPath } from "node:url"

const named = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const journalFile = (version: number): string => named(`journal-${version}.gz`)
export const snapshotFile = (version: number): string => named(`snapshot-${version}.gz`)
