/**
 * Calls a waiter. One that throws has a bug of its own: it is reported as any uncaught error, and
 * costs the others nothing.
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
