/**
 * The codes that an operation can fail with, over HTTP and in the SDK: its own, and those of
 * everything it goes through.
 */
import { type Code, failureOf } from "./failures.ts"
import { idCodes, insideCodes } from "./internal/insideCodes.ts"
import { remembered } from "./internal/remembered.ts"
import {
  isAboutAccount,
  isKeyed,
  type Operation,
  placementOf,
  requestShapeOf
} from "./operation.ts"
import type { Field, Shape } from "./shape.ts"

const always: ReadonlyArray<Code> = [
  "MalformedUrl",
  "UrlTooLong",
  "RequestTimeout",
  "TooManyRequests",
  "Internal",
  "UnknownField",
  "ForbiddenKey",
  "DuplicateParameter"
]
const serving: ReadonlyArray<Code> = ["Overloaded", "ShuttingDown"]
const fields: ReadonlyArray<Code> = ["MissingField", "InvalidValue"]
const body: ReadonlyArray<Code> = [
  "MalformedBody",
  "DuplicateField",
  "TooDeep",
  "BodyTooLarge",
  "UnsupportedMediaType"
]
const signedIn: ReadonlyArray<Code> = ["Unauthorized", "NotPermitted", "IdentityUnavailable"]
const keyed: ReadonlyArray<Code> = [
  "MalformedKey",
  "KeyConflict",
  "KeyExpired",
  "KeyInFuture",
  "OutcomeUnknown"
]
/** A guard of the host may refuse with codes of its own, too. */
const guarded: ReadonlyArray<Code> = ["GuardRefused", "GuardUnavailable"]
const venue: ReadonlyArray<Code> = ["JournalFull", "Recovering", "NotLeader", "Stopped", "Closed"]

const decimal: ReadonlyArray<Code> = [
  "DecimalNotText",
  "DecimalBlank",
  "DecimalTooLong",
  "DecimalSigned",
  "DecimalExponent",
  "DecimalMalformed",
  "DecimalTooPrecise",
  "DecimalTooLarge"
]

/** Methods with a body take one even where it must be empty. */
const isBodiless = ({ rest }: Operation): boolean =>
  rest === undefined || rest.method === "GET" || rest.method === "DELETE"

/** What a request over HTTP is told when nothing answered it in time, or only the store did not. */
export const unansweredOf = ({
  dryRun,
  movesMoney,
  rest
}: Operation): "Overloaded" | "OutcomeUnknown" | "ChangeUnknown" => {
  if (rest?.method === "GET" || dryRun === true) return "Overloaded"
  return movesMoney === true ? "OutcomeUnknown" : "ChangeUnknown"
}

/** What a wrong value is refused with beside `InvalidValue`. */
const codesOfShape = (shape: Shape): ReadonlyArray<Code> => {
  switch (shape.kind) {
    case "decimal":
      return decimal
    case "text":
      return shape.use === "label" ? ["MalformedText"] : []
    case "list":
      return codesOfShape(shape.item)
    case "struct":
      return [
        ...(shape.foreign === undefined ? [] : [shape.foreign]),
        ...shape.fields.flatMap(codesOfField)
      ]
    case "union":
      return shape.members.flatMap(codesOfShape)
    default:
      return []
  }
}

const codesOfField = ({ client, missing, shape }: Field): ReadonlyArray<Code> => [
  ...(missing === undefined ? [] : [missing]),
  ...(client === undefined ? [] : (["MalformedText"] as const)),
  ...codesOfShape(shape)
]

/** Each code once, in the order of their statuses. */
export const codesOf = (operation: Operation): ReadonlyArray<Code> => {
  const placed = placementOf(operation)
  const asked = [...placed.path, ...placed.query, ...placed.body]
  const all = new Set<Code>([
    ...always,
    ...serving,
    unansweredOf(operation),
    ...(operation.permission === "public" ? [] : signedIn),
    ...(asked.length > 0 ? fields : []),
    ...(isBodiless(operation) ? [] : body),
    ...codesOfShape(requestShapeOf(operation)),
    ...(asked.some(({ account }) => account) ? (["UnknownAccount"] as const) : []),
    ...((operation.sdk ?? false) !== false ? venue : []),
    ...(isKeyed(operation) ? [...keyed, ...guarded] : []),
    ...operation.fails
  ])
  return [...all].sort((one, other) => failureOf(one).status - failureOf(other).status)
}

/** Of a source number, which only the SDK takes. */
const sources: ReadonlyArray<Code> = ["SourceNumberUsed", "SourceNumberGap", "TooManySources"]
const sourced: ReadonlyArray<Code> = [...sources, "KeyAndSource", "NotANumber", "MalformedText"]

/** Where the SDK has two fields and wants one of them, by the second of them. */
const eitherCodes: Readonly<Record<string, Code>> = {
  clientOrderId: "OrderOrClientOrderId",
  clientListId: "ListOrClientListId"
}

/** What a wrong value is refused with in the SDK, where each kind of value has a code. */
const insideCodesOfShape = (shape: Shape): ReadonlyArray<Code> => {
  switch (shape.kind) {
    case "decimal":
    case "signedDecimal":
      return decimal
    case "id":
      return idCodes[shape.prefix] ?? []
    case "list":
      return ["InvalidValue", ...insideCodesOfShape(shape.item)]
    case "struct":
      return [
        "NotAnObject",
        ...(shape.foreign === undefined ? [] : [shape.foreign]),
        ...shape.fields.flatMap(({ client, code, missing, shape }) => [
          ...(missing === undefined ? [] : [missing]),
          ...(code === undefined ? [] : [code]),
          ...(client === undefined ? [] : (["MalformedText", eitherCodes[client]!] as const)),
          ...insideCodesOfShape(shape)
        ])
      ]
    case "union":
      return shape.members.flatMap(insideCodesOfShape)
    default:
      return [insideCodes[shape.kind] ?? "InvalidValue"]
  }
}

/** Codes that many operations share over HTTP, by the name that their printed type has. */
export const sharedProblemCodes = {
  AnyCode: [...always, ...serving],
  FieldCode: fields,
  BodyCode: body,
  AccessCode: signedIn,
  DecimalCode: decimal,
  CommandCode: [...keyed, ...guarded],
  VenueCode: venue
} satisfies Record<string, ReadonlyArray<Code>>

/** Codes that many operations of the SDK share, by the name that their printed type has. */
export const sharedCodes = {
  RequestCode: ["NotAnObject", "UnknownField", "MissingField", "InvalidValue"],
  DecimalCode: decimal,
  KeyCode: ["KeyConflict", "KeyExpired", "KeyInFuture", ...sources],
  VenueCode: [...venue, "Overloaded"]
} satisfies Record<string, ReadonlyArray<Code>>

/** Each code once that the operation's method of the SDK can fail with. */
export const sdkCodesOf: (operation: Operation) => ReadonlySet<Code> = remembered(
  (operation) =>
    new Set<Code>([
      ...sharedCodes.RequestCode,
      ...sharedCodes.VenueCode,
      ...(isKeyed(operation) ? [...keyed, ...sourced, ...guarded] : []),
      ...(operation.request === undefined ? [] : insideCodesOfShape(requestShapeOf(operation))),
      ...(isAboutAccount(operation) ? (["UnknownAccount"] as const) : []),
      ...operation.fails
    ])
)
