import type { Storage } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { folder } from "../../../scripts/recordings.ts"
import type { Recording } from "../src/Recording.ts"
import { read } from "../src/read.ts"
import { replay } from "../src/replay.ts"

export const bitstampFile = `${folder}bitstamp_BTCUSD_2015-05-01_part1.log.gz`
export const lobsterFile = `${folder}lobster_AAPL_2012-06-21_messages_10.csv.gz`

export const replayed = (recording: Recording, storage: Storage = "memory") =>
  Effect.runPromise(replay(recording, { storage }))

export const readAndReplay = async (file: string, storage: Storage = "memory") => {
  const recording = await Effect.runPromise(read(file))
  return { recording, ...(await replayed(recording, storage)) }
}
