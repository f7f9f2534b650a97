import { expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as wire from "../src/wire.ts"
import { operations } from "../src/api.ts"

const source = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../src/${path}`, import.meta.url)), "utf8")

it("a client gets plain data: every route and command, and no import that runs", () => {
  expect(Object.keys(wire).sort()).toEqual(["commands", "routes", "streamPath"])
  expect(Object.keys(wire.routes)).toEqual(
    [...operations.values()].filter(({ rest }) => rest).map(({ name }) => name)
  )
  expect(Object.keys(wire.commands)).toEqual(
    [...operations.values()].filter(({ stream }) => stream).map(({ name }) => name)
  )
  expect(source("generated/routes.ts")).not.toMatch(/\bimport\b/)
  expect(source("wire.ts").match(/^export .*$/gm)).toEqual([
    'export * from "./generated/routes.ts"',
    'export type * from "./generated/wire.ts"',
    'export type { EffectMethods, PromiseMethods, StreamMethods } from "./generated/methods.ts"'
  ])
})

it("a request is sent again without an answer only where that does it once", () => {
  const again = Object.fromEntries(
    Object.entries(wire.routes).map(([name, route]) => [name, route[3]])
  )
  expect([
    again["place"],
    again["preview"],
    again["balances"],
    again["signIn"],
    again["endSession"]
  ]).toEqual(["key", "always", "always", "never", "never"])
})
