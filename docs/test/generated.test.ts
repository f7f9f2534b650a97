/**
 * Tables in the pages that are generated from code: everything between `<!-- table NAME -->` and
 * `<!-- end -->`. When the code has changed, `npm test -- docs --update` rewrites them.
 */
import { assert, describe, it } from "@effect/vitest"
import { areas, codes, failureOf, kinds } from "@pandora-exchange/contract/failures"
import {
  Account,
  Command,
  Event,
  Layout,
  Market,
  Order,
  RejectReason
} from "@pandora-exchange/core"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
import { root } from "./pages.ts"

const row = (...cells: ReadonlyArray<string | number>) => `| ${cells.join(" | ")} |`
const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string | number>>
): string =>
  [row(...head), row(...head.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n")

const lists: Readonly<Record<string, ReadonlyArray<string>>> = {
  accountKinds: Account.accountKinds,
  marketStatuses: Market.marketStatuses,
  sides: Order.sides,
  sideFilters: Order.sideFilters,
  orderTypes: Order.orderTypes,
  timesInForce: Order.timesInForce,
  postOnlyModes: Order.postOnlyModes,
  triggers: Order.triggers,
  trailingUnits: Order.trailingUnits,
  selfTradePreventions: Order.selfTradePreventions,
  contingencies: Order.contingencies,
  waits: Order.waits,
  replaceables: Order.replaceables,
  replaceModes: Order.replaceModes,
  replaceParts: Order.replaceParts,
  orderOrigins: Order.orderOrigins,
  endReasons: Order.endReasons,
  rejectReasons: RejectReason.rejectReasons
}

const { flag, i64, text, u16, u32, u53, u8 } = Layout
const types = new Map<unknown, string>(
  Object.entries({ flag, i64, text, u16, u32, u53, u8 }).map(([k, v]) => [v, k])
)

/** The type of a field; a list is identified by its element type. */
const typeOf = (field: Layout.Field<unknown>): string => {
  const name = types.get(field)
  if (name !== undefined) return name
  const reads = (byte: number) => field.read(new DataView(new Uint8Array([byte]).buffer), 0)
  const isList = (list: ReadonlyArray<string>) => {
    try {
      return list.every((value, i) => reads(i) === value)
    } catch {
      return false
    }
  }
  const found = Object.entries(lists).find(([, list]) => isList(list))
  return `one of ${found![0]}`
}

const records = (
  layouts: ReadonlyArray<Pick<Layout.Layout<string, Layout.Fields>, "code" | "fields" | "tag">>
) =>
  table(
    ["code", "record", "fields, in order"],
    [...layouts]
      .sort((one, other) => one.code - other.code)
      .map(({ code, fields, tag }) => [
        code,
        tag,
        Object.entries(fields)
          .map(([name, field]) => `${name} ${typeOf(field)}`)
          .join(", ") || "none"
      ])
  )

/** The kind, HTTP status, retry class and sentence of each code. */
const errors = (area: keyof typeof areas) =>
  table(
    ["code", "kind", "status", "`retry`", "what it says"],
    codes
      .filter((code) => code in areas[area])
      .map(failureOf)
      .map(({ code, kind, retry, sentence, status }) => [
        `\`${code}\``,
        kind,
        status,
        retry,
        sentence.replaceAll("|", "\\|")
      ])
  )

const tables: Readonly<Record<string, string>> = {
  commands: records(Command.layouts),
  events: records(Event.layouts),
  lists: table(
    ["list", "values, from 0"],
    Object.entries(lists)
      .filter(([name]) => name !== "rejectReasons")
      .map(([name, list]) => [name, list.join(", ")])
  ),
  kinds: table(
    ["kind", "class", "status", "`retry`", "gRPC", "exit"],
    Object.entries(kinds).map(([kind, { exit, family, grpc, retry, status }]) => [
      `\`${kind}\``,
      `\`${family}\``,
      status,
      retry,
      grpc,
      exit
    ])
  ),
  request: errors("request"),
  values: errors("values"),
  refusals: errors("refusals"),
  users: errors("users"),
  stream: errors("stream"),
  service: errors("service"),
  embedded: errors("embedded"),
  opening: errors("opening")
}

const between = /<!-- table (\w+) -->\n[^]*?<!-- end -->/g
const pages = ["docs/errors.md", "docs/concepts/journal-format.md"].map((path) => ({
  path,
  text: readFileSync(join(root, path), "utf8")
}))

describe("tables", () => {
  for (const { path, text } of pages) {
    it(`${path} has the tables that the code gives; \`npm test -- docs --update\` writes them`, async () => {
      const written = text.replaceAll(
        between,
        (_, name: string) => `<!-- table ${name} -->\n\n${tables[name]}\n\n<!-- end -->`
      )
      await expect(written).toMatchFileSnapshot(join(root, path))
    })
  }

  it("every table stands in a page", () => {
    const shown = pages.flatMap(({ text }) =>
      Array.from(text.matchAll(between), ([, name]) => name)
    )
    assert.deepStrictEqual(shown.sort(), Object.keys(tables).sort())
  })
})
