/**
 * The contract suites of the ports, for authors of adapters. Needs `vitest` and `@effect/vitest`.
 */
export * as Batches from "./Batches.ts"
export * as IdentityStoreSuite from "./IdentityStoreSuite.ts"
export * as JournalSuite from "./JournalSuite.ts"
export * as RateLimiterSuite from "./RateLimiterSuite.ts"
export * as SnapshotStoreSuite from "./SnapshotStoreSuite.ts"
