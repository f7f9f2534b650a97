/**
 * The key under which a client may repeat a command: a version 7 UUID (RFC 9562), whose first 48
 * bits are its creation time. Because the key reveals its own age, one that the venue no longer
 * remembers is refused instead of executed again.
 */
import type { Brand } from "effect"
import { randomFillSync } from "node:crypto"
import { MalformedRecord } from "./Layout.ts"

export type IdempotencyKey = string & Brand.Brand<"IdempotencyKey">

export const keyBytes = 16
/** How long the venue remembers a key, in venue time. */
export const windowMs = 86_400_000
/** How far a client's clock may be ahead of the venue's. */
export const aheadMsMax = 60_000

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export const isKey = (text: unknown): text is IdempotencyKey =>
  typeof text === "string" && pattern.test(text)

/** Returns a new key created at `timeMs`. */
export const make = (timeMs: number = Date.now()): IdempotencyKey => {
  const bytes = randomFillSync(new Uint8Array(keyBytes))
  const view = new DataView(bytes.buffer)
  view.setUint16(0, timeMs / 4_294_967_296)
  view.setUint32(2, timeMs >>> 0)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return read(view, 0)
}

export const write = (view: DataView, at: number, key: IdempotencyKey): void => {
  if (!isKey(key)) throw new MalformedRecord("an idempotency key is a version 7 UUID in lower case")
  const hex = key.replaceAll("-", "")
  for (let i = 0; i < keyBytes; i++)
    view.setUint8(at + i, Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

export const read = (view: DataView, at: number): IdempotencyKey => {
  let hex = ""
  for (let i = 0; i < keyBytes; i++)
    hex += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, "0")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as IdempotencyKey
}

/** Returns the creation time of the key at `at`, in milliseconds. */
export const timeAt = (view: DataView, at: number): number =>
  view.getUint16(at) * 4_294_967_296 + view.getUint32(at + 2)
