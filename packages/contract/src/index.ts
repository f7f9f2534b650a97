/**
 * What an exchange can do, what it answers, how it fails and what it publishes: each declared once.
 */
export * as Fields from "./fields.ts"
export {
  isAboutAccount,
  isOffered,
  type Operation,
  operation,
  type OperationTerms,
  placementOf,
  type Right
} from "./operation.ts"
export { operations } from "./api.ts"
export * as Channels from "./channels.ts"
export type { ExchangeOperations, Operations, ServerOperations } from "./generated/port.ts"
export { type Guard, GuardRefused, type Refusal, type Verdict } from "./Guard.ts"
export { type Principal, system } from "./Principal.ts"
export { ProblemDetails } from "./problem.ts"
export * as Shape from "./shape.ts"
export * as WireId from "./WireId.ts"
export * as Failures from "./failures.ts"
export {
  type Check,
  checkOf,
  type HttpReader,
  httpReaderOf,
  type MessageReader,
  messageReaderOf,
  readerOf
} from "./check.ts"
export { copyOf } from "./copy.ts"
export { Fault } from "./Fault.ts"
export { type Write, writerOf } from "./write.ts"
export * as Failure from "./failure.ts"
