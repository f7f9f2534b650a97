/** A crypto exchange in a few lines: the venue, its sequencer and its storage, as promises or as an Effect service. */
import { IdempotencyKey } from "@pandora-exchange/core"

export { createExchange, type PromiseExchange } from "./createExchange.ts"
export { Exchange, type ExchangeOptions, type ExchangeService, type JournalEntry, type OpenError } from "./Exchange.ts"
export {
  ExchangeError,
  type ExchangeFailure,
  InvalidInput,
  type RefusalCode,
  Refused,
  type Retry
} from "./ExchangeError.ts"
export type * from "./Requests.ts"
export type { Storage } from "./Storage.ts"

/** A key under which a request may be sent again without being done twice. Make one for each request, and keep it until you have the answer. */
export const idempotencyKey = (): string => IdempotencyKey.make()
