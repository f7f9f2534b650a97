/**
 * Up to 100 commands of one account that enter the venue's queue together. There, each one is a
 * separate command with its own key, its own place in the journal and its own answer.
 */
import { checkOf, copyOf, type Principal } from "@pandora-exchange/contract"
import {
  codeOf,
  type InvalidInput,
  ofFault,
  type Refused
} from "@pandora-exchange/contract/failure"
import { failureOf } from "@pandora-exchange/contract/failures"
import { GuardRefused } from "@pandora-exchange/contract/Guard"
import { batch as declared } from "@pandora-exchange/contract/operations/orders"
import { Effect, Result } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type {
  Again,
  BatchAnswer,
  BatchItem,
  BatchItemAnswer,
  Done,
  ItemProblem,
  OrderBatch
} from "../Requests.ts"
import { attempt, CommandLine, letThrough, nameOf } from "./CommandLine.ts"
import { type Operation, operations } from "./commands.ts"
import type { Guarding } from "./guards.ts"

const check = checkOf(declared)

type Name = "place" | "amend" | "replace" | "cancel"

/** An item as the command it is. */
interface Single {
  readonly name: Name
  readonly operation: Operation<Again, Done>
  readonly request: Again & { readonly account: number }
}

/** Checks a batch, shows each item to the guards, and sends them. */
export const orderedBatch = (
  line: CommandLine["Service"],
  principal: Principal,
  request: OrderBatch
): Effect.Effect<BatchAnswer, ExchangeFailure> =>
  Effect.flatMap(
    attempt(() =>
      line.guarding === undefined ? request : (copyOf(declared, request) as OrderBatch)
    ),
    (copy) => {
      const fault = check(copy)
      return fault === undefined ? guardedBatch(line, principal, copy) : Effect.fail(ofFault(fault))
    }
  )

/** Shows each item of a checked batch to the guards, and sends them. */
export const guardedBatch = (
  line: CommandLine["Service"],
  principal: Principal,
  { account, items }: OrderBatch
): Effect.Effect<BatchAnswer, ExchangeFailure> => {
  const singles = items.map((item) => singleOf(account, item))
  const { guarding } = line
  return guarding === undefined
    ? submitted(line, principal, singles, [])
    : afterGuards(line, guarding, principal, singles)
}

const singleOf = (account: number, item: BatchItem): Single => {
  const { key } = item
  const again = key === undefined ? { account } : { account, key }
  if ("place" in item) return single("place", item.place, again)
  if ("amend" in item) return single("amend", item.amend, again)
  if ("replace" in item) return single("replace", item.replace, again)
  return single("cancel", item.cancel, again)
}

const single = (name: Name, request: object, again: Single["request"]): Single => ({
  name,
  operation: operations[name] as unknown as Operation<Again, Done>,
  request: { ...request, ...again }
})

/**
 * All items are shown to the guards at once, and those that pass are sent together. Items sent
 * earlier under one of the keys are answered first, as for single commands; keys are always waited
 * for in the same order, so that two batches never wait for each other.
 */
const afterGuards = (
  line: CommandLine["Service"],
  guarding: Guarding,
  principal: Principal,
  singles: ReadonlyArray<Single>
): Effect.Effect<BatchAnswer, ExchangeFailure> => {
  const names = singles.map(({ request }) => nameOf(request))
  const verdicts = Effect.forEach(
    singles,
    (single, i) =>
      // A repetition within the batch gets the verdict of the first occurrence.
      names[i] !== undefined && names.indexOf(names[i]) < i
        ? Effect.succeed(undefined)
        : Effect.result(letThrough(line, guarding, principal, single.operation, single.request)),
    { concurrency: "unbounded" }
  )
  const sent = Effect.flatMap(verdicts, (verdicts) => {
    const refusals = verdicts.map((verdict, i) => {
      const own = verdict ?? verdicts[names.indexOf(names[i])]!
      return Result.isFailure(own) ? own.failure : undefined
    })
    return submitted(line, principal, singles, refusals)
  })
  return [...new Set(names)]
    .filter((name) => name !== undefined)
    .sort()
    .reduce((effect, name) => guarding.inTurn(name, effect), sent)
}

/**
 * Sends everything that was not refused, in order and at once. Answers once all of it has an
 * outcome.
 */
const submitted = (
  line: CommandLine["Service"],
  principal: Principal,
  singles: ReadonlyArray<Single>,
  refusals: ReadonlyArray<ExchangeFailure | undefined>
): Effect.Effect<BatchAnswer> =>
  Effect.callback((resume) => {
    const items: Array<BatchItemAnswer> = []
    let missing = singles.length
    let sequence = 0
    const tell = (i: number, item: BatchItemAnswer, at = 0) => {
      items[i] = item
      if (at > sequence) sequence = at
      if (--missing > 0) return
      resume(Effect.succeed({ items, sequence: sequence === 0 ? undefined : sequence }))
    }
    singles.forEach(({ name, operation, request }, i) => {
      const fail = (failure: ExchangeFailure) => {
        const problem = problemOf(failure)
        if (problem === undefined) resume(Effect.die(failure))
        else tell(i, { problem }, problem.sequence)
      }
      const refusal = refusals[i]
      if (refusal !== undefined) return fail(refusal)
      CommandLine.submit(
        line,
        operation,
        principal,
        request,
        (answer) => tell(i, { [name]: answer }, answer.sequence),
        fail
      )
    })
  })

/** `undefined` for a bug, which is not a failure. */
const problemOf = (failure: ExchangeFailure): ItemProblem | undefined => {
  const code = failure instanceof GuardRefused ? "GuardRefused" : codeOf(failure)
  if (code === undefined) return undefined
  const { retry, status } = failureOf(code)
  const { field } = failure as Partial<InvalidInput>
  const { sequence } = failure as Partial<Refused>
  return {
    code: failure.code,
    status,
    retry,
    detail: failure.message,
    ...(field === undefined ? {} : { parameter: field }),
    ...(sequence === undefined ? {} : { sequence })
  }
}
