/** Arbitrary commands, request keys and events, generated from their layout tables. */
import fc from "fast-check"
import * as Command from "../src/Command.ts"
import * as Event from "../src/Event.ts"
import type * as IdempotencyKey from "../src/IdempotencyKey.ts"
import * as Layout from "../src/Layout.ts"

export const buffer = (
  bytes = Layout.recordBytesMax * 2
): { bytes: Uint8Array; view: DataView } => {
  const made = new Uint8Array(bytes)
  return { bytes: made, view: new DataView(made.buffer) }
}

/** The values of a field that is one of a list, in the order of their codes. */
export const literalsOf = (field: Layout.Field<unknown>): ReadonlyArray<unknown> => {
  const values: Array<unknown> = []
  const { bytes, view } = buffer(1)
  for (let code = 0; code < 256; code++) {
    bytes[0] = code
    try {
      values.push(field.read(view, 0))
    } catch {
      break
    }
  }
  return values
}

const ascii = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
  maxLength: 64
})

/** Includes the ends of the range more often than by chance. */
const wholeUpTo = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.maxSafeNat().map((n) => n % (max + 1)),
    fc.constantFrom(0, 1, max - 1, max)
  )

const i64s = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n))
)

const arbitraryOf = (field: Layout.Field<any>): fc.Arbitrary<unknown> => {
  switch (field) {
    case Layout.u8:
      return wholeUpTo(2 ** 8 - 1)
    case Layout.u16:
      return wholeUpTo(2 ** 16 - 1)
    case Layout.u32:
      return wholeUpTo(2 ** 32 - 1)
    case Layout.u53:
      return wholeUpTo(Number.MAX_SAFE_INTEGER)
    case Layout.i64:
      return i64s
    case Layout.flag:
      return fc.boolean()
    case Layout.text:
      return ascii
    default:
      return fc.constantFrom(...literalsOf(field))
  }
}

const recordOf = (layout: Layout.Layout<any, any>): fc.Arbitrary<any> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(layout.fields as Layout.Fields).map(([name, field]) => [
          name,
          arbitraryOf(field)
        ])
      )
    )
    .map((fields) => ({ _tag: layout.tag, ...fields }))

export const commandOf = (
  layout: (typeof Command.layouts)[number]
): fc.Arbitrary<Command.Command> => recordOf(layout)
export const eventOf = (layout: (typeof Event.layouts)[number]): fc.Arbitrary<Event.Event> =>
  recordOf(layout)
export const commands: fc.Arbitrary<Command.Command> = fc.oneof(...Command.layouts.map(commandOf))
export const events: fc.Arbitrary<Event.Event> = fc.oneof(...Event.layouts.map(eventOf))

export const keys = fc.uuid({ version: 7 }).map((key) => key as IdempotencyKey.IdempotencyKey)

export const requestKeys: fc.Arbitrary<Command.RequestKey | undefined> = fc.oneof(
  fc.constant(undefined),
  keys.map((key): Command.RequestKey => ({ _tag: "Key", key })),
  fc
    .record({ source: ascii, number: wholeUpTo(Number.MAX_SAFE_INTEGER) })
    .map((source): Command.RequestKey => ({ _tag: "Source", ...source }))
)
