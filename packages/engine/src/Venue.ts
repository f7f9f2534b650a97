/**
 * The deterministic venue: a function from state and command to events. It uses no clock,
 * randomness or I/O.
 *
 * Commands and events are in binary form: the command is in the batch under construction, and its
 * events are written after it. `docs/concepts/venue-rules.md` is the specification.
 */
import { Batch, Command, IdempotencyKey, Layout, type RejectReason } from "@pandora-exchange/core"
import * as NonTrading from "./NonTrading.ts"
import { emit, reject } from "./emit.ts"
import { nameOf, type RememberedKey } from "./KeyMemory.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import { State } from "./State.ts"
import type { Preview } from "./Placing.ts"
import { Trading } from "./Trading.ts"

/**
 * The rules this build executes. Parts of a journal under other rules are read but never executed;
 * a journal of earlier rules with a snapshot of its end continues with `ChangeRules`.
 */
export const rulesVersion = 2

const placeOrder = Command.PlaceOrder.code
const cancelOrder = Command.CancelOrder.code
const cancelAll = Command.CancelAll.code
const amendOrder = Command.AmendOrder.code
const placeOrderList = Command.PlaceOrderList.code
const cancelOrderList = Command.CancelOrderList.code
const replaceOrder = Command.ReplaceOrder.code
const cancelAfter = Command.CancelAfter.code
const changeRulesCode = Command.ChangeRules.code

/** Commands whose first field is the account of the caller. */
const namesAccount: ReadonlyArray<boolean> = (() => {
  const named: Array<boolean> = []
  for (const layout of Command.layouts) {
    named[layout.code] =
      (layout.offsets as Record<string, number>)["accountId"] === Layout.headerBytes
  }
  return named
})()

type OrderCommand = Extract<
  Command.Command,
  {
    readonly _tag:
      | "PlaceOrder"
      | "CancelOrder"
      | "CancelAll"
      | "AmendOrder"
      | "PlaceOrderList"
      | "CancelOrderList"
      | "ReplaceOrder"
      | "CancelAfter"
  }
>

/**
 * Receives the commands `execute` passes to trading: a command that nothing executes does not
 * compile.
 */
const executedByTrading = ({ _tag }: OrderCommand): never => {
  throw new Error(`${_tag} is executed by trading`)
}

/**
 * After the last part, a state with any earlier rules has everything this build's rules require.
 */
const changeRules = (
  out: Batch.BatchWriter,
  asked: Layout.Type<typeof Command.ChangeRules>
): void => {
  if (asked.rulesVersion !== rulesVersion) return reject(out, "RulesInvalid")
  if (asked.part === asked.parts) emit(out, { _tag: "RulesChanged", rulesVersion })
}

/** What placing the order would come to now. Changes nothing. */
export const preview = (
  state: State,
  command: Layout.Type<typeof Command.PlaceOrder>
): RejectReason.RejectReason | Preview => new Trading(state).preview(command)

export class Venue {
  readonly state: State
  private readonly trading: Trading
  /** Where the last command's own events begin: after those of due work. */
  ownEventsAt = 0
  /** What the last command repeated, if it repeated a key: the first answer is given again. */
  repeated: RememberedKey | undefined

  constructor(state: State = new State(limitsDefault)) {
    this.state = state
    this.trading = new Trading(state)
  }

  static make(limits: Limits = limitsDefault): Venue {
    return new Venue(new State(limits))
  }

  /**
   * Executes the command (and request key) at `at` in `out`, at `time`, and writes its events after
   * it.
   */
  apply(out: Batch.BatchWriter, at: number, time: number): void {
    const { state } = this
    if (time > state.time) state.time = time
    state.sequence++
    this.repeated = undefined
    // Nothing is due before the rules are those by which it has to be executed.
    if (this.trading.isDue && Layout.codeAt(out.view, at) !== changeRulesCode)
      this.trading.work(out)
    this.ownEventsAt = out.at
    switch (Layout.flagsAt(out.view, at)) {
      case 0:
        return this.execute(out, at)
      case Command.keyFlag:
        return this.applyKeyed(out, at)
      default:
        return this.applyNumbered(out, at)
    }
  }

  /** When the venue next has something to do by itself, or 0. */
  get nextDeadline(): number {
    return this.trading.nextDeadline
  }

  private execute(out: Batch.BatchWriter, at: number): void {
    switch (Layout.codeAt(out.view, at)) {
      case placeOrder:
        return this.trading.place(out, at)
      case cancelOrder:
        return this.trading.cancel(out, at)
      case cancelAll:
        return this.trading.cancelAll(out, at)
      case amendOrder:
        return this.trading.amend(out, at)
      case placeOrderList:
        return this.trading.placeList(out, at)
      case cancelOrderList:
        return this.trading.cancelList(out, at)
      case replaceOrder:
        return this.trading.replace(out, at)
      case cancelAfter:
        return this.trading.cancelAfter(out, at)
      default:
        return this.administer(out, Command.decode(out.view, at))
    }
  }

  private administer(out: Batch.BatchWriter, command: Command.Command): void {
    const { state } = this
    switch (command._tag) {
      case "ListAsset":
        return NonTrading.listAsset(state, out, command)
      case "ListMarket":
        return NonTrading.listMarket(state, out, command)
      case "SetMarketStatus":
        return NonTrading.setMarketStatus(this.trading.open, state, out, command)
      case "SetMarketFees":
        return NonTrading.setMarketFees(state, out, command)
      case "SetPrice":
        return NonTrading.setPrice(this.trading.open, state, out, command)
      case "SetMarketRules":
        return NonTrading.setMarketRules(this.trading.open, state, out, command)
      case "SetAccountTerms":
        return NonTrading.setAccountTerms(state, out, command)
      case "OpenAccount":
        return NonTrading.openAccount(state, out, command)
      case "Credit":
        return NonTrading.credit(state, out, command)
      case "Reverse":
        return NonTrading.reverse(state, out, command)
      case "Hold":
        return NonTrading.hold(state, out, command)
      case "SettleHold":
        return NonTrading.settleHold(state, out, command)
      case "ReleaseHold":
        return NonTrading.releaseHold(state, out, command)
      case "Transfer":
        return NonTrading.transfer(state, out, command)
      case "AdvanceTime":
        return
      case "ChangeRules":
        return changeRules(out, command)
      default:
        return executedByTrading(command)
    }
  }

  private applyKeyed(out: Batch.BatchWriter, at: number): void {
    const { state } = this
    const recordBytes = Layout.lengthAt(out.view, at)
    const keyAt = at + recordBytes
    const account = this.accountAsking(out, at)
    if (account === undefined) return reject(out, "UnknownAccount")

    state.keys.dropOld(state.time)
    const name = nameOf(account, out.view, keyAt)
    const known = state.keys.find(name)
    if (known !== undefined) {
      if (
        !Batch.sameBytes(known.bytes.subarray(0, known.answerAt), out.bytes.subarray(at, keyAt))
      ) {
        return reject(out, "KeyConflict")
      }
      this.repeated = known
      return emit(out, { _tag: "Repeated", firstSequence: known.sequence })
    }
    const madeAt = IdempotencyKey.timeAt(out.view, keyAt)
    const refusal = state.keys.refusal(account, madeAt, state.time)
    if (refusal !== undefined) return reject(out, refusal)

    this.execute(out, at)
    const bytes = new Uint8Array(recordBytes + out.at - this.ownEventsAt)
    bytes.set(out.bytes.subarray(at, keyAt))
    bytes.set(out.bytes.subarray(this.ownEventsAt, out.at), recordBytes)
    state.keys.remember({
      name,
      account,
      madeAt,
      rememberedAt: state.time,
      sequence: state.sequence,
      bytes,
      answerAt: recordBytes,
      previous: undefined,
      next: undefined,
      nextOfAccount: undefined
    })
  }

  /**
   * The index of the caller's account; 0 for commands that name none, `undefined` if the account
   * does not exist.
   */
  private accountAsking(out: Batch.BatchWriter, at: number): number | undefined {
    if (!namesAccount[Layout.codeAt(out.view, at)]) return 0
    const account = this.state.accounts.indexOf(out.view.getUint32(at + Layout.headerBytes, true))
    return account === 0 ? undefined : account
  }

  private applyNumbered(out: Batch.BatchWriter, at: number): void {
    const { limits, sources } = this.state
    const requestKey = Command.decodeRequestKey(out.view, at)
    if (requestKey?._tag !== "Source")
      throw new Layout.MalformedRecord("a numbered command names its source")
    if (this.accountAsking(out, at) === undefined) return reject(out, "UnknownAccount")
    const last = sources.get(requestKey.source)
    if (requestKey.number <= (last ?? 0)) return reject(out, "SourceNumberUsed")
    if (requestKey.number > (last ?? 0) + 1) return reject(out, "SourceNumberGap")
    if (last === undefined && sources.size >= limits.sourcesMax)
      return reject(out, "TooManySources")
    sources.set(requestKey.source, requestKey.number)
    this.execute(out, at)
  }
}
