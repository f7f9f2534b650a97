/** Which requests may become a connection. */
import type { Code } from "@pandora-exchange/contract/failures"
import { path } from "@pandora-exchange/contract/channels"
import type { IncomingMessage } from "node:http"
import type { Connections } from "./Connections.ts"
import type { Limits } from "./Limits.ts"

export class Admission {
  private readonly connections: Connections
  private readonly limits: Limits
  private readonly origins: ReadonlySet<string>

  constructor(connections: Connections, limits: Limits, origins: ReadonlyArray<string>) {
    this.connections = connections
    this.limits = limits
    this.origins = new Set(origins)
  }

  /** Why a connection is refused, as far as that can be decided before authentication. */
  refusalOf({ headers, method, url }: IncomingMessage, address: string): Code | undefined {
    if (url !== path) return "NotFound"
    if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket") return "MalformedUrl"
    if (!this.allows(headers.origin, headers.host)) return "OriginNotAllowed"
    const { connectionsMax, connectionsPerAddressMax } = this.limits
    const own = /^(::ffff:)?127\.|^::1$/.test(address)
    if (this.connections.count >= connectionsMax) return "TooManyConnections"
    if (!own && this.connections.countFrom(address) >= connectionsPerAddressMax)
      return "TooManyConnections"
    return undefined
  }

  /** Programs send no origin; pages of this server and of the listed origins may connect. */
  private allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.origins.has(origin)) return true
    return URL.canParse(origin) && new URL(origin).host === host
  }
}
