/**
 * A whole text message as one WebSocket frame (RFC 6455 5.2), unmasked, as servers send it. Made
 * once for all recipients.
 */
export const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = 0x81
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 4_294_967_296), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  frame.write(text, head)
  return frame
}
