/** What can be asked of an exchange, what it answers, how it fails and what it publishes: each declared once. */
export * as WireId from "./WireId.ts"
export * as Failures from "./failures.ts"
