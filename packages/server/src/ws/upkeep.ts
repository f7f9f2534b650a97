/** What is done to all connections from time to time. */
import { closeCodes } from "@pandora-exchange/contract/channels"
import type { Connections } from "./Connections.ts"
import type { Limits } from "./Limits.ts"

/** Gives each its allowance of messages, and ends those that stay behind or do nothing. */
export const sweep = (connections: Connections, limits: Limits): void => {
  const now = Date.now()
  const { behindMsMax, idleMsMax, messagesPerSecondMax } = limits
  for (const connection of connections) {
    connection.allowance = messagesPerSecondMax
    const { behindSince, openedAt, principal, subscriptions } = connection
    if (behindSince !== undefined && now - behindSince > behindMsMax)
      connection.close(closeCodes.slow, "slow reader")
    else if (principal === undefined && subscriptions.size === 0 && now - openedAt > idleMsMax) {
      connection.close(closeCodes.unauthorized, "nothing was subscribed to")
    }
  }
}

/** Ends those that did not answer the last ping, and pings the others. */
export const ping = (connections: Connections): void => {
  for (const connection of connections) {
    if (!connection.alive) connection.socket.terminate()
    else if (connection.isOpen) {
      connection.alive = false
      connection.socket.ping()
    }
  }
}
