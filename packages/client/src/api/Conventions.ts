/**
 * What all routes have in common.
 *
 * Amounts, prices, quantities and rates are decimal text; times are whole milliseconds since 1970; ids carry a prefix
 * (`WireId.ts`). Objects are closed: a field that is not listed is refused. A list answers newest first unless said otherwise,
 * with a `next` cursor while there is more. Every answer about an account carries the `sequence` of the journal that it
 * reflects.
 *
 * Commands to the venue take an idempotency key. Requests about users take none: they move nothing, and asked again they come to the
 * same, are answered with a problem that says what was done before, or make one more session or sub-account, which the lists show.
 */
import type { Permission } from "@pandora-exchange/core/Permission"
import { Context, Schema, SchemaTransformation } from "effect"
import { HttpApiMiddleware, HttpApiSchema, HttpApiSecurity } from "effect/http-api"
import { ProblemDetails, problems } from "@pandora-exchange/contract/problem"
import * as WireId from "@pandora-exchange/contract/WireId"

/** What a caller needs for a route. A route that does not say is not served. */
export type Right =
  | Permission
  /** Nothing: it is for everyone. */
  | "public"
  /** An access token, whatever may be done with it. */
  | "signedIn"
export class Requires extends Context.Service<Requires, Right>()("@pandora-exchange/client/Requires") {}

export const Decimal = Schema.String.check(Schema.isMaxLength(64)).annotate({
  identifier: "Decimal",
  description: "Plain decimal digits with at most one point between them",
  examples: ["0.015"]
})
export const SignedDecimal = Schema.String.annotate({
  identifier: "SignedDecimal",
  description: "A decimal that may begin with a minus sign",
  examples: ["-0.015"]
})
export const TimeMs = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })).annotate({
  identifier: "TimeMs",
  description: "Milliseconds since 1970"
})
export const Sequence = Schema.Int.annotate({
  identifier: "Sequence",
  description: "Position in the venue's journal"
})

const id = (wireId: WireId.WireId, identifier: string, description: string) =>
  Schema.String.check(Schema.isPattern(wireId.pattern)).annotate({
    identifier,
    description,
    examples: [wireId.write(17)]
  })
export const AccountId = id(WireId.account, "AccountId", "An account")
export const OrderId = id(WireId.order, "OrderId", "An order")
export const TradeId = id(WireId.trade, "TradeId", "A trade; counted per market")
export const HoldId = id(WireId.hold, "HoldId", "An amount set aside")
export const ListId = id(WireId.list, "ListId", "Orders that depend on each other")

/** Text of 1 to `length` characters. */
export const text = (length: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(length))

/**
 * What must not be seen by others: hidden as soon as it is read, so that no log, trace or message can show it. Answers that hold
 * secrets give plain text.
 */
export const Secret = Schema.RedactedFromValue(text(2_048).annotate({ identifier: "Secret" }))

/** What people call themselves and what is theirs. */
export const DisplayName = text(100)
  .check(Schema.isPattern(/^\P{Cc}*$/u))
  .annotate({ identifier: "DisplayName", description: "1 to 100 characters, no control characters" })

/** Source: RFC 5321, 4.5.3.1.3. */
export const EmailAddress = text(254).annotate({ identifier: "EmailAddress", examples: ["ann@example.com"] })

export const UserId = Schema.String.check(Schema.isPattern(/^usr_[A-Za-z0-9_-]{22}$/)).annotate({
  identifier: "UserId",
  description: "A user",
  examples: ["usr_AAAAAAAAAAAAAAAAAAAAAA"]
})
export const SessionId = Schema.String.check(Schema.isPattern(/^ses_[A-Za-z0-9_-]{22}$/)).annotate({
  identifier: "SessionId",
  description: "A session",
  examples: ["ses_AAAAAAAAAAAAAAAAAAAAAA"]
})

export const Symbol = text(32)
export const ClientOrderId = text(36).annotate({
  identifier: "ClientOrderId",
  description: "Yours, 1 to 36 of A-Z a-z 0-9 . _ : / -, unique among the account's open orders"
})

/** Plain digits that mean a whole number, for query parameters. */
export const wholeNumber = (minimum: number, maximum: number) =>
  Schema.String.check(Schema.isPattern(/^(0|[1-9][0-9]{0,15})$/)).pipe(
    Schema.decodeTo(
      Schema.Int.check(Schema.isBetween({ minimum, maximum })),
      SchemaTransformation.transform({ decode: Number, encode: String })
    )
  )

export const pageSizeDefault = 100
export const pageSizeMax = 1_000

/** Query of a list that has one order only: a page of it. */
export const cursorQuery = {
  limit: Schema.optionalKey(wholeNumber(1, pageSizeMax)),
  cursor: Schema.optionalKey(text(256))
}

/** Query of a list: a page of it, in a range of time. `from` is included, `to` is not. */
export const pageQuery = {
  ...cursorQuery,
  from: Schema.optionalKey(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
  to: Schema.optionalKey(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
  sort: Schema.optionalKey(Schema.Literals(["newest", "oldest"]))
}

/** One of the accounts of the token; its first unless given. Others do not exist. */
export const accountQuery = { account: Schema.optionalKey(AccountId) }

const next = Schema.NullOr(Schema.String).annotate({ description: "Cursor of the next page; null at the end" })

export const page = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), next, sequence: Sequence })

/** A page of what the venue knows nothing of. */
export const pageBeside = <S extends Schema.Top>(item: S) => Schema.Struct({ data: Schema.Array(item), next })

export const list = <S extends Schema.Top>(item: S) => Schema.Struct({ data: Schema.Array(item), sequence: Sequence })

/** The same command with the same key is done once, and gets the first answer again for 24 hours. */
export const idempotencyHeaders = {
  "idempotency-key": Schema.optionalKey(
    Schema.String.annotate({ description: "A version 7 UUID in lower case, new for each command" })
  )
}

const problemWith = (status: number) => {
  const matching = [...problems].filter(([, entry]) => entry.status === status).map(([code]) => code)
  return ProblemDetails.annotate({
    identifier: `Problem${status}`,
    description: `One of: ${matching.join(", ")}`
  }).pipe(HttpApiSchema.asJson({ contentType: "application/problem+json" }), HttpApiSchema.status(status))
}

export const publicProblems = [400, 404, 405, 408, 414, 429, 500, 503].map(problemWith)
export const accountProblems = [401, 403].map(problemWith)
export const commandProblems = [409, 413, 415, 422, 504].map(problemWith)

/** `Authorization: Bearer TOKEN`. */
export class Authentication extends HttpApiMiddleware.Service<Authentication>()(
  "@pandora-exchange/client/Authentication",
  { security: { bearer: HttpApiSecurity.bearer }, error: accountProblems, requiredForClient: true }
) {}
