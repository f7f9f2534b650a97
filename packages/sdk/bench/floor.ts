/**
 * The floor under a journal: the same bytes in the same batches, written to disk, and nothing else.
 */
import { FileJournal } from "@pandora-exchange/adapters-file"
import { Ids } from "@pandora-exchange/core"
import { Effect, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"

/**
 * The batches in the journal in `folder`, starting with the one that begins with the command
 * `from`.
 */
export const batchesFrom = async (
  folder: string,
  from: number
): Promise<ReadonlyArray<Uint8Array>> => {
  const batches = await Effect.runPromise(
    Stream.runCollect(FileJournal.reader({ folder }).read(Ids.Sequence(from)))
  )
  return batches.map(({ bytes }) => bytes)
}

// The same way as the journal: see `packages/adapters-file/src/internal/Files.ts` and `Segment.ts`.
const writesAreDurable = process.platform === "linux"
const sectorBytes = 512
const aligned = (bytes: number): number => Math.ceil(bytes / sectorBytes) * sectorBytes

/**
 * The seconds it takes to write the batches, one after another, into a file in `folder` whose
 * blocks are already allocated.
 */
export const secondsToWrite = async (
  batches: ReadonlyArray<Uint8Array>,
  folder: string
): Promise<number> => {
  const path = join(folder, "floor")
  const flags =
    fs.constants.O_RDWR | fs.constants.O_CREAT | (writesAreDurable ? fs.constants.O_DSYNC : 0)
  const fd = fs.openSync(path, flags)
  try {
    allocate(
      fd,
      batches.reduce((sum, { length }) => sum + aligned(length), 0)
    )
    const begin = performance.now()
    await writeAll(fd, batches)
    return (performance.now() - begin) / 1_000
  } finally {
    fs.closeSync(fd)
  }
}

const allocate = (fd: number, bytes: number): void => {
  const zeros = new Uint8Array(1 << 20)
  for (let at = fs.fstatSync(fd).size; at < bytes; at += zeros.length)
    fs.writeSync(fd, zeros, 0, zeros.length, at)
  fs.fsyncSync(fd)
}

const writeAll = (fd: number, batches: ReadonlyArray<Uint8Array>): Promise<void> =>
  new Promise((resolve, reject) => {
    const fill = new Uint8Array(sectorBytes).fill(0xff)
    let at = 0
    let index = 0
    const next = (): void => {
      const batch = batches[index++]
      if (batch === undefined) return resolve()
      const bytes = aligned(batch.length)
      fs.writev(fd, [batch, fill.subarray(0, bytes - batch.length)], at, (error, written) => {
        if (error !== null) return reject(error)
        if (written !== bytes) return reject(new Error(`${written} of ${bytes} bytes were written`))
        at += bytes
        if (writesAreDurable) next()
        else fs.fdatasync(fd, (error) => (error === null ? next() : reject(error)))
      })
    }
    next()
  })
