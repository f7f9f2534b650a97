/**
 * Replaces the test framework: the tests of a file become checks that one process can run
 * repeatedly.
 */
import { format } from "node:util"

export { assert } from "vitest"

export interface Check {
  readonly title: string
  readonly run: () => void
}

export const collected: Array<Check> = []

let around: ReadonlyArray<string> = []

const each =
  <A>(declare: (title: string, body: () => void) => void) =>
  (rows: ReadonlyArray<A>) =>
  (title: string, body: (...values: ReadonlyArray<unknown>) => void): void => {
    for (const row of rows) {
      const values: ReadonlyArray<unknown> = Array.isArray(row) ? row : [row]
      const used = (title.match(/%[a-z]/g) ?? []).length
      declare(format(title, ...values.slice(0, used)), () => body(...values))
    }
  }

const group = (title: string, body: () => void): void => {
  const before = around
  around = [...before, title]
  body()
  around = before
}

const test = (title: string, run: () => void): void => {
  collected.push({ title: [...around, title].join(": "), run })
}

export const describe = Object.assign(group, { each: each(group) })

export const it = Object.assign(test, { each: each(test) })
