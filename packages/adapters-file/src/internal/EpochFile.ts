/**
 * The number of the last claim, in a file of two sectors. One sector holds that number, the other
 * the one before, each as `pandora-epoch <format version> <epoch> <CRC-32 of the preceding text>`,
 * padded with zeros. A claim overwrites the older sector. It needs no additional space, so a
 * journal on a full disk can be claimed.
 */
import { Damaged } from "@pandora-exchange/core/ports/Journal"
import { Effect } from "effect"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import { Files, type OpenFile, type OpenMode } from "./Files.ts"
import { sectorBytes } from "./Segment.ts"
import { newerVersion } from "./Tail.ts"

const formatVersion = 1
const fileName = "epoch"

/**
 * Returns the last epoch, 0 if nobody has claimed yet. If there are batches, the file must exist
 * and its epoch must not be below that of the last batch.
 */
export const read = Effect.fnUntraced(function* (folder: string, lastEpoch = 0) {
  const path = join(folder, fileName)
  const names = yield* (yield* Files).list(folder)
  const epoch = names.includes(fileName) ? yield* readNewer(path) : 0
  const damaged = (problem: string) => new Damaged({ place: path, sequence: 0, problem })
  if (typeof epoch === "string") return yield* damaged(epoch)
  if (epoch < lastEpoch)
    return yield* damaged(`epoch ${epoch} is below that of the last batch, ${lastEpoch}`)
  return epoch
})

/** Stores the epoch durably. After a crash the file has either this epoch or the previous one. */
export const write = Effect.fnUntraced(function* (folder: string, epoch: number) {
  const path = join(folder, fileName)
  if (epoch > 1)
    return yield* withFile(path, "write", (file) => file.write([sector(epoch)], sectorOf(epoch)))
  const files = yield* Files
  const temporary = `${path}.tmp`
  yield* withFile(temporary, "create", (file) => file.write([sector(0), sector(1)], 0))
  yield* files.rename(temporary, path)
  yield* files.syncFolder(folder)
})

const sectorOf = (epoch: number): number => (epoch % 2) * sectorBytes

const sector = (epoch: number): Uint8Array => {
  const text = `pandora-epoch ${formatVersion} ${epoch}`
  const bytes = Buffer.alloc(sectorBytes)
  bytes.write(`${text} ${checksum(text)}\n`, "latin1")
  return bytes
}

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, "0")

/** Returns the higher of the two epochs, or what is wrong with them. */
const readNewer = Effect.fnUntraced(function* (path: string) {
  const bytes = Buffer.alloc(2 * sectorBytes)
  const length = yield* withFile(path, "read", (file) => file.read(bytes, 0))
  if (length < bytes.length) return "the file is cut off"
  const even = parse(bytes.subarray(0, sectorBytes))
  const odd = parse(bytes.subarray(sectorBytes))
  if (typeof even === "string") return even
  if (typeof odd === "string") return odd
  return Math.abs(even - odd) === 1 && even % 2 === 0
    ? Math.max(even, odd)
    : "the two epochs do not belong together"
})

const parse = (bytes: Buffer): number | string => {
  const line = bytes.toString("latin1", 0, bytes.indexOf(0))
  const [, text, version, epoch, sum] =
    /^(pandora-epoch (\d+) (\d+)) ([0-9a-f]{8})\n$/.exec(line) ?? []
  if (text === undefined || sum !== checksum(text)) return "the epoch is not what was written"
  if (Number(version) > formatVersion) return newerVersion
  return bytes.equals(sector(Number(epoch))) ? Number(epoch) : "the epoch is not what was written"
}

const withFile = <A, E>(
  path: string,
  mode: OpenMode,
  use: (file: OpenFile) => Effect.Effect<A, E>
) =>
  Effect.flatMap(Files, (files) =>
    Effect.acquireUseRelease(files.open(path, mode), use, (file) => file.close)
  )
