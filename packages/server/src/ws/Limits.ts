/** The limits of the stream. */
import type { Bounds } from "./Connection.ts"

export interface Limits extends Bounds {
  readonly connectionsMax: number
  /** Except from this machine itself. */
  readonly connectionsPerAddressMax: number
  readonly subscriptionsMax: number
  readonly messagesPerSecondMax: number
  /** Commands of one connection that may be waiting for their answers. */
  readonly inFlightMax: number
  /** How long a client may stay behind. */
  readonly behindMsMax: number
  readonly pingMs: number
  /** How long a connection may stay open without subscribing or authenticating. */
  readonly idleMsMax: number
  /** How often a token is checked again even if no change was reported. */
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
