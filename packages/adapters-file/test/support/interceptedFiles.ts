import { Effect } from "effect"
import { FileProblem, Files, type OpenFile, type OpenMode } from "../../src/internal/Files.ts"

/** A call that is about to change something on disk. */
export interface Call {
  readonly operation: "create" | "write" | "rename" | "remove" | "syncFolder"
  readonly path: string
  /** For a write: all the bytes, and their position. */
  readonly bytes: Uint8Array
  readonly at: number
}

/**
 * The real file system with every change passing through `intercept`, which may perform it, fail,
 * or do something in between.
 */
export const interceptedFiles = (
  intercept: (
    call: Call,
    proceed: Effect.Effect<void, FileProblem>
  ) => Effect.Effect<void, FileProblem>
): Files => {
  const system = Files.defaultValue()
  const change = (
    call: Pick<Call, "operation" | "path"> & Partial<Call>,
    proceed: Effect.Effect<void, FileProblem>
  ): Effect.Effect<void, FileProblem> =>
    Effect.suspend(() => intercept({ bytes: new Uint8Array(), at: 0, ...call }, proceed))

  const open = (path: string, mode: OpenMode): Effect.Effect<OpenFile, FileProblem> => {
    const opened = Effect.map(system.open(path, mode), (file) => ({
      ...file,
      write: (parts: ReadonlyArray<Uint8Array>, at: number) =>
        change({ operation: "write", path, bytes: Buffer.concat(parts), at }, file.write(parts, at))
    }))
    return mode === "create"
      ? Effect.andThen(change({ operation: "create", path }, Effect.void), opened)
      : opened
  }

  return {
    ...system,
    open,
    rename: (from, to) => change({ operation: "rename", path: to }, system.rename(from, to)),
    remove: (path) => change({ operation: "remove", path }, system.remove(path)),
    syncFolder: (path) => change({ operation: "syncFolder", path }, system.syncFolder(path))
  }
}

/** Files where each write, or each read, fails with `code` while one is set. */
export const failingFiles = () => {
  const failing: { write?: string; read?: string } = {}
  const unless = <A>(
    operation: "write" | "read",
    path: string,
    proceed: Effect.Effect<A, FileProblem>
  ): Effect.Effect<A, FileProblem> =>
    Effect.suspend(() => {
      const code = failing[operation]
      return code === undefined ? proceed : Effect.fail(new FileProblem({ operation, path, code }))
    })
  const intercepted = interceptedFiles((call, proceed) =>
    call.operation === "write" ? unless("write", call.path, proceed) : proceed
  )
  const files: Files = {
    ...intercepted,
    list: (path) => unless("read", path, intercepted.list(path)),
    open: (path, mode) => {
      const opened = intercepted.open(path, mode)
      return mode === "read" ? unless("read", path, opened) : opened
    }
  }
  const during = (code: string, operation: "write" | "read" = "write") =>
    Effect.sync(() => {
      failing[operation] = code
      return Effect.sync(() => {
        delete failing[operation]
      })
    })
  return { files, during }
}
