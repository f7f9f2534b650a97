/**
 * Where a page ended, as text that callers hand back and need not understand.
 *
 * ```
 * u8 which list, u64 each number of the place, u32 CRC-32 of all that
 * ```
 * Little-endian, in base64url. It names a place and nothing else: what may be seen there is asked
 * anew each time.
 */
import { readU53, writeU53 } from "@pandora-exchange/core/Layout"
import { Schema } from "effect"
import { crc32 } from "node:zlib"

/** The text is not a cursor of this list. */
export class CursorRefused extends Schema.TaggedError<CursorRefused>()("CursorRefused", {}) {
  override get message() {
    return "This cursor is not from this list. Start without a cursor."
  }
}

/** Numbers are never reused: cursors outlive builds. */
export const lists = { orders: 1, fills: 2, trades: 3, entries: 4 } as const
export type List = keyof typeof lists

/** How many numbers identify a position in each list. */
const sizes = { orders: 1, fills: 3, trades: 2, entries: 2 } as const satisfies Record<List, number>

const crcBytes = 4

export const encode = (list: List, place: ReadonlyArray<number>): string => {
  const bytes = new Uint8Array(1 + 8 * place.length + crcBytes)
  const view = new DataView(bytes.buffer)
  bytes[0] = lists[list]
  for (const [i, number] of place.entries()) writeU53(view, 1 + 8 * i, number)
  view.setUint32(bytes.length - crcBytes, crc32(bytes.subarray(0, -crcBytes)), true)
  return Buffer.from(bytes).toString("base64url")
}

export const decode = (list: List, text: unknown): ReadonlyArray<number> | CursorRefused => {
  const length = 1 + 8 * sizes[list] + crcBytes
  if (typeof text !== "string" || text.length !== Math.ceil((length * 4) / 3))
    return new CursorRefused()
  const bytes = Buffer.from(text, "base64url")
  // Each position has exactly one text: other letters that decode to the same bytes are refused,
  // too.
  if (bytes.length !== length || bytes.toString("base64url") !== text) return new CursorRefused()
  if (
    bytes[0] !== lists[list] ||
    bytes.readUInt32LE(length - crcBytes) !== crc32(bytes.subarray(0, -crcBytes))
  ) {
    return new CursorRefused()
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const place = Array.from({ length: sizes[list] }, (_, i) => readU53(view, 1 + 8 * i))
  return place.every(Number.isSafeInteger) ? place : new CursorRefused()
}
