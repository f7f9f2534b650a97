/** The life of a user, from the first request to the last, over HTTP. */
import { createClient, type PromiseClient, renewing } from "@pandora-exchange/client"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { SoftwareAuthenticator } from "../../../identity/test/support/SoftwareAuthenticator.ts"
import {
  addTotp,
  codeOf,
  given,
  join,
  open,
  otherPassword,
  password,
  type People,
  signInWith,
  site,
  staff,
  tokenIn
} from "./people.ts"

let people: People
beforeAll(async () => {
  people = await open()
})
afterAll(() => people.end())

const isAlive = async (token: string): Promise<boolean> =>
  (await people.ask("GET", "/v1/me", { token })).status === 200
const codeOfProblem = async (request: Promise<{ readonly body: any }>) => (await request).body.code

describe("a user", () => {
  it("registers, signs in, secures the account, loses the phone, forgets the password, and closes", async () => {
    const { ask, mail } = people
    const { email, tokens, user } = await join(people, "ann")
    expect(given(await ask("GET", "/v1/user", { token: tokens.accessToken }))).toEqual({
      user,
      email,
      name: "ann",
      status: "active",
      kyc: "none",
      roles: ["user"],
      accounts: [{ account: expect.stringMatching(/^acc_\d+$/), label: "main" }],
      createdAt: expect.any(Number)
    })
    expect(given(await ask("GET", "/v1/me", { token: tokens.accessToken }))).toEqual({
      name: "ann",
      accounts: [expect.stringMatching(/^acc_\d+$/)],
      permissions: ["read", "trade", "self"]
    })

    const { recoveryCodes, secret } = await addTotp(people, tokens.accessToken)
    expect(recoveryCodes.length).toBe(10)
    const withoutProof = await ask("POST", "/v1/sessions", { body: { email, password } })
    expect(withoutProof).toMatchObject({
      status: 401,
      body: { code: "FactorRequired", factor: { methods: ["totp", "recoveryCode"], passkey: null } }
    })
    const second = await signInWith(people, email, secret)

    people.advance(11 * 60_000)
    const stale = given(
      await ask("POST", "/v1/sessions/refresh", { body: { refreshToken: second.refreshToken } }),
      200
    )
    expect(
      await codeOfProblem(
        ask("POST", "/v1/user/factors/recovery-codes", { token: stale.accessToken })
      )
    ).toBe("StepUpRequired")
    const asked = given(
      await ask("POST", "/v1/sessions/step-up/begin", { token: stale.accessToken }),
      200
    )
    expect(asked).toEqual({ factor: { methods: ["totp", "recoveryCode"], passkey: null } })
    const proof = { kind: "totp", code: codeOf(people, secret) }
    const fresh = given(
      await ask("POST", "/v1/sessions/step-up", { token: stale.accessToken, body: { proof } }),
      201
    )
    expect(await isAlive(stale.accessToken)).toBe(false)

    // The phone is lost.
    const lost = { kind: "recoveryCode", code: recoveryCodes[0] }
    const byCode = given(
      await ask("POST", "/v1/sessions", { body: { email, password, proof: lost } }),
      201
    )
    expect(
      await codeOfProblem(ask("POST", "/v1/sessions", { body: { email, password, proof: lost } }))
    ).toBe("FactorRefused")
    expect(given(await ask("GET", "/v1/user/factors", { token: byCode.accessToken }))).toEqual({
      totp: true,
      passkeys: [],
      recoveryCodesLeft: 9
    })
    const token = byCode.accessToken
    const authenticator = new SoftwareAuthenticator()
    const { options } = given(await ask("POST", "/v1/user/factors/passkeys/begin", { token }), 200)
    const response = authenticator.create(options, { origin: site })
    const added = await ask("POST", "/v1/user/factors/passkeys", {
      token,
      body: { name: "Key", response }
    })
    expect(given(added, 201)).toEqual({ recoveryCodes: null })
    expect(await isAlive(fresh.accessToken)).toBe(false)
    expect((await ask("DELETE", "/v1/user/factors/totp", { token })).status).toBe(204)

    const refused = (await ask("POST", "/v1/sessions", { body: { email, password } })).body
    expect(refused.factor.methods).toEqual(["passkey", "recoveryCode"])
    const passkey = {
      kind: "passkey",
      response: authenticator.get(refused.factor.passkey, { origin: site })
    }
    const byPasskey = given(
      await ask("POST", "/v1/sessions", { body: { email, password, proof: passkey } }),
      201
    )
    expect(
      given(await ask("GET", "/v1/user/factors", { token: byPasskey.accessToken })).passkeys
    ).toEqual([
      { passkey: authenticator.id.toString("base64url"), name: "Key", addedAt: expect.any(Number) }
    ])

    // The password is forgotten.
    given(await ask("POST", "/v1/password-resets", { body: { email } }), 202)
    const reset = {
      token: tokenIn(await mail(email, "Reset your password")),
      password: otherPassword
    }
    const challenge = (await ask("POST", "/v1/password-resets/complete", { body: reset })).body
    expect(challenge).toMatchObject({ code: "FactorRequired", status: 401 })
    const withKey = {
      ...reset,
      proof: {
        kind: "passkey",
        response: authenticator.get(challenge.factor.passkey, { origin: site })
      }
    }
    expect((await ask("POST", "/v1/password-resets/complete", { body: withKey })).status).toBe(204)
    expect(await isAlive(byPasskey.accessToken)).toBe(false)
    expect(
      await codeOfProblem(ask("POST", "/v1/password-resets/complete", { body: withKey }))
    ).toBe("LinkRefused")

    const again = (await ask("POST", "/v1/sessions", { body: { email, password: otherPassword } }))
      .body
    const last = given(
      await ask("POST", "/v1/sessions", {
        body: {
          email,
          password: otherPassword,
          proof: {
            kind: "passkey",
            response: authenticator.get(again.factor.passkey, { origin: site })
          }
        }
      }),
      201
    )
    expect((await ask("DELETE", "/v1/user", { token: last.accessToken })).status).toBe(204)
    expect(await isAlive(last.accessToken)).toBe(false)
    expect(
      await codeOfProblem(ask("POST", "/v1/sessions", { body: { email, password: otherPassword } }))
    ).toBe("SignInRefused")
  })

  it("error: names that cannot be stored or shown change nothing", async () => {
    const { ask } = people
    const { tokens } = await join(people, "uma")
    const token = tokens.accessToken
    const before = given(await ask("GET", "/v1/user", { token }))
    for (const name of ["a\ud800", "\u200b", " ", "\u202ex", "a\u2028b"]) {
      const renamed = await ask("PATCH", "/v1/user", { token, body: { name } })
      const opened = await ask("POST", "/v1/user/accounts", { token, body: { label: name } })
      expect([renamed.body.code, renamed.status, renamed.body.parameter]).toEqual([
        "InvalidValue",
        400,
        "name"
      ])
      expect([opened.body.code, opened.status, opened.body.parameter]).toEqual([
        "InvalidValue",
        400,
        "label"
      ])
    }
    expect(given(await ask("GET", "/v1/user", { token }))).toEqual(before)
    const desk = given(
      await ask("POST", "/v1/user/accounts", { token, body: { label: "desk" } }),
      201
    )
    expect(given(await ask("GET", "/v1/user", { token })).accounts).toEqual([
      ...before.accounts,
      desk
    ])
  })

  it("error: closes nothing that has funds", async () => {
    const { exchange } = people
    const { tokens } = await join(people, "rich")
    const [account] = given(
      await people.ask("GET", "/v1/me", { token: tokens.accessToken })
    ).accounts
    await Effect.runPromise(
      exchange.credit({
        account: Number(account.slice(4)),
        asset: "USDT",
        amount: "1",
        source: { name: "t", number: 1 }
      })
    )
    expect(
      await codeOfProblem(people.ask("DELETE", "/v1/user", { token: tokens.accessToken }))
    ).toBe("FundsLeft")
    expect(await isAlive(tokens.accessToken)).toBe(true)
  })

  it("takes another address, which ends the other sessions and frees the old one", async () => {
    const { ask, mail } = people
    const { email, tokens } = await join(people, "eve")
    const token = tokens.accessToken
    const other = given(await ask("POST", "/v1/sessions", { body: { email, password } }), 201)
    given(await ask("POST", "/v1/user/email", { token, body: { email: "eva@example.com" } }), 202)
    const link = { token: tokenIn(await mail("eva@example.com", "Confirm your new address")) }
    expect((await mail(email, "Request to change")).text).not.toContain("#")
    expect((await ask("POST", "/v1/email-changes/complete", { body: link })).status).toBe(204)
    expect(await codeOfProblem(ask("POST", "/v1/email-changes/complete", { body: link }))).toBe(
      "LinkRefused"
    )
    expect(given(await ask("GET", "/v1/user", { token })).email).toBe("eva@example.com")
    expect(await isAlive(other.accessToken)).toBe(false)
    expect(await codeOfProblem(ask("POST", "/v1/sessions", { body: { email, password } }))).toBe(
      "SignInRefused"
    )
    given(await ask("POST", "/v1/sessions", { body: { email: "eva@example.com", password } }), 201)
  })

  it("opens sub-accounts, takes another name, and asks to be verified; staff decide", async () => {
    const { ask } = people
    const { tokens, user } = await join(people, "sue")
    const token = tokens.accessToken
    const sub = given(
      await ask("POST", "/v1/user/accounts", { token, body: { label: "Savings" } }),
      201
    )
    expect(sub).toEqual({ account: expect.stringMatching(/^acc_\d+$/), label: "Savings" })
    expect((await ask("PATCH", "/v1/user", { token, body: { name: "Sue" } })).status).toBe(204)
    expect(given(await ask("POST", "/v1/user/kyc", { token }), 200)).toEqual({
      kyc: "pending",
      next: null
    })
    expect(await codeOfProblem(ask("POST", "/v1/user/kyc", { token }))).toBe("KycUnderWay")

    const officer = (await staff(people, "officer", ["compliance"])).tokens.accessToken
    const decided = await ask("POST", `/v1/admin/users/${user}/kyc`, {
      token: officer,
      body: { decision: "verified" }
    })
    expect(given(decided, 200)).toMatchObject({
      user,
      name: "Sue",
      kyc: "verified",
      accounts: [{}, sub]
    })
    // A new session was not needed, and the old one may withdraw now.
    expect(given(await ask("GET", "/v1/me", { token })).permissions).toEqual([
      "read",
      "trade",
      "withdraw",
      "self"
    ])

    expect(
      given(await ask("POST", `/v1/admin/users/${user}/freeze`, { token: officer }), 200).status
    ).toBe("frozen")
    expect(given(await ask("GET", "/v1/me", { token })).permissions).toEqual(["read", "self"])
    expect(
      given(await ask("POST", `/v1/admin/users/${user}/unfreeze`, { token: officer }), 200).status
    ).toBe("active")

    const trail = given(await ask("GET", "/v1/admin/audit?limit=1000", { token: officer }), 200)
    const acts = trail.data.filter((entry: any) => entry.user === user && entry.actor !== null)
    expect(acts.map(({ kind }: any) => kind)).toEqual(["kycDecided", "frozen", "unfrozen"])
    expect(acts[0].details).toEqual({ decision: "verified" })
    const verification = given(
      await ask("GET", "/v1/admin/audit/verification", { token: officer }),
      200
    )
    expect(verification).toEqual({
      entries: trail.data.length,
      head: trail.data.at(-1).hash,
      brokenAt: null
    })
  })
})

describe("old tokens", () => {
  const changes: ReadonlyArray<
    readonly [string, (token: string, session: string) => Promise<{ status: number }>]
  > = [
    ["sign-out", (token, session) => people.ask("DELETE", `/v1/sessions/${session}`, { token })],
    [
      "a change of the password",
      (token) =>
        people.ask("POST", "/v1/user/password", {
          token,
          body: { current: password, next: otherPassword }
        })
    ],
    [
      "a change of factors",
      async (token) => {
        const { secret } = given(await people.ask("POST", "/v1/user/factors/totp", { token }), 200)
        return people.ask("POST", "/v1/user/factors/totp/confirm", {
          token,
          body: { code: codeOf(people, secret) }
        })
      }
    ],
    ["ending the other sessions", (token) => people.ask("DELETE", "/v1/sessions", { token })]
  ]
  it.each(changes)("error: are dead after %s, access and refresh alike", async (what, change) => {
    const { email, tokens } = await join(
      people,
      `old-${changes.findIndex(([name]) => name === what)}`
    )
    const others = given(
      await people.ask("POST", "/v1/sessions", { body: { email, password } }),
      201
    )
    const isOwn = what === "sign-out"
    // Signing out ends its own session; revoking the others ends all but that one.
    const [acting, dying] = isOwn ? [others, others] : [tokens, others]
    expect((await change(acting.accessToken, acting.session)).status).toBeLessThan(300)
    expect(await codeOfProblem(people.ask("GET", "/v1/me", { token: dying.accessToken }))).toBe(
      "Unauthorized"
    )
    const refresh = people.ask("POST", "/v1/sessions/refresh", {
      body: { refreshToken: dying.refreshToken }
    })
    expect(await codeOfProblem(refresh)).toBe("RefreshRefused")
    expect(await isAlive(tokens.accessToken)).toBe(true)
  })

  it("error: a refresh token that comes after the next one was used ends the session", async () => {
    const { tokens } = await join(people, "copied")
    const refresh = (refreshToken: string) =>
      people.ask("POST", "/v1/sessions/refresh", { body: { refreshToken } })
    const next = given(await refresh(tokens.refreshToken), 200)
    expect(given(await refresh(tokens.refreshToken), 200).refreshToken).toBe(next.refreshToken)
    const last = given(await refresh(next.refreshToken), 200)
    expect(await codeOfProblem(refresh(tokens.refreshToken))).toBe("RefreshedAlready")
    expect(await isAlive(last.accessToken)).toBe(true)
    people.advance(6_000)
    expect(await codeOfProblem(refresh(tokens.refreshToken))).toBe("RefreshRefused")
    expect(await isAlive(last.accessToken)).toBe(false)
  })

  it("error: access and refresh tokens do not stand in for one another", async () => {
    const { tokens } = await join(people, "swapped")
    expect(await isAlive(tokens.refreshToken)).toBe(false)
    const body = { refreshToken: tokens.accessToken }
    expect(await codeOfProblem(people.ask("POST", "/v1/sessions/refresh", { body }))).toBe(
      "RefreshRefused"
    )
  })
})

describe("the typed client", () => {
  it("does what the API does for users and staff, with a token that renews itself", async () => {
    const nobody = createClient({ url: people.url })
    const email = "tom@example.com"
    await nobody.register(email)
    const token = tokenIn(await people.mail(email, "Confirm your address"))
    const { user } = await nobody.completeRegistration({ token, password, name: "Tom" })
    let tokens = await nobody.signIn({ email, password })
    const own: PromiseClient = createClient({
      url: people.url,
      token: async () => {
        if (tokens.expiresAt - people.now() < 60_000)
          tokens = await nobody.refresh(tokens.refreshToken)
        return tokens.accessToken
      }
    })
    expect((await own.user()).user).toBe(user)
    await own.rename("Thomas")
    const before = tokens
    people.advance(5 * 60_000)
    expect((await own.user()).name).toBe("Thomas")
    expect(tokens).not.toBe(before)
    expect((await own.sessions()).data).toMatchObject([{ session: tokens.session, current: true }])
    expect(await own.addAccount("Spare")).toMatchObject({ label: "Spare" })
    expect(await own.beginKyc()).toEqual({ kyc: "pending", next: null })
    await own.endOtherSessions()

    const { secret } = await own.beginTotp()
    const { recoveryCodes } = await own.confirmTotp(codeOf(people, secret))
    expect(recoveryCodes!.length).toBe(10)
    await expect(nobody.signIn({ email, password })).rejects.toMatchObject({
      code: "FactorRequired",
      factor: { methods: ["totp", "recoveryCode"], passkey: null }
    })
    const proof = { kind: "recoveryCode", code: recoveryCodes![0]! } as const
    expect(await own.beginStepUp()).toEqual({
      factor: { methods: ["totp", "recoveryCode"], passkey: null }
    })
    tokens = await own.stepUp(proof)
    expect(await own.newRecoveryCodes()).not.toEqual({ recoveryCodes })
    const authenticator = new SoftwareAuthenticator()
    const { options } = await own.beginPasskey()
    await own.addPasskey({
      name: "Key",
      response: authenticator.create(options, { origin: site }) as never
    })
    await own.removePasskey(authenticator.id.toString("base64url"))
    await own.removeTotp()
    expect(await own.factors()).toEqual({ totp: false, passkeys: [], recoveryCodesLeft: 0 })
    tokens = await nobody.signIn({ email, password })
    await own.changePassword({ current: password, next: otherPassword })
    await nobody.requestPasswordReset(email)
    const link = tokenIn(await people.mail(email, "Reset your password"))
    await nobody.completePasswordReset({ token: link, password })
    tokens = await nobody.signIn({ email, password })

    const newEmail = "thomas@example.com"
    await own.changeEmail(newEmail)
    await nobody.completeEmailChange(
      tokenIn(await people.mail(newEmail, "Confirm your new address"))
    )

    const root = createClient({
      url: people.url,
      token: (await staff(people, "root", ["superadmin"])).tokens.accessToken
    })
    const first = await root.users({ limit: 1 })
    expect((await root.users({ limit: 1, cursor: first.next! })).data).not.toEqual(first.data)
    expect((await root.userNamed(user)).email).toBe(newEmail)
    expect((await root.decideKyc(user, "rejected")).kyc).toBe("rejected")
    expect((await root.freezeUser(user)).status).toBe("frozen")
    expect((await root.unfreezeUser(user)).status).toBe("active")
    expect((await root.setRoles(user, ["user", "support"])).roles).toEqual(["user", "support"])
    const page = await root.auditEntries({ limit: 2 })
    expect((await root.auditEntries({ limit: 1, cursor: page.next! })).data[0]!.entry).toBe(3)
    expect((await root.verifyAudit()).brokenAt).toBe(null)
    expect((await root.keySet()).keys).toMatchObject([
      { kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }
    ])

    // Other rights, another session.
    await expect(own.user()).rejects.toMatchObject({ code: "Unauthorized" })
    tokens = await nobody.signIn({ email: newEmail, password })
    await own.endSession(tokens.session)
    tokens = await nobody.signIn({ email: newEmail, password })
    await own.closeUser()
    await Promise.all([nobody.close(), own.close(), root.close()])
  })

  it("renews a token once for all who ask together", async () => {
    const nobody = createClient({ url: people.url })
    const { tokens } = await join(people, "busy")
    const told: Array<string> = []
    const own = createClient({
      url: people.url,
      token: renewing({
        tokens: { ...tokens, expiresAt: 0 },
        refresh: nobody.refresh,
        onTokens: ({ accessToken }) => told.push(accessToken)
      })
    })
    const names = await Promise.all(Array.from({ length: 20 }, async () => (await own.user()).name))
    expect(new Set(names)).toEqual(new Set(["busy"]))
    expect(told.length).toBe(1)
    await Promise.all([own.close(), nobody.close()])
  })

  it("renews in two tabs that begin with one pair of tokens, and ends neither", async () => {
    const nobody = createClient({ url: people.url })
    const { tokens } = await join(people, "tabs")
    const tab = () => renewing({ tokens: { ...tokens, expiresAt: 0 }, refresh: nobody.refresh })
    const [one, other] = [tab(), tab()]
    const both = await Promise.all([one(), other()])
    people.advance(6_000)
    for (const token of both) expect(await isAlive(token)).toBe(true)
    await nobody.close()
  })

  it("error: what cannot be renewed now is tried again by whoever asks next", async () => {
    const { tokens } = await join(people, "patient")
    const nobody = createClient({ url: people.url })
    let refusals = 1
    const token = renewing({
      tokens: { ...tokens, expiresAt: 0 },
      refresh: (refreshToken) =>
        refusals-- > 0 ? Promise.reject(new Error("not now")) : nobody.refresh(refreshToken)
    })
    await expect(Promise.all([token(), token()])).rejects.toThrow("not now")
    expect(await isAlive(await token())).toBe(true)
    await nobody.close()
  })

  it("error: sends what changes a user once, and only asks again what changes nothing", async () => {
    const { tokens } = await join(people, "lossy")
    const asked: Array<string> = []
    // Loses the first response on each path, after the server has executed the request.
    const proxy = createServer((incoming, outgoing) => {
      const { headers, method, url } = incoming
      const what = `${method} ${url}`
      const forwarded = request(people.url + url, { method, headers }, (answer) => {
        asked.push(what)
        if (asked.filter((other) => other === what).length === 1)
          return void incoming.socket.destroy()
        outgoing.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(outgoing)
      })
      incoming.pipe(forwarded)
    })
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
    const { port } = proxy.address() as AddressInfo
    const client = createClient({ url: `http://127.0.0.1:${port}`, token: tokens.accessToken })
    await expect(client.addAccount("Spare")).rejects.toMatchObject({ _tag: "Unreachable" })
    const { accounts } = await client.user()
    expect(accounts.map(({ label }) => label)).toEqual(["main", "Spare"])
    expect(asked).toEqual(["POST /v1/user/accounts", "GET /v1/user", "GET /v1/user"])
    await client.close()
    proxy.close()
  })

  it("error: a token that cannot be got is the cause of `Unreachable`", async () => {
    const client = createClient({
      url: people.url,
      attempts: 1,
      token: () => Promise.reject(new Error("no token"))
    })
    const error = await client.user().catch((error: unknown) => error)
    expect(error).toMatchObject({ _tag: "Unreachable", cause: { message: "no token" } })
    await client.close()
  })
})
