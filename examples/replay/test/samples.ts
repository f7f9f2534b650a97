import type { Storage } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Recording } from "../src/Recording.ts"
import { read } from "../src/read.ts"
import { replay } from "../src/replay.ts"

const recordings = fileURLToPath(new URL("../../../../shared/data/l3/", import.meta.url))

export const bitstampFile = `${recordings}bitstamp_BTCUSD_2015-05-01_part1.log.gz`
export const lobsterFile = `${recordings}lobster_AAPL_2012-06-21_messages_10.csv.gz`

/** In a checkout without recordings their tests are skipped; where everything has to be checked they fail. */
export const noRecordings = !existsSync(bitstampFile) && process.env["CI"] !== "true"

/** For titles: why the tests are skipped. */
export const unlessMissing = noRecordings ? ` (skipped: there are no recordings in ${recordings})` : ""

export const replayed = (recording: Recording, storage: Storage = "memory") =>
  Effect.runPromise(replay(recording, { storage }))

export const readAndReplay = async (file: string, storage: Storage = "memory") => {
  const recording = await Effect.runPromise(read(file))
  return { recording, ...(await replayed(recording, storage)) }
}
