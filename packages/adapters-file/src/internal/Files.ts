/**
 * The file operations of this package. All I/O goes through this service. Tests replace it to
 * simulate power loss, full disks and failed writes. It adds one promise to those of the system
 * calls: data is on disk when `write` succeeds.
 */
import { Context, Effect, Schema } from "effect"
import * as fs from "node:fs"
import { dirname, resolve } from "node:path"

/** A system call failed. `code` is the system's name of the reason, such as `ENOSPC`. */
export class FileProblem extends Schema.TaggedError<FileProblem>()("FileProblem", {
  operation: Schema.String,
  path: Schema.String,
  code: Schema.String
}) {
  override get message() {
    return `${this.operation} of ${this.path} failed with ${this.code}`
  }
}

export interface OpenFile {
  readonly path: string
  readonly size: Effect.Effect<number, FileProblem>
  /**
   * Reads from offset `at` into `buffer` and returns the number of bytes. They are fewer than the
   * buffer's length only at the end of the file.
   */
  readonly read: (buffer: Uint8Array, at: number) => Effect.Effect<number, FileProblem>
  /**
   * Writes the parts one after the other at offset `at`. If it succeeds, they are on disk; if it
   * fails, some of the bytes may be.
   */
  readonly write: (parts: ReadonlyArray<Uint8Array>, at: number) => Effect.Effect<void, FileProblem>
  /** Brings to disk what others have written to this file. */
  readonly sync: Effect.Effect<void, FileProblem>
  readonly close: Effect.Effect<void>
}

/** `write` opens an existing file. `create` creates an empty file and replaces an existing one. */
export type OpenMode = "read" | "write" | "create"

export interface Files {
  /** Creates the folder and its missing parents, durably. */
  readonly makeFolder: (path: string) => Effect.Effect<void, FileProblem>
  /** Returns the names of the folder's entries, sorted. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<string>, FileProblem>
  readonly open: (path: string, mode: OpenMode) => Effect.Effect<OpenFile, FileProblem>
  readonly rename: (from: string, to: string) => Effect.Effect<void, FileProblem>
  readonly remove: (path: string) => Effect.Effect<void, FileProblem>
  /** Makes files that were created, renamed or removed in the folder durable. */
  readonly syncFolder: (path: string) => Effect.Effect<void, FileProblem>
}

/** Returns whether a write can fail with this problem because there is no space. */
export const noRoom = ({ code }: FileProblem): boolean =>
  code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG"

// The files contain money and orders, so only the user that runs the venue may read them.
const folderMode = 0o700
const fileMode = 0o600

const { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC } = fs.constants

// With O_DSYNC the write itself returns once the data is on disk: one call to the thread pool
// instead of two. For 16 KB that took 0.15 to 0.2 ms, where write and fdatasync took 0.19 to 0.25
// (`bench/journal.bench.ts`). Only Linux implements it that strictly: macOS needs the F_FULLFSYNC
// of libuv's fdatasync, and Windows has no such flag.
const writesAreDurable = process.platform === "linux"
const O_DSYNC = writesAreDurable ? fs.constants.O_DSYNC : 0

// Windows flushes only files opened for writing, and cannot flush folders.
const isWindows = process.platform === "win32"

const flags: Record<OpenMode, number> = {
  read: isWindows ? O_RDWR : O_RDONLY,
  write: O_RDWR | O_DSYNC,
  create: O_RDWR | O_CREAT | O_TRUNC | O_DSYNC
}

// On success Node and Bun pass `null`, and Deno passes `undefined`.
type Done<A> = (error: NodeJS.ErrnoException | null | undefined, value: A) => void

/**
 * A system call that has started cannot be cancelled, and it uses its buffer and file until it
 * ends. Therefore this waits for it.
 */
const call = <A>(
  operation: string,
  path: string,
  start: (done: Done<A>) => void
): Effect.Effect<A, FileProblem> =>
  Effect.uninterruptible(
    Effect.callback((resume) =>
      start((error, value) =>
        resume(
          error
            ? Effect.fail(new FileProblem({ operation, path, code: error.code ?? error.message }))
            : Effect.succeed(value)
        )
      )
    )
  )

const open = (path: string, mode: OpenMode): Effect.Effect<OpenFile, FileProblem> =>
  Effect.map(
    call<number>("open", path, (done) => fs.open(path, flags[mode], fileMode, done)),
    (fd) => openFile(path, fd)
  )

const openFile = (path: string, fd: number): OpenFile => {
  const sync = call<void>("fdatasync", path, (done) => fs.fdatasync(fd, (error) => done(error)))
  return {
    path,
    sync,
    size: Effect.map(
      call<fs.Stats>("stat", path, (done) => fs.fstat(fd, done)),
      ({ size }) => size
    ),
    read: (buffer, at) => call("read", path, (done) => readFull(fd, buffer, 0, at, done)),
    write: (parts, at) => {
      const write = call<void>("write", path, (done) => writeFull(fd, parts, at, done))
      return writesAreDurable ? write : Effect.andThen(write, sync)
    },
    close: Effect.ignore(call<void>("close", path, (done) => fs.close(fd, (error) => done(error))))
  }
}

const readFull = (
  fd: number,
  buffer: Uint8Array,
  from: number,
  at: number,
  done: Done<number>
): void =>
  fs.read(fd, buffer, from, buffer.length - from, at, (error, count) => {
    if (error) return done(error, 0)
    if (count === 0 || from + count === buffer.length) return done(null, from + count)
    readFull(fd, buffer, from + count, at + count, done)
  })

const writeFull = (
  fd: number,
  parts: ReadonlyArray<Uint8Array>,
  at: number,
  done: Done<void>
): void =>
  fs.writev(fd, parts as Array<Uint8Array>, at, (error, written) => {
    if (error) return done(error)
    const rest = without(parts, written)
    if (rest.length === 0) return done(null)
    writeFull(fd, rest, at + written, done)
  })

const without = (parts: ReadonlyArray<Uint8Array>, count: number): ReadonlyArray<Uint8Array> => {
  const rest: Array<Uint8Array> = []
  for (const part of parts) {
    if (count < part.length) rest.push(part.subarray(count))
    count = Math.max(0, count - part.length)
  }
  return rest
}

const syncFolder = (path: string): Effect.Effect<void, FileProblem> => {
  if (isWindows) return Effect.void
  return Effect.acquireUseRelease(
    call<number>("open", path, (done) => fs.open(path, O_RDONLY, done)),
    (fd) => call<void>("fsync", path, (done) => fs.fsync(fd, (error) => done(error))),
    (fd) => Effect.ignore(call<void>("close", path, (done) => fs.close(fd, (error) => done(error))))
  )
}

const makeFolder = Effect.fnUntraced(function* (path: string) {
  const options = { recursive: true, mode: folderMode } as const
  const first = yield* call<string | undefined>("mkdir", path, (done) =>
    fs.mkdir(path, options, done)
  )
  if (first === undefined) return
  for (let made = resolve(path); made.length >= first.length; made = dirname(made))
    yield* syncFolder(dirname(made))
})

const system: Files = {
  open,
  syncFolder,
  makeFolder,
  list: (path) =>
    Effect.map(
      call<Array<string>>("readdir", path, (done) => fs.readdir(path, done)),
      (names) => names.sort()
    ),
  rename: (from, to) => call("rename", from, (done) => fs.rename(from, to, (error) => done(error))),
  remove: (path) => call("unlink", path, (done) => fs.unlink(path, (error) => done(error)))
}

export const Files = Context.Reference<Files>("@pandora-exchange/adapters-file/internal/Files", {
  defaultValue: () => system
})
