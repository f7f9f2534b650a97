/** The points at which a process can be killed, and what it does just before. */
import { Effect } from "effect"
import * as fs from "node:fs"
import type { FileProblem } from "../../src/internal/Files.ts"
import { sectorBytes } from "../../src/internal/Segment.ts"
import type { Call } from "./interceptedFiles.ts"

export interface Crash {
  /** The calls in question. The process is killed at a later one than the first. */
  readonly at: (call: Call) => boolean
  /** How much of the call still happens. */
  readonly done: "nothing" | "first half" | "second half" | "unsynced" | "all"
}

const isSegment = ({ path }: Call) => path.endsWith(".segment")
const isAppend = (call: Call) => call.operation === "write" && isSegment(call)
const isRename = (suffix: string) => (call: Call) =>
  call.operation === "rename" && call.path.endsWith(suffix)

export const journalCrashes: Record<string, Crash> = {
  "before any write": { at: () => true, done: "nothing" },
  "before a write": { at: isAppend, done: "nothing" },
  "in a write, of which the first half is there": { at: isAppend, done: "first half" },
  "in a write, of which the second half is there": { at: isAppend, done: "second half" },
  "after a write, before its sync": { at: isAppend, done: "unsynced" },
  "after a sync, before the answer": { at: isAppend, done: "all" },
  "while a segment is made": {
    at: ({ operation, path }) => operation === "write" && path.endsWith("spare.tmp"),
    done: "first half"
  },
  "before a segment gets its name": { at: isRename(".segment"), done: "nothing" },
  "after a segment got its name, before the folder is synced": {
    at: isRename(".segment"),
    done: "all"
  },
  "before the folder is synced": {
    at: ({ operation }) => operation === "syncFolder",
    done: "nothing"
  },
  "before an epoch is written": { at: ({ path }) => path.endsWith("epoch"), done: "nothing" },
  "after an epoch was written": { at: ({ path }) => path.endsWith("epoch"), done: "all" }
}

/** What happens only once, in an empty folder. */
export const firstCrashes: Record<string, Crash> = {
  "before the first epoch is written": {
    at: ({ path }) => path.endsWith("epoch.tmp"),
    done: "nothing"
  },
  "before the first epoch is there": { at: isRename("epoch"), done: "nothing" },
  "when the first epoch is there": { at: isRename("epoch"), done: "all" }
}

const isSnapshotWrite = ({ operation, path }: Call) =>
  operation === "write" && path.includes("snapshots")

export const snapshotCrashes: Record<string, Crash> = {
  "in the middle of a snapshot": { at: isSnapshotWrite, done: "first half" },
  "before a snapshot is renamed": { at: isRename(".snapshot"), done: "nothing" },
  "after a snapshot was renamed": { at: isRename(".snapshot"), done: "all" },
  "before an old snapshot is removed": {
    at: ({ operation }) => operation === "remove",
    done: "nothing"
  },
  "after an old snapshot was removed": {
    at: ({ operation }) => operation === "remove",
    done: "all"
  }
}

/** Dies at the `nth` matching call, as in a power cut. */
export const crashingAt = ({ at, done }: Crash, nth: number) => {
  let calls = 0
  return (
    call: Call,
    proceed: Effect.Effect<void, FileProblem>
  ): Effect.Effect<void, FileProblem> => {
    if (!at(call) || ++calls < nth) return proceed
    if (done === "all") return Effect.andThen(proceed, Effect.sync(die))
    return Effect.sync(() => {
      leave(call, done)
      die()
    })
  }
}

const leave = ({ path, at, bytes }: Call, done: Exclude<Crash["done"], "all">): void => {
  if (done === "nothing") return
  const half = sectorBytes * Math.floor(bytes.length / sectorBytes / 2)
  const [from, to] =
    done === "first half"
      ? [0, half]
      : done === "second half"
        ? [half, bytes.length]
        : [0, bytes.length]
  const file = fs.openSync(path, "r+")
  fs.writeSync(file, bytes, from, to - from, at + from)
}

const die = (): never => {
  process.kill(process.pid, "SIGKILL")
  throw new Error("unreachable")
}

/** 3 MB that differ for every sequence. */
export const snapshotState = (sequence: number): Uint8Array =>
  new Uint8Array(3_000_000).fill(sequence)
