/** The deterministic venue and the sequencer that makes it durable. */
export * as Limits from "./Limits.ts"
export * as Recovery from "./Recovery.ts"
export * as Sequencer from "./Sequencer.ts"
export * as Snapshot from "./Snapshot.ts"
export * as State from "./State.ts"
export * as SubmitError from "./SubmitError.ts"
export * as Venue from "./Venue.ts"
export * as VenueClient from "./VenueClient.ts"
