/** What the walker reads from schemas: each kind of field, constraint and mark. */
import { expect, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Fields from "../src/fields.ts"
import { operation, placementOf } from "../src/operation.ts"
import { fieldsOf, shapeOf } from "../src/shape.ts"
import * as Orders from "../src/operations/orders.ts"

it("reads the limits of text, numbers and lists", () => {
  expect(shapeOf(Fields.text(36))).toEqual({
    kind: "text",
    min: 1,
    max: 36,
    pattern: undefined,
    use: undefined
  })
  expect(shapeOf(Schema.String.check(Schema.isPattern(/^a+$/u)))).toMatchObject({
    kind: "text",
    pattern: /^a+$/u
  })
  expect(shapeOf(Fields.whole(1, 5))).toEqual({ kind: "whole", min: 1, max: 5 })
  expect(
    shapeOf(Schema.Array(Schema.Boolean).check(Schema.isMinLength(2), Schema.isMaxLength(3)))
  ).toEqual({
    kind: "list",
    item: { kind: "boolean" },
    min: 2,
    max: 3
  })
})

it("reads unions of literals as one list of words", () => {
  expect(shapeOf(Schema.Literals(["a", "b"]))).toEqual({ kind: "literals", values: ["a", "b"] })
  expect(shapeOf(Schema.NullOr(Schema.String))).toMatchObject({
    kind: "union",
    members: [{}, { kind: "null" }]
  })
})

it("reads the marks of leaves: ids, decimals, symbols, times and secrets", () => {
  const kinds = [
    Fields.OrderId,
    Fields.Decimal,
    Fields.Instant,
    Fields.Secret,
    Fields.MarketSymbol
  ].map(shapeOf)
  expect(kinds).toMatchObject([
    { kind: "id", prefix: "ord", name: "OrderId", doc: "An order." },
    { kind: "decimal" },
    { kind: "time" },
    { kind: "secret" },
    { kind: "text", use: "symbol", max: 32 }
  ])
})

it("reads the marks of keys: what is optional, absent, an account, inside another, named otherwise on the wire", () => {
  const fields = fieldsOf(
    shapeOf(
      Fields.renamed(
        Fields.struct("Example", "An example.", {
          ...Fields.account,
          ...Fields.namedOrder,
          price: Fields.absent(Fields.Decimal, "The price."),
          cost: Fields.field(Fields.Decimal, "The cost.", { code: "DecimalBlank" })
        }),
        { cost: "total" }
      )
    )
  )
  expect(fields.map(({ doc: _, shape, ...field }) => ({ ...field, kind: shape.kind }))).toEqual([
    { name: "account", wire: "account", kind: "id", optional: false, absent: false, account: true },
    {
      name: "order",
      wire: "order",
      kind: "id",
      optional: true,
      absent: false,
      client: "clientOrderId",
      code: "NotAnOrder"
    },
    {
      name: "clientOrderId",
      wire: "clientOrderId",
      kind: "text",
      optional: true,
      absent: false,
      inside: "order"
    },
    { name: "price", wire: "price", kind: "decimal", optional: false, absent: true },
    {
      name: "cost",
      wire: "total",
      kind: "decimal",
      optional: false,
      absent: false,
      code: "DecimalBlank"
    }
  ])
})

it("error: a schema that no reader knows is refused where it is declared", () => {
  expect(() => shapeOf(Schema.BigInt)).toThrow("no shape")
  expect(() => shapeOf(Schema.String.check(Schema.isTrimmed()))).toThrow("isTrimmed")
})

it("places fields by their names, the method and the account", () => {
  const places = (op: Parameters<typeof placementOf>[0]) => {
    const { body, path, query } = placementOf(op)
    return [path, query, body].map((fields) => fields.map(({ name }) => name))
  }
  expect(places(Orders.amend)).toEqual([["order"], ["account"], ["market", "price", "quantity"]])
  expect(places(Orders.cancel)).toEqual([["order"], ["account"], []])
  expect(places(Orders.cancelAll)).toEqual([[], ["account", "market", "side"], []])
  expect(
    places(operation("nothing", { doc: "Does nothing.", permission: "public", fails: [] }))
  ).toEqual([[], [], []])
})

it("absent fields are undefined inside and left out on the wire", () => {
  const Answer = Schema.Struct({ price: Fields.absent(Fields.OrderId, "The order.") })
  expect(Schema.decodeUnknownSync(Answer)({})).toEqual({ price: undefined })
  expect(Schema.decodeUnknownSync(Answer)({ price: "ord_17" })).toEqual({ price: 17 })
  expect(Schema.encodeUnknownSync(Answer)({ price: undefined })).toEqual({})
  expect(Schema.encodeUnknownSync(Answer)({ price: 17 })).toEqual({ price: "ord_17" })
})
