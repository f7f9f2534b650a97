/** How both APIs of the exchange send commands. */
import {
  InvalidInput,
  ofFault,
  OutcomeUnknown,
  Unavailable
} from "@pandora-exchange/contract/failure"
import {
  checkOf,
  copyOf,
  type Fault,
  operations as declarations,
  type Principal,
  system
} from "@pandora-exchange/contract"
import { Event } from "@pandora-exchange/core"
import type { SubmitError } from "@pandora-exchange/engine"
import { Context, Effect } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { Again, OrderOf, Queries, Sequenced } from "../Requests.ts"
import { type Operation, throwRefusal } from "./commands.ts"
import { requestKeyOf } from "./fields.ts"
import type { Guarding } from "./guards.ts"
import { type JournalReader, orderInJournal } from "./orderInJournal.ts"
import { type StateQueries, valueOf } from "./queries.ts"

/** Learns of listings that no answer reported. */
const refresh = ({ directory, venue }: CommandLine["Service"]): void => {
  const listed = Effect.flatMap(venue.query("listed", undefined), ({ answer }) => valueOf(answer))
  Effect.runFork(
    Effect.matchCause(listed, {
      onSuccess: (listed) => directory.add(listed),
      onFailure: () => {}
    })
  )
}

export class CommandLine extends Context.Service<
  CommandLine,
  JournalReader & {
    /** Absent without guards. */
    readonly guarding: Guarding | undefined
  }
>()("@pandora-exchange/sdk/CommandLine") {
  /** Calls `succeed` or `fail` exactly once, when the answer is durable or there will be none. */
  static send<Request extends Again, Answer>(
    line: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    request: Request,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void,
    principal = system
  ): void {
    let fault: Fault | undefined
    try {
      fault = operation.check(request)
    } catch (failure) {
      // A getter of the request threw.
      return fail(failure as ExchangeFailure)
    }
    if (fault !== undefined) return fail(ofFault(fault))
    CommandLine.submit(line, operation, principal, request, succeed, fail)
  }

  /** Sends a checked request. */
  static submit<Request extends Again, Answer>(
    line: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    principal: Principal,
    request: Request,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void
  ): void {
    const hold = operation.hold?.(request)
    if (hold === undefined)
      return CommandLine.execute(line, operation, principal, request, succeed, fail)
    Effect.runFork(
      Effect.match(confirmed(line, hold), {
        onSuccess: () => CommandLine.execute(line, operation, principal, request, succeed, fail),
        onFailure: fail
      })
    )
  }

  private static execute<Request extends Again, Answer>(
    line: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    principal: Principal,
    request: Request,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void
  ): void {
    try {
      const command = operation.command(request, line.directory, principal.credential ?? 0)
      line.venue.submitUnsafe(
        command,
        requestKeyOf(request),
        new Call(line, operation, succeed, fail)
      )
    } catch (failure) {
      fail(failure as ExchangeFailure)
    }
  }
}

/**
 * The asset of a hold never changes, so an answer that is right now remains right until the command
 * is executed.
 */
const confirmed = (
  { venue }: CommandLine["Service"],
  hold: { readonly hold: number; readonly asset: string }
): Effect.Effect<void, ExchangeFailure> =>
  Effect.mapError(venue.query("holdOfAnotherAsset", hold), unanswered).pipe(
    Effect.flatMap(({ answer }) => valueOf(answer)),
    Effect.flatMap((isOfAnother) =>
      isOfAnother ? Effect.fail(new InvalidInput("HoldOfAnotherAsset", "asset")) : Effect.void
    )
  )

/**
 * A pending command. A class, because V8 moves object literals with closures to old space when many
 * are waiting, and collects them late.
 */
class Call<Request, Answer> {
  private readonly line: CommandLine["Service"]
  private readonly operation: Operation<Request, Answer>
  private readonly succeed: (answer: Answer) => void
  private readonly fail: (failure: ExchangeFailure) => void

  constructor(
    line: CommandLine["Service"],
    operation: Operation<Request, Answer>,
    succeed: (answer: Answer) => void,
    fail: (failure: ExchangeFailure) => void
  ) {
    this.line = line
    this.operation = operation
    this.succeed = succeed
    this.fail = fail
  }

  answered(view: DataView, from: number, to: number, sequence: number): void {
    const { line, operation } = this
    try {
      const events = Event.decodeAll(view, from, to)
      if (operation.lists) {
        if (events[0]?._tag === "Rejected") refresh(line)
        for (const event of events) line.directory.learn(event)
      }
      throwRefusal(events, sequence)
      this.succeed(operation.answer(events, sequence, line.directory))
    } catch (failure) {
      this.fail(failure as ExchangeFailure)
    }
  }

  failed(failure: SubmitError.SubmitError): void {
    if (failure._tag === "OutcomeUnknown" && this.operation.lists) refresh(this.line)
    this.fail(unanswered(failure))
  }
}

/** The engine's failure in terms of the contract. */
export const unanswered = (failure: SubmitError.SubmitError): Unavailable | OutcomeUnknown =>
  failure._tag === "Unavailable" ? new Unavailable(failure.reason) : new OutcomeUnknown()

/** Runs code that may throw an `ExchangeFailure`. */
export const attempt = <A>(evaluate: () => A): Effect.Effect<A, ExchangeFailure> =>
  Effect.try({ try: evaluate, catch: (failure) => failure as ExchangeFailure })

export const command = <Request extends Again, Answer>(
  line: CommandLine["Service"],
  operation: Operation<Request, Answer>,
  request: Request,
  principal = system
): Effect.Effect<Answer, ExchangeFailure> =>
  Effect.callback((resume) => {
    CommandLine.send(
      line,
      operation,
      request,
      (answer) => resume(Effect.succeed(answer)),
      (failure) => resume(Effect.fail(failure)),
      principal
    )
  })

/** Checks a request, shows it to the guards, and sends it. */
export const ordered = <Request extends Again, Answer>(
  line: CommandLine["Service"],
  operation: Operation<Request, Answer>,
  principal: Principal,
  request: Request
): Effect.Effect<Answer, ExchangeFailure> => {
  if (line.guarding === undefined) return command(line, operation, request, principal)
  // The caller may change the request while the guards look at it, and a getter may return
  // something different each time.
  return Effect.flatMap(
    attempt(() => copyOf(operation.declared, request) as Request),
    (copy) => {
      const fault = operation.check(copy)
      return fault === undefined
        ? guarded(line, operation, principal, copy)
        : Effect.fail(ofFault(fault))
    }
  )
}

/** Shows a checked request to the guards, and sends it. */
export const guarded = <Request extends Again, Answer>(
  line: CommandLine["Service"],
  operation: Operation<Request, Answer>,
  principal: Principal,
  request: Request
): Effect.Effect<Answer, ExchangeFailure> => {
  const { guarding } = line
  if (guarding === undefined) return submitted(line, operation, principal, request)
  const asked = Effect.andThen(
    letThrough(line, guarding, principal, operation, request),
    submitted(line, operation, principal, request)
  )
  const repeatedAs = nameOf(request)
  return repeatedAs === undefined ? asked : guarding.inTurn(repeatedAs, asked)
}

/**
 * Succeeds when all guards let a command pass, or when it was already executed: then it gets its
 * first answer again, because a refusal would claim that it was not executed.
 */
export const letThrough = <Request extends Again, Answer>(
  line: CommandLine["Service"],
  guarding: Guarding,
  principal: Principal,
  operation: Operation<Request, Answer>,
  request: Request
): Effect.Effect<void, ExchangeFailure> =>
  Effect.catch(guarding.ask(operation.declared, principal, request), (refusal) =>
    Effect.flatMap(wasExecuted(line, operation, request), (done) =>
      done ? Effect.void : Effect.fail(refusal)
    )
  )

/** What identifies a repetition. */
export const nameOf = ({
  account,
  key,
  source
}: Again & { readonly account?: number }): string | undefined => {
  if (source !== undefined) return `${source.number} of ${source.name}`
  return key === undefined ? undefined : `${key} of ${account}`
}

/** Whether the command was executed before under its key or number. */
const wasExecuted = <Request extends Again, Answer>(
  { directory, venue }: CommandLine["Service"],
  operation: Operation<Request, Answer>,
  request: Request
): Effect.Effect<boolean, ExchangeFailure> => {
  if (request.key === undefined && request.source === undefined) return Effect.succeed(false)
  return attempt(() => ({
    command: operation.command(request, directory, 0),
    requestKey: requestKeyOf(request)!
  })).pipe(
    Effect.flatMap(({ command, requestKey }) => {
      const account = "accountId" in command ? command.accountId : undefined
      return Effect.mapError(venue.query("executed", { account, requestKey }), unanswered)
    }),
    Effect.flatMap(({ answer }) => valueOf(answer))
  )
}

/** Sends a checked request. */
const submitted = <Request extends Again, Answer>(
  line: CommandLine["Service"],
  operation: Operation<Request, Answer>,
  principal: Principal,
  request: Request
): Effect.Effect<Answer, ExchangeFailure> =>
  Effect.callback((resume) => {
    CommandLine.submit(
      line,
      operation,
      principal,
      request,
      (answer) => resume(Effect.succeed(answer)),
      (failure) => resume(Effect.fail(failure))
    )
  })

/** Answers together with the last command the answer reflects. */
export const read = <K extends keyof Queries>(
  line: CommandLine["Service"],
  name: K,
  of: Parameters<Queries[K]>[0]
): Effect.Effect<Sequenced<ReturnType<Queries[K]>>, ExchangeFailure> => {
  const fault = checkQuery(name, of)
  return fault === undefined ? readChecked(line, name, of) : Effect.fail(ofFault(fault))
}

const checkQuery = (name: keyof Queries, of: unknown): Fault | undefined => {
  const declared = declarations.get(name)!
  return declared.request === undefined ? undefined : checkOf(declared)(of)
}

/** Asks a checked query. */
export const readChecked = <K extends keyof Queries>(
  line: CommandLine["Service"],
  name: K,
  of: Parameters<Queries[K]>[0]
): Effect.Effect<Sequenced<ReturnType<Queries[K]>>, ExchangeFailure> =>
  (name === "order" ? orderOf(line, of as OrderOf) : ask(line, name, of as never)) as Effect.Effect<
    Sequenced<ReturnType<Queries[K]>>,
    ExchangeFailure
  >

const orderOf = (line: CommandLine["Service"], of: OrderOf) =>
  orderInJournal(line, of, ask(line, "openOrder", of))

const ask = <K extends keyof StateQueries>(
  line: CommandLine["Service"],
  name: K,
  of: Parameters<StateQueries[K]>[0]
): Effect.Effect<Sequenced<ReturnType<StateQueries[K]>>, ExchangeFailure> =>
  Effect.flatMap(Effect.mapError(line.venue.query(name, of), unanswered), ({ answer, sequence }) =>
    Effect.map(valueOf(answer), (data) => ({ data, sequence }))
  )

export const query = <K extends keyof Queries>(
  line: CommandLine["Service"],
  name: K,
  of: Parameters<Queries[K]>[0]
): Effect.Effect<ReturnType<Queries[K]>, ExchangeFailure> =>
  Effect.map(read(line, name, of), ({ data }) => data)
