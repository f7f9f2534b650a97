/**
 * Where what earlier builds wrote stands, by rules version, with what else tells them apart behind
 * it.
 */
import { fileURLToPath } from "node:url"

const named = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export const journalFile = (name: number | string): string => named(`journal-${name}.gz`)
export const snapshotFile = (name: number | string): string => named(`snapshot-${name}.gz`)
