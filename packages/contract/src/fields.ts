/**
 * The fields of requests and answers. Each schema has a type side, which programs see, and a wire
 * side, used by JSON and URLs: an order is `17` inside and `"ord_17"` on the wire.
 */
import { Effect, Option, Schema, SchemaGetter, SchemaIssue, SchemaTransformation } from "effect"
import type { FaultCode } from "./Fault.ts"
import * as WireId from "./WireId.ts"

/**
 * What the walker (`shape.ts`) cannot read from a schema itself; stored in the schema's
 * annotations.
 */
export interface Marks {
  /** The kind of value. */
  readonly leaf?: "decimal" | "signedDecimal" | "id" | "time" | "symbol" | "label" | "secret"
  /** The prefix of an id. */
  readonly prefix?: string
  /** The schema of a value that is `undefined` inside and absent on the wire. */
  readonly absent?: Schema.Top
  /** The structs whose fields this one shares. Generated as `extends`. */
  readonly bases?: ReadonlyArray<Schema.Top>
  /** Field names on the wire, where they differ. */
  readonly wireKeys?: Readonly<Record<string, string>>
  /** The type's name on the wire, where it differs. */
  readonly wireName?: string
  /** The code for a field that belongs to another member of the same union. */
  readonly foreign?: FaultCode
  /** What a value must be, in words, where its limits do not say so. */
  readonly mustBe?: string
}

/** What the walker reads from the key of a field. */
export interface KeyMarks {
  readonly description?: string
  /** The code for an invalid value in the SDK. Default: the code of the value's kind. */
  readonly code?: FaultCode
  /** The code for a missing value on the wire. Default: `MissingField`. */
  readonly missing?: FaultCode
  /**
   * The account of a request: required inside, optional on the wire, absent where the user is
   * known.
   */
  readonly account?: boolean
  /** On the wire this field also accepts `client:ID`, which is read into the field named here. */
  readonly client?: string
  /** Nested in another field on the wire. */
  readonly inside?: string
}

const marked = (marks: Marks): Record<string, unknown> => ({ ...marks })

/**
 * Documents a field. `code`: the code for an invalid value, where the default of its kind does not
 * fit.
 */
export const field = <S extends Schema.Top>(
  schema: S,
  doc: string,
  marks: Omit<KeyMarks, "description"> = {}
) => schema.pipe(Schema.annotateKey({ description: doc, ...marks }))

/** An optional field. */
export const optional = <S extends Schema.Top>(
  schema: S,
  doc: string,
  marks: Omit<KeyMarks, "description"> = {}
) => Schema.optionalKey(schema).pipe(Schema.annotateKey({ description: doc, ...marks }))

/**
 * A field of an answer that, when there is nothing to say, is `undefined` inside and absent on the
 * wire.
 */
export const absent = <S extends Schema.Top>(schema: S, doc: string) =>
  Schema.optionalKey(schema).pipe(
    Schema.decodeTo(Schema.UndefinedOr(Schema.toType(schema)), {
      decode: SchemaGetter.transformOptional<S["Type"] | undefined, S["Type"]>((found) =>
        Option.some(Option.getOrUndefined(found))
      ),
      encode: SchemaGetter.transformOptional<S["Type"], S["Type"] | undefined>(
        Option.filter((v) => v !== undefined)
      )
    }),
    Schema.annotate(marked({ absent: schema })),
    Schema.annotateKey({ description: doc })
  )

export interface StructOptions {
  /**
   * The structs whose fields are spread into this one: generated as `extends`, so that they are
   * documented once.
   */
  readonly extends?: ReadonlyArray<Schema.Top>
  /** The type's name on the wire, where it differs. */
  readonly wire?: string
  /**
   * The code for a field that belongs to another member of the same union. Default: `UnknownField`.
   */
  readonly foreign?: FaultCode
}

/** A named object with exactly these fields. */
export const struct = <const Fields extends Schema.Struct.Fields>(
  name: string,
  doc: string,
  fields: Fields,
  options: StructOptions = {}
): Schema.Struct<Fields> =>
  Schema.Struct(fields).annotate({
    identifier: name,
    description: doc,
    ...marked({
      ...(options.extends && { bases: options.extends }),
      ...(options.wire !== undefined && { wireName: options.wire }),
      ...(options.foreign !== undefined && { foreign: options.foreign })
    })
  })

/** A struct in which some fields have other names on the wire. */
export const renamed = <
  Fields extends Schema.Struct.Fields,
  const Keys extends { readonly [K in keyof Fields]?: PropertyKey }
>(
  self: Schema.Struct<Fields>,
  keys: Keys
) =>
  self.pipe(
    Schema.encodeKeys(keys),
    Schema.annotate({
      ...self.ast.annotations,
      ...marked({ wireKeys: keys as Record<string, string> })
    })
  )

/**
 * One of several named objects, distinguished by a literal field. The member that may omit the
 * literal is the default.
 */
export const oneOf = <const Members extends ReadonlyArray<Schema.Top>>(
  name: string,
  doc: string,
  members: Members
) => Schema.Union(members).annotate({ identifier: name, description: doc })

/** One of these words, as a named type. */
export const words = <const L extends ReadonlyArray<string>>(
  name: string,
  doc: string,
  values: L
) => Schema.Literals(values).annotate({ identifier: name, description: doc })

/**
 * Text without unpaired surrogates. Other text cannot be stored, because UTF-8 cannot represent it.
 */
const isWellFormed = Schema.makeFilter<string>((text) => text.isWellFormed(), {
  representation: { id: "pandora/isWellFormed", payload: null }
})

/** Well-formed text of `min` to `max` characters. */
export const text = (max: number, min = 1) =>
  Schema.String.check(Schema.isMinLength(min), Schema.isMaxLength(max), isWellFormed)

/** Text described by a pattern. `mustBe` says in words what it is, for messages. */
export const matching = (pattern: RegExp, mustBe: string, of: Schema.String = Schema.String) =>
  of.check(Schema.isPattern(pattern)).annotate(marked({ mustBe }))

/** Text kept by the venue: 1 to `max` printable ASCII characters; the venue checks the pattern. */
export const label = (max: number) => text(max).annotate(marked({ leaf: "label" }))

/** A whole number, written in plain digits in URLs. */
export const whole = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** A decimal's exact value is checked where its scale is known: by the asset or the market. */
export const Decimal = Schema.String.check(Schema.isMaxLength(64)).annotate({
  identifier: "Decimal",
  description: "Plain decimal digits with at most one point between them.",
  examples: ["0.015"],
  ...marked({ leaf: "decimal" })
})

export const SignedDecimal = Schema.String.annotate({
  identifier: "SignedDecimal",
  description: "A decimal that may begin with a minus sign.",
  examples: ["-0.015"],
  ...marked({ leaf: "signedDecimal" })
})

export const TimeMs = whole(0).annotate({
  identifier: "TimeMs",
  description: "Milliseconds since 1970.",
  ...marked({ mustBe: "a time in whole milliseconds since 1970, such as 1767225600000" })
})

/** A time that programs may also give as a `Date`. */
export const Instant = TimeMs.pipe(
  Schema.decodeTo(
    Schema.Union([Schema.Number, Schema.Date]),
    SchemaTransformation.transform<number | Date, number>({ decode: (ms) => ms, encode: Number })
  ),
  Schema.annotate({
    identifier: "Instant",
    description: "Milliseconds since 1970.",
    ...marked({ leaf: "time", mustBe: "a time in whole milliseconds since 1970" })
  })
)

export const Sequence = Schema.Int.annotate({
  identifier: "Sequence",
  description: "A position in the venue's journal."
})

/**
 * A number inside, prefixed text on the wire. Plain numbers are accepted; ids of another kind are
 * not.
 */
const id = <Name extends string>(wireId: WireId.WireId, name: Name, description: string) =>
  Schema.String.check(Schema.isPattern(wireId.pattern)).pipe(
    Schema.decodeTo(Schema.Number as Schema.Codec<number & { readonly "~id"?: Name }, number>, {
      decode: SchemaGetter.transformEffect((text: string) => {
        const number = wireId.read(text)
        return number === undefined
          ? Effect.fail(new SchemaIssue.InvalidValue(undefined, text))
          : Effect.succeed(number)
      }),
      encode: SchemaGetter.transform(wireId.write)
    }),
    Schema.annotate({
      identifier: name,
      description,
      ...marked({ leaf: "id", prefix: wireId.prefix })
    })
  )
export const AccountId = id(WireId.account, "AccountId", "An account.")
export const OrderId = id(WireId.order, "OrderId", "An order.")
export const TradeId = id(WireId.trade, "TradeId", "A trade, counted per market.")
export const HoldId = id(WireId.hold, "HoldId", "An amount set aside.")
export const ListId = id(WireId.list, "ListId", "Orders that depend on each other.")

const name = (description: string) =>
  text(32).annotate({ description, ...marked({ leaf: "symbol" }) })
/** The symbol of a listed market; others are refused as `UnknownMarket`. */
export const MarketSymbol = name("The symbol of a market.")
/** The symbol of a listed asset; others are refused as `UnknownAsset`. */
export const AssetSymbol = name("The symbol of an asset.")

/** Exactly what the venue accepts: an id it would refuse is not looked up either. */
export const ClientOrderId = Schema.String.check(
  Schema.isPattern(/^[A-Za-z0-9._:/-]{1,36}$/)
).annotate({
  identifier: "ClientOrderId",
  description: "Your own id: 1 to 36 of A-Z a-z 0-9 . _ : / -.",
  ...marked({ leaf: "label", mustBe: "1 to 36 of A-Z a-z 0-9 . _ : / -" })
})

/**
 * Redacted as soon as it is read, so that no log, trace or message can show it. Answers give plain
 * text.
 */
export const Secret = Schema.RedactedFromValue(text(2_048)).annotate({
  identifier: "Secret",
  ...marked({ leaf: "secret" })
})

/** The account an operation is about. */
export const account = { account: field(AccountId, "The account.", { account: true }) }

/**
 * Names an order by its id or the client's own id. On the wire both go into `order`: `ord_17` or
 * `client:ID`.
 */
export const namedOrder = {
  order: optional(OrderId, "The order's id. Give this or `clientOrderId`.", {
    client: "clientOrderId",
    code: "NotAnOrder"
  }),
  clientOrderId: optional(ClientOrderId, "Your own id of the order, instead of `order`.", {
    inside: "order"
  })
}

/**
 * Names a list by its id or the client's own id. On the wire both go into `list`: `lst_3` or
 * `client:ID`.
 */
export const namedList = {
  list: optional(ListId, "The list's id. Give this or `clientListId`.", {
    client: "clientListId",
    code: "NotAList"
  }),
  clientListId: optional(ClientOrderId, "Your own id of the list, instead of `list`.", {
    inside: "list"
  })
}

export const pageSizeDefault = 100
export const pageSizeMax = 1_000

/** A page of a list that can be read in one order only. */
export const cursor = {
  limit: optional(whole(1, pageSizeMax), "How many at most. Default: 100."),
  cursor: optional(text(256), "The `next` of the page before.")
}

/** A page of a list, within a time range. */
export const page = {
  ...cursor,
  from: optional(TimeMs, "The earliest time, in milliseconds since 1970."),
  to: optional(TimeMs, "The time before which the page ends, in milliseconds since 1970."),
  sort: optional(Schema.Literals(["newest", "oldest"]), "Which come first. Default: `newest`.")
}

const next = field(Schema.NullOr(Schema.String), "The cursor of the next page; null at the end.")
const sequence = field(Sequence, "The command of the journal that the answer reflects.")

/** An answer with a page of `item`. */
export const pageOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), next, sequence })

/** An answer with a page of things the venue does not keep. */
export const pageBeside = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), next })

/** An answer with a complete list. */
export const listOf = <S extends Schema.Top>(item: S) =>
  Schema.Struct({ data: Schema.Array(item), sequence })
