/**
 * Every sample in the API reference, run by a shell exactly as shown. A user registers, trades,
 * secures the account and closes it; then staff do their work.
 */
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { available } from "../../../../scripts/Prerequisite.ts"
import { SoftwareAuthenticator } from "../../../identity/test/support/SoftwareAuthenticator.ts"
import {
  codeOf,
  given,
  join,
  open,
  otherPassword,
  password,
  type People,
  site,
  staff,
  tokenIn
} from "./people.ts"

interface Sample {
  readonly source: string
  readonly statuses: ReadonlyArray<number>
}

type Variables = Record<string, string>

let people: People
let samples: ReadonlyMap<string, Sample>
const ran = new Set<string>()

/** The result of a shell command. */
const shell = (command: string, variables: Variables): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env["PATH"], ...variables }
    execFile("sh", ["-c", command], { env }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${command}\n${stderr}`))
    )
  })

const hasCurl = await shell("curl --version", {}).then(
  () => true,
  () => false
)
const test = available("curl", { present: hasCurl, remedy: "install curl." }) ? it : it.skip

beforeAll(async () => {
  people = await open()
  const document = await (await fetch(`${people.url}/openapi.json`)).json()
  samples = new Map(
    Object.values<any>((document as any).paths).flatMap((item) =>
      Object.values<any>(item).map((operation) => {
        const [{ source }] = operation["x-codeSamples"]
        const statuses = Object.keys(operation.responses).map(Number)
        return [operation.operationId, { source, statuses: statuses.filter((n) => n < 300) }]
      })
    )
  )
})
afterAll(() => people.end())

/** Runs the sample, which must succeed. The server is not yet at its public address. */
const run = async (operation: string, variables: Variables = {}): Promise<any> => {
  const { source, statuses } = samples.get(operation)!
  expect(source).toContain(site)
  const command = `${source.replace(site, people.url)} -s -w '\n%{http_code}'`
  const lines = (await shell(command, variables)).split("\n")
  const status = Number(lines.pop())
  const body = lines.join("\n")
  expect([operation, statuses.includes(status), body]).toEqual([operation, true, body])
  ran.add(operation)
  return body === "" ? undefined : JSON.parse(body)
}

test("those of markets and of the server need nothing", async () => {
  const named =
    "assets markets market depth trades feeTiers lastPrice marketRules keySet live ready"
  for (const operation of named.split(" ")) await run(operation)
})

test("those of a user work one after another, from registration to the end", async () => {
  const { exchange, mail } = people
  const email = "ann@example.com"
  await run("register")
  const LINK_TOKEN = tokenIn(await mail(email, "Confirm your address"))
  await run("completeRegistration", { LINK_TOKEN, PASSWORD: password })
  const signIn = async (PASSWORD: string): Promise<Variables> => {
    const { accessToken } = await run("signIn", { PASSWORD })
    return { TOKEN: accessToken, PASSWORD }
  }
  const { refreshToken: REFRESH_TOKEN } = await run("signIn", { PASSWORD: password })
  await run("refresh", { REFRESH_TOKEN })
  let variables = await signIn(password)

  const account = Number((await run("me", variables)).accounts[0].slice(4))
  for (const [number, asset] of [
    [1, "BTC"],
    [2, "USDT"]
  ] as const) {
    const source = { name: "samples", number }
    await Effect.runPromise(exchange.credit({ account, asset, amount: "1000", source }))
  }
  const trading =
    "place preview order openOrders orders amend replace cancel batch placeList openLists cancelList " +
    "cancelAfter cancelAll balances accountTerms holds fills ledgerEntries"
  for (const operation of trading.split(" ")) await run(operation, variables)

  for (const operation of ["user", "rename", "addAccount", "beginKyc"])
    await run(operation, variables)
  await run("signIn", { PASSWORD: password })
  const { data } = await run("sessions", variables)
  const { session } = data.find(({ current }: { current: boolean }) => !current)
  await run("endSession", { ...variables, SESSION_ID: session })
  await run("endOtherSessions", variables)

  await run("beginStepUp", variables)
  variables = { ...variables, TOKEN: (await run("stepUp", variables)).accessToken }
  const { secret } = await run("beginTotp", variables)
  await run("confirmTotp", { ...variables, CODE: codeOf(people, secret) })
  people.advance(60_000)
  const proof = { kind: "totp", code: codeOf(people, secret) }
  const proven = await people.ask("POST", "/v1/sessions/step-up", {
    token: variables["TOKEN"],
    body: { proof }
  })
  variables = { ...variables, TOKEN: given(proven, 201).accessToken }
  await run("newRecoveryCodes", variables)
  const { options } = await run("beginPasskey", variables)
  const RESPONSE = JSON.stringify(new SoftwareAuthenticator().create(options, { origin: site }))
  await run("addPasskey", { ...variables, RESPONSE })
  const [{ passkey }] = (await run("factors", variables)).passkeys
  await run("removePasskey", { ...variables, PASSKEY_ID: passkey })
  await run("removeTotp", variables)

  await run("changePassword", { ...variables, NEW_PASSWORD: otherPassword })
  await run("requestPasswordReset")
  const reset = tokenIn(await mail(email, "Reset your password"))
  await run("completePasswordReset", { LINK_TOKEN: reset, PASSWORD: password })
  variables = await signIn(password)
  await run("changeEmail", variables)
  const moved = tokenIn(await mail("ann@example.org", "Confirm your new address"))
  await run("completeEmailChange", { LINK_TOKEN: moved })

  const { tokens } = await join(people, "zoe")
  await run("closeUser", { TOKEN: tokens.accessToken })
})

test("those of staff work with a second factor", async () => {
  const root = await staff(people, "root", ["superadmin"])
  const { tokens, user } = await join(people, "bob")
  given(await people.ask("POST", "/v1/user/kyc", { token: tokens.accessToken }), 200)
  const proof = { kind: "totp", code: codeOf(people, root.secret) }
  const fresh = await people.ask("POST", "/v1/sessions/step-up", {
    token: root.tokens.accessToken,
    body: { proof }
  })
  const variables = { TOKEN: given(fresh, 201).accessToken as string, USER_ID: user }
  const named =
    "users userNamed decideKyc freezeUser unfreezeUser setRoles auditEntries verifyAudit"
  for (const operation of named.split(" ")) await run(operation, variables)
})

test("no sample is left out", () => {
  expect([...samples.keys()].filter((operation) => !ran.has(operation))).toEqual([])
})

test("the idempotency key that a shell makes is one", async () => {
  const document: any = await (await fetch(`${people.url}/openapi.json`)).json()
  const { parameters } = document.paths["/v1/orders"].post
  const { description } = parameters.find(({ name }: any) => name === "Idempotency-Key")
  const script = /```sh\n([^]*)\n```/.exec(description)![1]!
  const key = await shell(`${script}\necho "$KEY"`, {})
  expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\n$/)
  const { tokens } = await join(people, "kim")
  const cancelled = await people.ask("DELETE", "/v1/orders", {
    token: tokens.accessToken,
    key: key.trim()
  })
  expect(cancelled.status).toBe(200)
})
