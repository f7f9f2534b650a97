/** The codes of wrong values in the SDK. */
import type { Code } from "../failures.ts"
import type { Shape } from "../shape.ts"
import * as WireId from "../WireId.ts"

export const idCodes: Readonly<Record<string, readonly [malformed: Code, unknown: Code]>> = {
  [WireId.account.prefix]: ["NotAnAccount", "UnknownAccount"],
  [WireId.order.prefix]: ["NotAnOrder", "UnknownOrder"],
  [WireId.hold.prefix]: ["NotAHold", "UnknownHold"],
  [WireId.list.prefix]: ["NotAList", "UnknownOrderList"]
}

export const insideCodes: Partial<Readonly<Record<Shape["kind"], Code>>> = {
  text: "MalformedText",
  whole: "NotACount",
  time: "NotATime",
  boolean: "NotABoolean",
  literals: "NotOneOf"
}
