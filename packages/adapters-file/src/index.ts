/** Journal and snapshots of a venue as files in a folder, or in memory. */
export * as FileJournal from "./FileJournal.ts"
export * as FileSnapshotStore from "./FileSnapshotStore.ts"
export * as FileStorage from "./FileStorage.ts"
export * as MemoryJournal from "./MemoryJournal.ts"
export * as MemorySnapshotStore from "./MemorySnapshotStore.ts"
