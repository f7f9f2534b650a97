/** Periodic maintenance of all connections. */
import { closeCodes } from "@pandora-exchange/contract/channels"
import type { Fence } from "../Fence.ts"
import type { Connections } from "./Connections.ts"
import type { Limits } from "./Limits.ts"

/** Resets each connection's message allowance, and ends those that stay behind or idle. */
export const sweep = (connections: Connections, limits: Limits, fence: Fence): void => {
  const now = Date.now()
  const { behindMsMax, idleMsMax, messagesPerSecondMax } = limits
  fence.each(connections, (connection) => {
    connection.allowance = messagesPerSecondMax
    const { behindSince, openedAt, principal, subscriptions } = connection
    if (behindSince !== undefined && now - behindSince > behindMsMax)
      connection.close(closeCodes.slow, "slow reader")
    else if (principal === undefined && subscriptions.size === 0 && now - openedAt > idleMsMax) {
      connection.close(closeCodes.unauthorized, "nothing was subscribed to")
    }
  })
}

/** Ends those that did not answer the last ping, and pings the others. */
export const ping = (connections: Connections, fence: Fence): void =>
  fence.each(connections, (connection) => {
    if (!connection.alive) connection.socket.terminate()
    else if (connection.isOpen) {
      connection.alive = false
      connection.socket.ping()
    }
  })
