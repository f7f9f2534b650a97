/** One thing an exchange can do, declared once for every face: SDK, REST, stream and clients. */
import type { Permission } from "@pandora-exchange/core/Permission"
import type { Schema } from "effect"
import type { Code } from "./failures.ts"
import { type Field, fieldsOf, type Shape, shapeOf } from "./shape.ts"

/**
 * What a caller needs. `public`: nothing. `signedIn`: a token with any permission. `host`: reserved
 * for the embedding program.
 */
export type Right = Permission | "public" | "signedIn" | "host"

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

export interface Rest {
  readonly method: Method
  /** Names after a colon are fields of the request: `/v1/orders/:order`. */
  readonly path: `/${string}`
  /** The status of a successful response. Default: 200. */
  readonly status?: number
  /** An answer that comes with a status above 400, and its schema. */
  readonly otherwise?: { readonly status: number; readonly answer: Schema.Top }
}

export interface Stream {
  /**
   * The name under which the fields of the REST body appear in the message. Default: beside `op`
   * and `id`.
   */
  readonly body?: string
}

export interface OperationTerms {
  /** One or two sentences, beginning with a verb. */
  readonly doc: string
  /**
   * A struct, or a union of structs distinguished by a literal. Omitted if there is nothing to say.
   */
  readonly request?: Schema.Top
  /** Omitted if the answer is empty. */
  readonly answer?: Schema.Top
  readonly permission: Right
  /** A command to the venue: takes an idempotency key, and is executed once under it. */
  readonly movesMoney?: boolean
  /**
   * Each item of its request is a command with a key of its own; the request as a whole has none.
   */
  readonly keyPerItem?: boolean
  /** Previews a command: takes the same request, including the key, which it ignores. */
  readonly dryRun?: boolean
  readonly rest?: Rest
  /** Offered on the WebSocket, under its name. */
  readonly stream?: Stream
  /**
   * A method of the SDK. `"data"`: the method returns only this field, REST the whole answer.
   * `"optional"`: the method returns `undefined` where REST finds nothing.
   */
  readonly sdk?: boolean | "data" | "optional"
  /** Codes it can be refused with, besides those of every operation. */
  readonly fails: ReadonlyArray<Code>
}

export interface Operation extends OperationTerms {
  readonly name: string
}

export const operation = (name: string, terms: OperationTerms): Operation => ({ name, ...terms })

export const isOperation = (value: unknown): value is Operation =>
  typeof value === "object" && value !== null && "permission" in value && "fails" in value

const noFields: Shape = { kind: "struct", fields: [], bases: [], foreign: undefined }

/** The shape of the request; a struct without fields for an operation that takes none. */
export const requestShapeOf = ({ request }: OperationTerms): Shape =>
  request === undefined ? noFields : shapeOf(request)

/** Where each field of a request goes in an HTTP request. */
export interface Placement {
  readonly path: ReadonlyArray<Field>
  readonly query: ReadonlyArray<Field>
  readonly body: ReadonlyArray<Field>
}

/**
 * Places the fields of a request by one rule: fields named in the path go there; `account` and all
 * fields of GET and DELETE go into the query; the rest go into the body. A nested field has no
 * place of its own.
 */
export const placementOf = (terms: OperationTerms): Placement => {
  const { rest } = terms
  const path: Array<Field> = []
  const query: Array<Field> = []
  const body: Array<Field> = []
  const named = new Set(rest?.path.match(/:\w+/g)?.map((segment) => segment.slice(1)))
  const bodiless = rest?.method === "GET" || rest?.method === "DELETE"
  for (const field of fieldsOf(requestShapeOf(terms))) {
    if (field.inside !== undefined) continue
    if (named.has(field.name)) path.push(field)
    else if (field.account || bodiless) query.push(field)
    else body.push(field)
  }
  return { path, query, body }
}

/** Whether a single idempotency key accompanies its request. */
export const isKeyed = ({ keyPerItem, movesMoney }: OperationTerms): boolean =>
  movesMoney === true && keyPerItem !== true

const repetition: ReadonlyArray<string> = ["key", "source"]

/** What a program may give besides the fields of the request. */
export const besideOf = (terms: OperationTerms): ReadonlyArray<string> =>
  isKeyed(terms) || terms.dryRun === true ? repetition : []

/** Whether the SDK has a method for it. */
export const isOffered = ({ sdk }: OperationTerms): boolean => (sdk ?? false) !== false

/** Whether its request names an account of the caller. */
export const isAboutAccount = (terms: OperationTerms): boolean =>
  fieldsOf(requestShapeOf(terms)).some(({ account }) => account === true)
