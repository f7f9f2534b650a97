/** The codes for invalid values in the SDK. */
import type { FaultCode } from "../Fault.ts"
import type { Shape } from "../shape.ts"
import * as WireId from "../WireId.ts"

export const idCodes: Readonly<
  Record<string, readonly [malformed: FaultCode, unknown: FaultCode]>
> = {
  [WireId.account.prefix]: ["NotAnAccount", "UnknownAccount"],
  [WireId.order.prefix]: ["NotAnOrder", "UnknownOrder"],
  [WireId.hold.prefix]: ["NotAHold", "UnknownHold"],
  [WireId.list.prefix]: ["NotAList", "UnknownOrderList"]
}

export const insideCodes: Partial<Readonly<Record<Shape["kind"], FaultCode>>> = {
  text: "MalformedText",
  whole: "NotACount",
  time: "NotATime",
  boolean: "NotABoolean",
  literals: "NotOneOf"
}
