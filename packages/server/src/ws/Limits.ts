/** The bounds of the stream. */
import type { Bounds } from "./Connection.ts"

export interface Limits extends Bounds {
  readonly connectionsMax: number
  /** But for this machine's own. */
  readonly connectionsPerAddressMax: number
  readonly subscriptionsMax: number
  readonly messagesPerSecondMax: number
  /** Commands of one connection that may wait for their answers. */
  readonly inFlightMax: number
  /** How long a client may stay behind. */
  readonly behindMsMax: number
  readonly pingMs: number
  /** How long a connection may be open without following anything or saying who it is. */
  readonly idleMsMax: number
  /** How often a token is asked about again, though nobody said that anything changed. */
  readonly authenticateAgainMs: number
}

export const limitsDefault: Limits = {
  connectionsMax: 10_000,
  connectionsPerAddressMax: 500,
  subscriptionsMax: 200,
  messagesPerSecondMax: 5_000,
  inFlightMax: 2_000,
  behindMsMax: 10_000,
  pingMs: 15_000,
  idleMsMax: 30_000,
  authenticateAgainMs: 10_000,
  mergeBytes: 256 * 1024,
  budgetBytes: 2 * 1024 * 1024,
  closeGraceMs: 2_000
}
