/**
 * A process that appends to an embedded database until it is killed, and reports which batches were
 * acknowledged.
 */
import { Journal } from "@pandora-exchange/core/ports/Journal"
import { batchAfter, headOf } from "@pandora-exchange/core/testing/Batches"
import { Effect } from "effect"
import * as fs from "node:fs"
import * as PgStorage from "../../src/PgStorage.ts"

const [folder] = process.argv.slice(2) as [string]

/** Written at once: anything buffered is lost with the process. */
const say = (line: string) => Effect.sync(() => fs.writeSync(1, `${line}\n`))

const append = Effect.gen(function* () {
  const journal = yield* Journal
  const claimed = yield* journal.claim
  const { epoch } = claimed
  let { head } = claimed
  for (;;) {
    const batch = batchAfter(head, epoch, 1 + ((head.lastSequence * 7) % 30))
    yield* journal.append(batch)
    head = headOf(batch)
    yield* say(`${head.lastSequence} ${Buffer.from(head.hash).toString("hex")}`)
  }
})

await Effect.runPromise(Effect.provide(append, PgStorage.layerEmbedded({ folder })))
