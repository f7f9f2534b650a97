/** The parts of a snapshot: each one writes its part of a state, and reads it again. */
import type { Reader, Writer } from "./SnapshotBytes.ts"
import type { Table } from "./SnapshotTable.ts"
import type { State } from "./State.ts"

export interface Section {
  /** Yields when a piece is full. */
  readonly write: (state: State, w: Writer) => Generator<void>
  /** Reads into the reader's state. */
  readonly read: (r: Reader) => void
}

/**
 * A count, followed by that many rows. A single object serves all rows that are read: copy what you
 * keep.
 */
export const list = <R>(table: Table<R>) => ({
  *write(w: Writer, count: number, rows: Iterable<R>): Generator<void> {
    w.u32(count)
    for (const row of rows) {
      table.write(w, row)
      if (w.full) yield
    }
  },
  read(r: Reader, take: (row: R) => void): void {
    const count = r.count(table.bytesMin(r.version))
    let row: R | undefined
    for (let i = 0; i < count; i++) take((row = table.read(r, row)))
  }
})

/**
 * Rows terminated by `end` in the place of another row's first field, which never has that value. A
 * single object serves all rows that are read.
 */
export const rowsUntil = <R>(end: number, table: Table<R>) => ({
  *write(w: Writer, rows: Iterable<R>): Generator<void> {
    for (const row of rows) {
      table.write(w, row)
      if (w.full) yield
    }
    w[table.firstNumber](end)
    if (w.full) yield
  },
  read(r: Reader, take: (row: R) => void): void {
    let row: R | undefined
    while (!r.ends(table.firstNumber, end)) take((row = table.read(r, row)))
  }
})
