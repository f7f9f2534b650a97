/**
 * Access: every route, requested over HTTP by every kind of user. The routes and their permissions
 * come from the contract, so a new one is included automatically. `npm test -- access --update`
 * rewrites docs/access.md.
 */
import type { Tokens } from "@pandora-exchange/contract/wire"
import { factorMissing } from "@pandora-exchange/contract/Principal"
import { type Role, roles } from "@pandora-exchange/core/IdentityRecords"
import type { Permission } from "@pandora-exchange/core/Permission"
import { permissionsOfRole } from "@pandora-exchange/identity/Roles"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Route } from "../../src/http/Routes.ts"
import { given, open, password, type People, routes, staff } from "./people.ts"

interface Caller {
  readonly name: string
  readonly token: string | undefined
  /** As the table of roles has them; nobody has none. */
  readonly permissions: ReadonlyArray<string>
}

let people: People
let callers: ReadonlyArray<Caller>

const others = (permission: string) => permission.includes(":")
const moves = (permission: string) => permission === "trade" || permission === "withdraw"

beforeAll(async () => {
  people = await open()
  const signedIn: Array<Omit<Caller, "token"> & { readonly tokens: Tokens }> = []
  for (const role of roles) {
    const { tokens } = await staff(people, role, [role])
    // Nobody here is verified, so nobody may withdraw.
    const permissions = permissionsOfRole[role].filter((permission) => permission !== "withdraw")
    signedIn.push({ name: role, tokens, permissions })
  }
  for (const role of roles.slice(1)) {
    const { email } = await people.create(`${role}-alone`, [role])
    const tokens = given(
      await people.ask("POST", "/v1/sessions", { body: { email, password } }),
      201
    )
    const permissions = permissionsOfRole[role].filter((permission) => !others(permission))
    signedIn.push({ name: `${role} without a second factor`, tokens, permissions })
  }
  const frozen: Array<string> = []
  for (const role of ["user", "admin"] as const) {
    const { tokens, user } = await staff(people, `frozen-${role}`, [role])
    frozen.push(user)
    const permissions = permissionsOfRole[role].filter(
      (permission) => !moves(permission) && !others(permission)
    )
    signedIn.push({ name: `frozen ${role}`, tokens, permissions })
  }
  const root = (await staff(people, "root", ["superadmin"])).tokens.accessToken
  for (const user of frozen)
    given(await people.ask("POST", `/v1/admin/users/${user}/freeze`, { token: root }), 200)
  callers = [
    { name: "nobody", token: undefined, permissions: [] },
    ...(await Promise.all(
      signedIn.map(async ({ tokens, ...caller }) => ({ ...caller, token: await renewed(tokens) }))
    ))
  ]
})
/** Enough time has passed since it was issued. */
const renewed = async ({ refreshToken }: Tokens): Promise<string> =>
  given(await people.ask("POST", "/v1/sessions/refresh", { body: { refreshToken } }), 200)
    .accessToken

afterAll(() => people.end())

/** A path of the route with valid parameters. */
const pathOf = ({ path }: Route): string =>
  path
    .replace(":user", `usr_${"A".repeat(22)}`)
    .replace(":session", `ses_${"A".repeat(22)}`)
    .replace(":order", "ord_1")
    .replace(/:\w+/, "x")

/**
 * A parameter that no route has is refused after the caller was let in and before anything is done.
 */
const probe = async (
  route: Route,
  { token }: Caller
): Promise<"open" | "Unauthorized" | "NotPermitted" | string> => {
  const { body } = await people.ask(route.method, `${pathOf(route)}?probe=1`, { token })
  return body.code === "UnknownField" && body.parameter === "probe" ? "open" : body.code
}

const isOpen = ({ right }: Route, { permissions, token }: Caller): boolean =>
  right === "public" ||
  (token !== undefined && (right === "signedIn" || permissions.includes(right)))

const page = fileURLToPath(new URL("../../../../docs/access.md", import.meta.url))

it("everybody gets to the routes that their permissions open, and to no others; docs/access.md says which", async () => {
  const wrong: Array<string> = []
  const rows: Array<string> = []
  for (const route of routes) {
    const found = new Map<string, string>()
    for (const caller of callers) {
      const answer = await probe(route, caller)
      const expected = isOpen(route, caller)
        ? "open"
        : caller.token === undefined
          ? "Unauthorized"
          : "NotPermitted"
      if (answer !== expected)
        wrong.push(`${caller.name}: ${route.method} ${route.path}: ${answer}, not ${expected}`)
      const column = caller.name.includes("without") ? "staff without a second factor" : caller.name
      const cell = answer === "open" ? "yes" : ""
      // There is one column for staff without a second factor: what is open to one of them must be
      // open to all.
      if (found.has(column) && found.get(column) !== cell)
        wrong.push(`${caller.name}: ${route.path}: not as the others`)
      found.set(column, cell)
    }
    if (rows.length === 0) {
      rows.push(
        row("route", "needs", ...found.keys()),
        row("---", "---", ...[...found].map(() => "---"))
      )
    }
    rows.push(row(`${route.method} ${route.path}`, route.right, ...found.values()))
  }
  expect(wrong).toEqual([])
  const text = readFileSync(page, "utf8")
  await expect(
    text.replace(between, () => `<!-- table access -->\n\n${rows.join("\n")}\n\n<!-- end -->`)
  ).toMatchFileSnapshot(page)
})

it("error: staff without a second factor are told that it is missing, others are not", async () => {
  const wrong: Array<string> = []
  for (const route of routes) {
    for (const caller of callers.filter((caller) => caller.token !== undefined)) {
      if (isOpen(route, caller)) continue
      const { body } = await people.ask(route.method, pathOf(route), { token: caller.token })
      const role = caller.name.replace(" without a second factor", "")
      const isMissing =
        role !== caller.name && permissionsOfRole[role as Role].includes(route.right as Permission)
      if ((body.detail === factorMissing) !== isMissing)
        wrong.push(`${caller.name}: ${route.method} ${route.path}: ${body.detail}`)
    }
  }
  expect(wrong).toEqual([])
})

const between = /<!-- table access -->\n[^]*?<!-- end -->/
const row = (...cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`

/** Bodies that the routes of staff take. */
const bodies: Readonly<Record<string, object>> = {
  "/v1/admin/users/:user/kyc": { decision: "verified" },
  "/v1/admin/users/:user/roles": { roles: ["user"] }
}

it("whom a route of staff lets in, the service behind it lets in, too", async () => {
  const wrong: Array<string> = []
  for (const route of routes.filter(({ path }) => path.startsWith("/v1/admin/"))) {
    for (const caller of callers.filter((caller) => isOpen(route, caller))) {
      // `setRoles` takes a fresh proof.
      if (route.right === "users:roles") continue
      const { body, status } = await people.ask(route.method, pathOf(route), {
        token: caller.token,
        body: bodies[route.path]
      })
      const expected = route.path.includes(":user") ? "UnknownUser" : 200
      if ((body.code ?? status) !== expected)
        wrong.push(`${caller.name}: ${route.path}: ${status} ${body.code}`)
    }
  }
  expect(wrong).toEqual([])
})
