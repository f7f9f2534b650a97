/**
 * Copies fields between bytes and objects with code generated from their table once, at load time.
 * An order's fields are copied three times on its way into the book: a loop over the table, or a
 * closure per field, would cost a tenth of the whole command.
 */
import type { Layout } from "@pandora-exchange/core"

/** Field values as the engine stores them: one of a list is its position there. */
export type Raw<F extends Layout.Fields> = {
  -readonly [K in keyof F]: F[K] extends Layout.Field<infer A> ? RawOf<A> : never
}
type RawOf<A> = A extends boolean ? boolean : A extends bigint ? bigint | number : number

/** The fixed fields of a record, and their offsets. */
export interface Table<F extends Layout.Fields> {
  readonly fields: F
  readonly offsets: { readonly [K in keyof F]: number }
}

/** The lines refer to the functions' parameters by name. */
export const compile = <A extends ReadonlyArray<unknown>>(
  parameters: ReadonlyArray<string>,
  lines: ReadonlyArray<string>
): ((...values: A) => void) =>
  new Function(...parameters, `"use strict"\n${lines.join("\n")}`) as never

const word = 4_294_967_296

/** Reads the named fields of the record at `at` into an object. */
export const readerOf = <F extends Layout.Fields, K extends keyof F & string>(
  { fields, offsets }: Table<F>,
  names: ReadonlyArray<K>
): ((view: DataView, at: number, to: Raw<Pick<F, K>>) => void) =>
  compile(
    ["view", "at", "to"],
    names.map((name) => `to.${name} = ${readCode(fields[name]!.kind, offsets[name])}`)
  )

const readCode = (kind: Layout.Kind, offset: number): string => {
  const low = `view.getUint32(at + ${offset}, true)`
  const high = `view.getUint32(at + ${offset + 4}, true)`
  switch (kind) {
    case "u8":
    case "literals":
      return `view.getUint8(at + ${offset})`
    case "flag":
      return `view.getUint8(at + ${offset}) === 1`
    case "u16":
      return `view.getUint16(at + ${offset}, true)`
    case "u32":
      return low
    case "u53":
      return `${low} + ${high} * ${word}`
    case "i64":
      // Most are 0, and creating a bigint leaves garbage.
      return `(${low} | ${high}) === 0 ? 0n : view.getBigInt64(at + ${offset}, true)`
    case "text":
      throw new Error("a text has no fixed place")
  }
}

/**
 * Writes every fixed field of the record at `at`, so that nothing of its previous content remains.
 */
export const writerOf = <F extends Layout.Fields>({
  fields,
  offsets
}: Table<F>): ((view: DataView, at: number, from: Raw<FixedOf<F>>) => void) =>
  compile(
    ["view", "at", "from"],
    Object.entries(fields)
      .filter(([, { kind }]) => kind !== "text")
      .map(
        ([name, { kind }]) => `{ const value = from.${name}; ${writeCode(kind, offsets[name]!)} }`
      )
  )

/** All fields except texts. */
type FixedOf<F extends Layout.Fields> = {
  readonly [K in keyof F as F[K] extends Layout.Field<string> ? never : K]: F[K]
}

const writeCode = (kind: Layout.Kind, offset: number): string => {
  const wide = `view.setUint32(at + ${offset}, value >>> 0, true); view.setUint32(at + ${offset + 4}, (value / ${word}) >>> 0, true)`
  switch (kind) {
    case "u8":
    case "literals":
      return `view.setUint8(at + ${offset}, value)`
    case "flag":
      return `view.setUint8(at + ${offset}, value ? 1 : 0)`
    case "u16":
      return `view.setUint16(at + ${offset}, value, true)`
    case "u32":
      return `view.setUint32(at + ${offset}, value, true)`
    case "u53":
      return wide
    case "i64":
      return `if (typeof value === "number") { ${wide} } else view.setBigInt64(at + ${offset}, value, true)`
    case "text":
      throw new Error("a text has no fixed place")
  }
}
