/** Version 7 UUIDs (RFC 9562), made with what both Node and browsers provide. */

/**
 * Returns a new key. Use one for each request that changes something, and keep it until you have
 * the answer.
 */
export const make = (timeMs: number = Date.now()): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(timeMs / 4_294_967_296))
  view.setUint32(2, timeMs >>> 0)
  bytes[6] = (bytes[6]! & 0x0f) | 0x70
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
