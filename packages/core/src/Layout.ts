/**
 * Binary records: one table per record determines its type, its encoder, its decoder and its field
 * offsets.
 *
 * A record is `u8 code, u8 flags, u16 length` followed by its fields, little-endian, unaligned.
 * Fields of fixed size come first and so have constant offsets, which the engine's inner loop
 * relies on; texts (ASCII, `u8` length) come last. Codes, field order and literal order never
 * change: new ones are appended (`docs/concepts/journal-format.md`).
 */

export const headerBytes = 4
/** No record is longer: the length field and the spare room of every buffer rely on this. */
export const recordBytesMax = 512

export type Kind = "u8" | "u16" | "u32" | "u53" | "i64" | "flag" | "literals" | "text"

export interface Field<A> {
  readonly kind: Kind
  /** Its size in bytes; 0 for text, whose size varies. */
  readonly size: number
  /** The value that zero bytes represent. */
  readonly zero: A
  /** For a list: its values, by position. */
  readonly values?: ReadonlyArray<A>
  readonly write: (view: DataView, at: number, value: A) => void
  readonly read: (view: DataView, at: number) => A
}

/** The stored bytes are not a record of this layout. */
export class MalformedRecord extends Error {
  override readonly name = "MalformedRecord"
}

const field = <A>(
  kind: Kind,
  size: number,
  zero: A,
  write: Field<A>["write"],
  read: Field<A>["read"]
): Field<A> => ({
  kind,
  size,
  zero,
  write,
  read
})

/** Values that a `DataView` would truncate are refused. */
const whole = (n: number, max: number): number => {
  if (!(Number.isInteger(n) && n >= 0 && n <= max))
    throw new MalformedRecord(`${n} is no whole number from 0 to ${max}`)
  return n
}

export const u8 = field<number>(
  "u8",
  1,
  0,
  (v, at, n) => v.setUint8(at, whole(n, 0xff)),
  (v, at) => v.getUint8(at)
)
export const u16 = field<number>(
  "u16",
  2,
  0,
  (v, at, n) => v.setUint16(at, whole(n, 0xffff), true),
  (v, at) => v.getUint16(at, true)
)
export const u32 = field<number>(
  "u32",
  4,
  0,
  (v, at, n) => v.setUint32(at, whole(n, 0xffff_ffff), true),
  (v, at) => v.getUint32(at, true)
)
export const i64 = field<bigint>(
  "i64",
  8,
  0n,
  (v, at, n) => {
    if (BigInt.asIntN(64, n) !== n) throw new MalformedRecord(`${n} does not fit 64 bits`)
    v.setBigInt64(at, n, true)
  },
  (v, at) => v.getBigInt64(at, true)
)

const word = 4_294_967_296

/** Writes a whole number from 0 to 2^53 - 1 as `u64`. */
export const writeU53 = (view: DataView, at: number, value: number): void => {
  view.setUint32(at, value >>> 0, true)
  view.setUint32(at + 4, (value / word) >>> 0, true)
}

export const readU53 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * word

export const u53 = field<number>(
  "u53",
  8,
  0,
  (view, at, value) => writeU53(view, at, whole(value, Number.MAX_SAFE_INTEGER)),
  (view, at) => {
    const value = readU53(view, at)
    if (value > Number.MAX_SAFE_INTEGER)
      throw new MalformedRecord(`a whole number at ${at} is past 2^53`)
    return value
  }
)

export const flag = field<boolean>(
  "flag",
  1,
  false,
  (v, at, b) => v.setUint8(at, b ? 1 : 0),
  (v, at) => {
    const byte = v.getUint8(at)
    if (byte > 1) throw new MalformedRecord(`byte ${byte} at ${at} is neither 0 nor 1`)
    return byte === 1
  }
)

/** One of a fixed list, stored as its index. The list may only grow at its end. */
export const literals = <const L extends ReadonlyArray<string>>(values: L): Field<L[number]> => {
  const indexes = new Map<string, number>(values.map((value, i) => [value, i]))
  const stored = field<L[number]>(
    "literals",
    1,
    values[0]!,
    (v, at, value) => {
      const index = indexes.get(value)
      if (index === undefined) throw new MalformedRecord(`${value} is none of ${values.join(", ")}`)
      v.setUint8(at, index)
    },
    (v, at) => {
      const value = values[v.getUint8(at)]
      if (value === undefined)
        throw new MalformedRecord(`byte ${v.getUint8(at)} at ${at} is none of ${values.join(", ")}`)
      return value
    }
  )
  return { ...stored, values }
}

/** A field of another type, stored as this one. */
export const as =
  <B>() =>
  <A>(stored: Field<A>): Field<B> =>
    stored as unknown as Field<B>

const textLengthMax = 64

export const text: Field<string> = field<string>(
  "text",
  0,
  "",
  (v, at, value) => {
    if (value.length > textLengthMax)
      throw new MalformedRecord(`text of ${value.length} characters, ${textLengthMax} are the most`)
    v.setUint8(at, value.length)
    for (let i = 0; i < value.length; i++) {
      const c = value.charCodeAt(i)
      if (c < 32 || c > 126) throw new MalformedRecord(`character ${c} in text that is ASCII only`)
      v.setUint8(at + 1 + i, c)
    }
  },
  (v, at) => {
    const length = at < v.byteLength ? v.getUint8(at) : Number.POSITIVE_INFINITY
    if (length > textLengthMax || at + 1 + length > v.byteLength)
      throw new MalformedRecord(`text at ${at} runs past its record`)
    let value = ""
    for (let i = 0; i < length; i++) {
      const c = v.getUint8(at + 1 + i)
      if (c < 32 || c > 126)
        throw new MalformedRecord(`character ${c} at ${at + 1 + i} in text that is ASCII only`)
      value += String.fromCharCode(c)
    }
    return value
  }
)

export type Fields = Readonly<Record<string, Field<any>>>

export type Values<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer A> ? A : never
}

export type Value<Tag extends string, F extends Fields> = { readonly _tag: Tag } & Values<F>

export interface Layout<Tag extends string, F extends Fields> {
  readonly tag: Tag
  readonly code: number
  readonly fields: F
  /** The offset of each fixed field from the record's first byte. Texts are not listed. */
  readonly offsets: { readonly [K in keyof F]: number }
  /** Header and fixed fields: the offset of the first text. */
  readonly fixedBytes: number
  /** Writes the record at `at` and returns the offset after it. */
  readonly encode: (view: DataView, at: number, value: Value<Tag, F>, flags?: number) => number
  readonly decode: (view: DataView, at: number) => Value<Tag, F>
}

export type Type<L> = L extends Layout<infer Tag, infer F> ? Value<Tag, F> : never

export const make = <const Tag extends string, const F extends Fields>(
  tag: Tag,
  code: number,
  fields: F
): Layout<Tag, F> => {
  const list = Object.entries(fields)
  const offsets: Record<string, number> = {}
  let fixedBytes = headerBytes
  let textSeen = false
  for (const [name, { size }] of list) {
    if (size === 0) textSeen = true
    else if (textSeen) throw new Error(`${tag}.${name}: fields of fixed size come before texts`)
    else {
      offsets[name] = fixedBytes
      fixedBytes += size
    }
  }
  return {
    tag,
    code,
    fields,
    offsets: offsets as Layout<Tag, F>["offsets"],
    fixedBytes,
    encode: (view, at, value, flags = 0) => {
      let end = at + headerBytes
      for (const [name, { size, write }] of list) {
        write(view, end, (value as Record<string, unknown>)[name])
        end += size === 0 ? 1 + view.getUint8(end) : size
      }
      writeHeader(view, at, code, flags, end - at)
      return end
    },
    decode: (view, at) => {
      if (at + headerBytes > view.byteLength) throw new MalformedRecord(`no ${tag} at ${at}`)
      const end = at + lengthAt(view, at)
      if (view.getUint8(at) !== code || end > view.byteLength)
        throw new MalformedRecord(`no ${tag} at ${at}`)
      const value: Record<string, unknown> = { _tag: tag }
      let from = at + headerBytes
      for (const [name, { size, read }] of list) {
        if (from + size > end)
          throw new MalformedRecord(`${tag}.${name} at ${from} runs past its record`)
        value[name] = read(view, from)
        from += size === 0 ? 1 + view.getUint8(from) : size
      }
      if (from > end) throw new MalformedRecord(`${tag} at ${at} runs past its length`)
      return value as Value<Tag, F>
    }
  }
}

/**
 * The same fields, or their values, under other names, for a record that has several sets of them:
 * `side` becomes `firstSide`.
 */
export const prefixed = <const P extends string, const F extends object>(prefix: P, fields: F) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      prefix + name[0]!.toUpperCase() + name.slice(1),
      field
    ])
  ) as { readonly [K in keyof F & string as `${P}${Capitalize<K>}`]: F[K] }

/** The fields that `others` does not have. */
export const without = <const F extends Fields, const O extends object>(
  fields: F,
  others: O
): Omit<F, keyof O> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => !(name in others))
  ) as unknown as Omit<F, keyof O>

/** The value of each field when its bytes are zero. */
export const zeros = <const F extends Fields>(fields: F): Values<F> =>
  Object.fromEntries(Object.entries(fields).map(([name, { zero }]) => [name, zero])) as Values<F>

export const writeHeader = (
  view: DataView,
  at: number,
  code: number,
  flags: number,
  length: number
): void => {
  view.setUint8(at, code)
  view.setUint8(at + 1, flags)
  view.setUint16(at + 2, length, true)
}

export const codeAt = (view: DataView, at: number): number => view.getUint8(at)
export const flagsAt = (view: DataView, at: number): number => view.getUint8(at + 1)
/** The length of the record at `at`, including its header. */
export const lengthAt = (view: DataView, at: number): number => view.getUint16(at + 2, true)

/** Encoder and decoder for records of several kinds. */
export interface Union<V> {
  /** Writes the record at `at` and returns the offset after it. */
  readonly encode: (view: DataView, at: number, value: V, flags?: number) => number
  readonly decode: (view: DataView, at: number) => V
}

export const union = <const L extends ReadonlyArray<Layout<any, any>>>(
  name: string,
  layouts: L
): Union<Type<L[number]>> => {
  const byCode: Array<Layout<any, any> | undefined> = []
  const byTag = new Map<string, Layout<any, any>>()
  for (const layout of layouts) {
    if (byCode[layout.code] !== undefined || byTag.has(layout.tag))
      throw new Error(`two kinds of ${name} are ${layout.tag}`)
    byCode[layout.code] = layout
    byTag.set(layout.tag, layout)
  }
  return {
    encode: (view, at, value, flags) => {
      const tag = (value as { readonly _tag: string })._tag
      const layout = byTag.get(tag)
      if (layout === undefined) throw new MalformedRecord(`no ${name} is ${tag}`)
      return layout.encode(view, at, value, flags)
    },
    decode: (view, at) => {
      if (at >= view.byteLength) throw new MalformedRecord(`no ${name} at ${at}`)
      const layout = byCode[codeAt(view, at)]
      if (layout === undefined) throw new MalformedRecord(`no ${name} has code ${codeAt(view, at)}`)
      return layout.decode(view, at) as Type<L[number]>
    }
  }
}
