import { setImmediate } from "node:timers/promises"

/** What is not caught while `act` runs, once there is something. */
export const uncaughtIn = async (act: () => void): Promise<ReadonlyArray<unknown>> => {
  const uncaught: Array<unknown> = []
  const listeners = process.listeners("uncaughtException")
  process.removeAllListeners("uncaughtException")
  process.on("uncaughtException", (error) => uncaught.push(error))
  try {
    act()
    while (uncaught.length === 0) await setImmediate()
  } finally {
    process.removeAllListeners("uncaughtException")
    for (const listener of listeners) process.on("uncaughtException", listener)
  }
  return uncaught
}
