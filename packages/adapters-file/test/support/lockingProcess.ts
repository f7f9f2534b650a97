/** Takes the lock of a folder, reports the outcome, and keeps the lock. */
import { FolderLock } from "@pandora-exchange/core"
import { Effect, Exit } from "effect"

const folder = process.argv[2]!

await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const exit = yield* Effect.exit(FolderLock.acquire(folder))
      const failed = yield* Effect.flip(exit).pipe(Effect.option)
      process.stdout.write(
        `${Exit.isSuccess(exit) ? "acquired" : failed._tag === "Some" ? failed.value._tag : "died"}\n`
      )
      yield* Effect.sleep("1 minute")
    })
  )
)
