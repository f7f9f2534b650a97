/**
 * Tables in the pages that come from the code: whatever stands between `<!-- table NAME -->` and `<!-- end -->`. When the code has
 * changed, `npm test -- docs --update` writes them again.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  Account,
  Command,
  Event,
  FolderLock,
  IdentityStore,
  Journal,
  Layout,
  Market,
  Order,
  RateLimiter,
  RejectReason
} from "@pandora-exchange/core"
import { Recovery, SubmitError } from "@pandora-exchange/engine"
import { ExchangeError, InvalidInput, Refused } from "@pandora-exchange/sdk"
import { Errors, KycProvider, Settings, VenueAccounts } from "@pandora-exchange/identity"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "vitest"
// The list of codes that have a sentence is not public.
import { explainedCodes } from "../../packages/sdk/src/internal/explanations.ts"
import { AccountUnknown } from "../../packages/sdk/src/UserAccess.ts"
import { root } from "./pages.ts"

const row = (...cells: ReadonlyArray<string | number>) => `| ${cells.join(" | ")} |`
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): string =>
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
const types = new Map<unknown, string>(Object.entries({ flag, i64, text, u16, u32, u53, u8 }).map(([k, v]) => [v, k]))

/** A field's type; one of a list is known by what it reads. */
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

const records = (layouts: ReadonlyArray<Pick<Layout.Layout<string, Layout.Fields>, "code" | "fields" | "tag">>) =>
  table(
    ["code", "record", "fields, in order"],
    layouts.map(({ code, fields, tag }) => [
      code,
      tag,
      Object.entries(fields)
        .map(([name, field]) => `${name} ${typeOf(field)}`)
        .join(", ") || "none"
    ])
  )

const errors = (failures: ReadonlyArray<unknown>) =>
  table(
    ["code", "message", "`retry`"],
    failures.map((failure) => {
      const { code, message, retry } = ExchangeError.from(failure)
      return [`\`${code}\``, message.replace(/^FIELD: /, "").replaceAll("|", "\\|"), retry]
    })
  )

const unavailable = SubmitError.Unavailable.fields.reason.literals
const opening: ReadonlyArray<unknown> = [
  new FolderLock.FolderLocked({ folder: "FOLDER" }),
  new FolderLock.FolderUnusable({ folder: "FOLDER", problem: "PROBLEM" }),
  new Journal.Damaged({ place: "PLACE", sequence: 1, problem: "PROBLEM" }),
  new Journal.Fenced({ epoch: 1, firstSequence: 1 }),
  new Recovery.Diverged({ sequence: 1 }),
  new Recovery.RulesUnknown({ sequence: 1, rulesVersion: 2 }),
  new Settings.SettingsWrong({ message: "PROBLEM, and what to do" })
]
const identity: ReadonlyArray<unknown> = [
  new AccountUnknown({ cause: "CAUSE" }),
  new Errors.TokenRefused(),
  new Errors.PermissionMissing({ permission: "trade" }),
  new Errors.SignInRefused(),
  new Errors.FactorRequired({ methods: ["totp"], passkey: null }),
  new Errors.FactorRefused(),
  new Errors.RefreshRefused(),
  new Errors.RefreshedAlready(),
  new Errors.StepUpRequired(),
  new Errors.LinkRefused(),
  new IdentityStore.EmailTaken(),
  ...Errors.passwordProblems.map((problem) => new Errors.PasswordRefused({ problem })),
  ...Errors.NotPossible.fields.problem.literals.map((problem) => new Errors.NotPossible({ problem })),
  new Errors.TooManyAttempts({ retryAfterMs: 1 }),
  new Errors.Busy(),
  new RateLimiter.RateLimiterUnavailable({ cause: "CAUSE" }),
  new VenueAccounts.VenueAccountsUnavailable({ cause: "CAUSE" }),
  new KycProvider.KycUnavailable({ cause: "CAUSE" }),
  new IdentityStore.IdentityUnavailable({ cause: "CAUSE" })
]
const elsewhere = new Set<string>([
  ...RejectReason.rejectReasons,
  ...unavailable,
  "OutcomeUnknown",
  ...[...opening, ...identity].map((failure) => ExchangeError.from(failure).code)
])
const input = explainedCodes.filter((code) => !elsewhere.has(code))

const tables: Readonly<Record<string, string>> = {
  commands: records(Command.layouts),
  events: records(Event.layouts),
  lists: table(
    ["list", "values, from 0"],
    Object.entries(lists)
      .filter(([name]) => name !== "rejectReasons")
      .map(([name, list]) => [name, list.join(", ")])
  ),
  input: errors(input.map((code) => new InvalidInput(code, "FIELD"))),
  refusals: errors(RejectReason.rejectReasons.map((code) => new Refused(code, 1))),
  unavailable: errors(unavailable.map((reason) => new SubmitError.Unavailable({ reason }))),
  unknown: errors([new SubmitError.OutcomeUnknown()]),
  opening: errors(opening),
  identity: errors(identity)
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
    const shown = pages.flatMap(({ text }) => Array.from(text.matchAll(between), ([, name]) => name))
    assert.deepStrictEqual(shown.sort(), Object.keys(tables).sort())
  })
})
