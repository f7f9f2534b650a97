import * as fs from "node:fs"

/** Changes part of a file in place. */
export const overwrite = (path: string, at: number, bytes: Uint8Array): void => {
  const file = fs.openSync(path, "r+")
  fs.writeSync(file, bytes, 0, bytes.length, at)
  fs.closeSync(file)
}

export const flipBit = (path: string, at: number, bit: number): void => {
  const byte = fs.readFileSync(path)[at]!
  overwrite(path, at, Uint8Array.of(byte ^ (1 << bit)))
}
