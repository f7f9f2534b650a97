/**
 * Secrets stay secret: they are in no line of the log, no trace, no problem and no row of the
 * database.
 */
import { createClient } from "@pandora-exchange/client"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { readdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { inspect } from "node:util"
import type { Ask, Reply } from "../support.ts"
import { addTotp, codeOf, dumpOf, given, open, type People, tokenIn } from "./people.ts"

let people: People
beforeAll(async () => {
  people = await open()
})
afterAll(() => rm(people.folder, { recursive: true }))

const email = "canary@example.com"
const passwords = {
  first: "canary umbrella stapler 42",
  next: "canary giraffe tuesday hat",
  reset: "canary kettle pavement moss",
  wrong: "canary wrong password here"
}

it("passwords, tokens, links, codes and keys are told to nobody but their owner", async () => {
  const secrets = new Set<string>(Object.values(passwords))
  const problems: Array<string> = []
  const ask = async (method: string, path: string, options: Ask = {}): Promise<Reply> => {
    const answer = await people.ask(method, path, options)
    if (answer.status >= 400)
      problems.push(JSON.stringify(answer.body), JSON.stringify([...answer.headers]))
    return answer
  }
  const keep = <A extends { readonly accessToken: string; readonly refreshToken: string }>(
    tokens: A
  ): A => {
    secrets.add(tokens.accessToken).add(tokens.refreshToken)
    return tokens
  }

  given(await ask("POST", "/v1/registrations", { body: { email } }), 202)
  const link = tokenIn(await people.mail(email, "Confirm your address"))
  secrets.add(link)
  const complete = { token: link, password: passwords.first, name: "Ann" }
  given(await ask("POST", "/v1/registrations/complete", { body: complete }), 201)
  await ask("POST", "/v1/registrations/complete", { body: complete })
  await ask("POST", "/v1/sessions", { body: { email, password: passwords.wrong } })
  const tokens = keep(
    given(await ask("POST", "/v1/sessions", { body: { email, password: passwords.first } }), 201)
  )
  const token = tokens.accessToken
  given(await ask("POST", "/v1/user/kyc", { token }), 200)
  const { recoveryCodes, secret } = await addTotp(people, token)
  secrets.add(secret)
  for (const code of recoveryCodes) secrets.add(code).add(code.replaceAll("-", ""))
  const body = { email, password: passwords.first }
  await ask("POST", "/v1/sessions", { body })
  await ask("POST", "/v1/sessions", { body: { ...body, proof: { kind: "totp", code: "000000" } } })
  const proof = { kind: "totp", code: codeOf(people, secret) }
  const again = keep(given(await ask("POST", "/v1/sessions", { body: { ...body, proof } }), 201))
  await ask("POST", "/v1/sessions", { body: { ...body, proof } })
  people.advance(60_000)
  const refreshed = keep(
    given(
      await ask("POST", "/v1/sessions/refresh", { body: { refreshToken: again.refreshToken } }),
      200
    )
  )
  await ask("POST", "/v1/sessions/refresh", { body: { refreshToken: again.refreshToken } })
  const current = refreshed.accessToken
  await ask("POST", "/v1/user/password", {
    token: current,
    body: { current: passwords.wrong, next: passwords.next }
  })
  given(
    await ask("POST", "/v1/user/password", {
      token: current,
      body: { current: passwords.first, next: passwords.next }
    }),
    204
  )
  given(await ask("POST", "/v1/password-resets", { body: { email } }), 202)
  const reset = tokenIn(await people.mail(email, "Reset your password"))
  secrets.add(reset)
  const byCode = { kind: "recoveryCode", code: recoveryCodes[0] }
  const resetBody = { token: reset, password: passwords.reset, proof: byCode }
  given(await ask("POST", "/v1/password-resets/complete", { body: resetBody }), 204)
  await ask("POST", "/v1/password-resets/complete", { body: resetBody })
  await ask("GET", "/v1/me", { token: current })

  // Invalid requests, with secrets where they belong and where they do not.
  const wrong: ReadonlyArray<unknown> = [
    { email, password: [passwords.first] },
    { email: passwords.first, password: passwords.first, proof: passwords.first },
    { email, password: passwords.first, proof: { kind: passwords.first, code: passwords.first } },
    { email, password: passwords.first, proof: { kind: "totp", code: [secret] } },
    { email, password: passwords.first, role: passwords.first },
    { email, password: `${passwords.first}${"x".repeat(3_000)}` },
    {
      email,
      password: passwords.first,
      proof: { kind: "passkey", response: { id: passwords.first, response: {} } }
    },
    `{"email":"${email}","password":"${passwords.first}"`,
    `{"password":"${passwords.first}","password":"${passwords.first}"}`,
    `"${passwords.first}"`
  ]
  for (const body of wrong) {
    expect((await ask("POST", "/v1/sessions", { body })).status).toBeGreaterThanOrEqual(400)
    expect(
      (await ask("POST", "/v1/sessions/step-up", { token: current, body })).status
    ).toBeGreaterThanOrEqual(400)
    expect(
      (await ask("POST", "/v1/password-resets/complete", { body })).status
    ).toBeGreaterThanOrEqual(400)
  }

  const found = (where: string, texts: ReadonlyArray<string>) =>
    [...secrets].flatMap((secret) =>
      texts.some((text) => text.includes(secret)) ? [`${where}: ${secret}`] : []
    )
  expect(people.logged.join()).toContain("A user waits to be verified")
  expect(people.traced.length).toBeGreaterThan(0)
  expect(problems.length).toBeGreaterThan(60)
  expect(secrets.size).toBeGreaterThan(30)
  await people.close()
  const dump = await dumpOf(people.folder)
  // This is this user's database.
  expect(dump).toContain(email)
  expect([
    ...found("log", people.logged),
    ...found("trace", people.traced),
    ...found("problem", problems),
    ...found("database", [dump]),
    ...found("file", await textsIn(people.folder))
  ]).toEqual([])
})

/** Everything that is on the disk, byte by byte. */
const textsIn = async (folder: string): Promise<ReadonlyArray<string>> => {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile()
  )
  return Promise.all(
    files.map(({ name, parentPath }) => readFile(join(parentPath, name), "latin1"))
  )
}

it("error: nor does the error of a client that reaches nobody", async () => {
  const client = createClient({ url: "http://127.0.0.1:1", token: "canary-token", attempts: 1 })
  const errors = await Promise.all(
    [
      client.signIn({ email, password: passwords.first }),
      client.signIn({
        email,
        password: passwords.first,
        proof: { kind: "totp", code: 1 as never }
      }),
      client.changePassword({ current: passwords.first, next: passwords.next }),
      client.refresh("pdr_canary")
    ].map((answer) =>
      answer.then(
        String,
        (error: unknown) => `${inspect(error, { depth: 20 })} ${JSON.stringify(error)}`
      )
    )
  )
  for (const error of errors) {
    expect(error).toContain("Unreachable")
    expect(error).not.toContain("canary")
  }
  await client.close()
})
