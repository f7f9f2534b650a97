import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { generateSync } from "otplib"
import * as Prerequisite from "../../../scripts/Prerequisite.ts"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { createAdmin } from "../src/CreateAdmin.ts"
import { asking, main, newFolder, runToEnd, startServer } from "./support.ts"

const password = "umbrella stapler 42 kiwi"
const secondFactor =
  "Permissions over other users require a second factor: sign in, add an authenticator app (POST /v1/user/factors/totp, then its first code to /v1/user/factors/totp/confirm), and sign in again with the next code as proof."

let folder: string
beforeAll(async () => void (folder = await newFolder()))
afterAll(() => rm(folder, { recursive: true }))

/** Of `create-admin` on the folder. */
const ended = async (args: ReadonlyArray<string>, input?: string) => {
  const { code, errors, output } = await runToEnd(
    ["create-admin", "--data", folder, ...args],
    {},
    input
  )
  return { code, errors, output: output.replace(/usr_[\w-]{22}/, "USER") }
}

const terminal = Prerequisite.available("terminal", {
  present: existsSync("/usr/bin/script"),
  remedy: "install the command `script` (util-linux; package bsdutils on Debian and Ubuntu)"
})

const refused = (sentence: string) => ({ code: 1, errors: `${sentence}\n`, output: "" })

describe("create-admin", () => {
  it("takes the password that is piped in, and says what is still to be done", async () => {
    expect(await ended(["--email", "Ada@Pandora.example"], `${password}\n`)).toEqual({
      code: 0,
      errors: "",
      output: `Ada@Pandora.example is now superadmin (USER) of the exchange in ${folder}.\n${secondFactor}\n`
    })
    expect(await ended(["--email", "ada@pandora.example"], password)).toEqual(
      refused("ada@pandora.example already belongs to a user. Give another address.")
    )
  })

  it("makes a password, and shows it once", async () => {
    const { code, output } = await ended([
      "--email",
      "ben@pandora.example",
      "--role",
      "support",
      "--generate-password"
    ])
    expect(code).toBe(0)
    expect(output.replace(/: [\w-]{32}\n/, ": PASSWORD\n")).toBe(
      `ben@pandora.example is now support (USER) of the exchange in ${folder}.\nThe password, shown only once: PASSWORD\n${secondFactor}\n`
    )
  })

  it.skipIf(!terminal)("asks twice on a terminal, and shows nothing of the answers", async () => {
    const command = `'${process.execPath}' --conditions=@pandora-exchange/source '${main}' create-admin --data '${folder}' --email cyd@pandora.example`
    const terminal = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
      env: { ...process.env, NODE_OPTIONS: "" }
    })
    let shown = ""
    const questions = ["Password: ", "Repeat it: "]
    terminal.stdout.on("data", (data) => {
      shown += String(data)
      while (questions.length > 0 && shown.includes(questions[0]!)) {
        questions.shift()
        terminal.stdin.write(`${password}\r`)
      }
    })
    expect(await new Promise((resolve) => terminal.on("close", resolve))).toBe(0)
    expect(shown).not.toContain("umbrella")
    expect(shown.replaceAll("\r", "").replace(/usr_[\w-]{22}/, "USER")).toBe(
      `Password: \nRepeat it: \ncyd@pandora.example is now superadmin (USER) of the exchange in ${folder}.\n${secondFactor}\n`
    )
  })

  it.each([
    [[], "--email is missing. Give the address that the user signs in with."],
    [
      ["--role", "user"],
      '--role is "user": give one of support, compliance, finance, admin, superadmin.'
    ],
    [
      ["--name", ""],
      '--name is "". A name has 1 to 100 characters, at least one of them visible, and no line breaks, control or direction characters.'
    ],
    [["--password", password], "Unknown option --password. --help lists all options."]
  ])("error: %j", async (args, sentence) => {
    const email = args.length === 0 ? [] : ["--email", "dan@pandora.example"]
    const wrong = await Effect.runPromise(
      Effect.flip(createAdmin([...email, ...args], {}, () => {}))
    )
    expect(wrong).toMatchObject({ _tag: "InvalidConfig", message: sentence })
  })

  it.each([
    ["nothing", undefined, "No password came: pipe one in, or make one with --generate-password."],
    ["an empty line", "\n", "No password came: pipe one in, or make one with --generate-password."],
    [
      "two lines",
      `${password}\n${password}\n`,
      "What was piped in is no password: give one line and nothing else."
    ],
    [
      "too much",
      "x".repeat(100_000),
      "What was piped in is no password: give one line and nothing else."
    ],
    [
      "a short password",
      "kiwi 42",
      "The password must have at least 15 characters, or 8 if you also have a second factor."
    ]
  ])("error: %s is piped in", async (_, input, sentence) => {
    expect(await ended(["--email", "dan@pandora.example"], input)).toEqual(refused(sentence))
  })

  it("error: an address that is none", async () => {
    expect(await ended(["--email", "ada"], password)).toEqual(
      refused('--email is "ada", which is not an email address. Give it as name@host.')
    )
  })

  it("error: beside an exchange that uses the folder", async () => {
    const { stop } = await startServer(["--data", folder, "--no-demo"])
    expect(await ended(["--email", "dan@pandora.example"], password)).toEqual(
      refused(
        `A running exchange uses ${folder}. Stop it first. With the data in Postgres (PANDORA_DATABASE_URL), this command also works while it runs.`
      )
    )
    await stop()
  })

  it("--help says what there is", async () => {
    const { code, output } = await ended(["--help"])
    expect(code).toBe(0)
    for (const name of ["--email", "--name", "--role", "--generate-password", "--data"])
      expect(output).toContain(name)
  })

  it.skipIf(!Postgres.available)(
    "works beside a server on Postgres, whose staff needs a second factor",
    async () => {
      const env = { PANDORA_DATABASE_URL: await Effect.runPromise(Postgres.emptyDatabase) }
      const { stop, url } = await startServer(["--data", folder, "--no-demo"], env)
      const email = "ada@pandora.example"
      const { code } = await runToEnd(
        ["create-admin", "--data", folder, "--email", email],
        env,
        password
      )
      expect(code).toBe(0)
      const ask = asking(url)
      const signIn = async (proof?: object) =>
        (await ask("POST", "/v1/sessions", { body: { email, password, proof } })).body
          .accessToken as string
      const token = await signIn()
      expect((await ask("GET", "/v1/me", { token })).body).toEqual({
        name: "ada",
        accounts: [],
        permissions: ["self"]
      })
      expect((await ask("GET", "/v1/admin/users", { token })).status).toBe(403)
      const { secret } = (await ask("POST", "/v1/user/factors/totp", { token })).body
      const body = { code: generateSync({ secret }) }
      const { recoveryCodes } = (
        await ask("POST", "/v1/user/factors/totp/confirm", { token, body })
      ).body
      const proven = await signIn({ kind: "recoveryCode", code: recoveryCodes[0] })
      const { body: users } = await ask("GET", "/v1/admin/users", { token: proven })
      expect(users.data.map(({ email, roles }: any) => [email, roles])).toEqual([
        [email, ["superadmin"]]
      ])
      await stop()
    }
  )
})
