/** Everything a venue stores, as files in one folder: the embedded default. */
import type { FolderLocked, FolderUnusable } from "@pandora-exchange/core/FolderLock"
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import type { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { Layer } from "effect"
import * as FileJournal from "./FileJournal.ts"
import * as FileSnapshotStore from "./FileSnapshotStore.ts"

/**
 * Journal and snapshots in `folder`, which the journal locks; nothing is touched in the folder
 * before that.
 */
export const layer = (
  options: FileJournal.Options
): Layer.Layer<Journal | SnapshotStore, FolderLocked | FolderUnusable> =>
  Layer.provideMerge(FileSnapshotStore.layer(options), FileJournal.layer(options))
