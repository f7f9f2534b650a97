/** Whether a command was executed before, and so is not executed again. */
import { type Command, IdempotencyKey } from "@pandora-exchange/core"
import { nameOf } from "./KeyMemory.ts"
import type { State } from "./State.ts"

/** `accountId`: the account the command names, if any. */
export const wasExecuted = (
  { accounts, keys, sources }: State,
  accountId: number | undefined,
  requestKey: Command.RequestKey
): boolean => {
  if (requestKey._tag === "Source")
    return requestKey.number <= (sources.get(requestKey.source) ?? 0)
  const view = new DataView(new ArrayBuffer(IdempotencyKey.keyBytes))
  IdempotencyKey.write(view, 0, requestKey.key)
  return (
    keys.find(nameOf(accountId === undefined ? 0 : accounts.indexOf(accountId), view, 0)) !==
    undefined
  )
}
