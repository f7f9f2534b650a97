/**
 * The codes an operation can fail with, over HTTP and in the SDK: its own, and those of everything
 * it passes through.
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
/** A host's guard may also refuse with codes of its own. */
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

/** Methods with a body accept one even where it must be empty. */
const isBodiless = ({ rest }: Operation): boolean =>
  rest === undefined || rest.method === "GET" || rest.method === "DELETE"

/** Codes of HTTP requests that were not answered in time, or not by the store. */
export const unansweredOf = ({
  dryRun,
  movesMoney,
  rest
}: Operation): "Overloaded" | "OutcomeUnknown" | "ChangeUnknown" => {
  if (rest?.method === "GET" || dryRun === true) return "Overloaded"
  return movesMoney === true ? "OutcomeUnknown" : "ChangeUnknown"
}

/** Codes for wrong values besides `InvalidValue`. */
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

/** Each code once, ordered by status. */
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

/** Codes of source numbers, which only the SDK accepts. */
const sources: ReadonlyArray<Code> = ["SourceNumberUsed", "SourceNumberGap", "TooManySources"]
const sourced: ReadonlyArray<Code> = [...sources, "KeyAndSource", "NotANumber", "MalformedText"]

/** The code for the second of two SDK fields of which exactly one is required. */
const eitherCodes: Readonly<Record<string, Code>> = {
  clientOrderId: "OrderOrClientOrderId",
  clientListId: "ListOrClientListId"
}

/** Codes for wrong values in the SDK, where each kind of value has its own. */
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

/** Codes shared by many operations over HTTP, by the name of their generated type. */
export const sharedProblemCodes = {
  AnyCode: [...always, ...serving],
  FieldCode: fields,
  BodyCode: body,
  AccessCode: signedIn,
  DecimalCode: decimal,
  CommandCode: [...keyed, ...guarded],
  VenueCode: venue
} satisfies Record<string, ReadonlyArray<Code>>

/** Codes shared by many SDK operations, by the name of their generated type. */
export const sharedCodes = {
  RequestCode: ["NotAnObject", "UnknownField", "MissingField", "InvalidValue"],
  DecimalCode: decimal,
  KeyCode: ["KeyConflict", "KeyExpired", "KeyInFuture", ...sources],
  VenueCode: [...venue, "Overloaded"]
} satisfies Record<string, ReadonlyArray<Code>>

/** The codes the operation's SDK method can fail with, each once. */
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
