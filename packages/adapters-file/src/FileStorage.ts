/** Everything a venue stores, as files in one folder: the default storage. */
import type { FolderLocked, FolderUnusable } from "@pandora-exchange/core/FolderLock"
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import type { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { Layer } from "effect"
import * as FileJournal from "./FileJournal.ts"
import * as FileSnapshotStore from "./FileSnapshotStore.ts"

/**
 * Opens journal and snapshots in `folder`. The journal locks the folder before anything in it is
 * touched.
 */
export const layer = (
  options: FileJournal.Options
): Layer.Layer<Journal | SnapshotStore, FolderLocked | FolderUnusable> =>
  Layer.provideMerge(FileSnapshotStore.layer(options), FileJournal.layer(options))
