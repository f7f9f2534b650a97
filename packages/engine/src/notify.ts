/**
 * Calls a waiter. An exception in it is a bug of the waiter's: it is reported like any uncaught
 * error, and does not affect the others.
 */
export const notify = (call: () => void): void => {
  try {
    call()
  } catch (bug) {
    queueMicrotask(() => {
      throw bug
    })
  }
}
