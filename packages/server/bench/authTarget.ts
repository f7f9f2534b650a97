/**
 * The server of the sign-in bench, in its own process, with users. Verifies tokens when told to by
 * its parent.
 */
import "effect/schema/SchemaJITCompiler/enable"
import { AccessTokens } from "@pandora-exchange/identity/AccessTokens"
import { Sessions } from "@pandora-exchange/identity/Sessions"
import { Users } from "@pandora-exchange/identity/Users"
import { Context, Effect, Layer, Redacted, Result, Scope } from "effect"
import { importJWK, jwtVerify } from "jose"
import { trustedOf } from "../src/http/address.ts"
import * as Logging from "../src/Logging.ts"
import { start } from "../src/Server.ts"

/** To the parent. */
export interface Ready {
  readonly port: number
  readonly emails: ReadonlyArray<string>
}

/** From the parent: the first token is verified again and again, the others once each. */
export interface Verify {
  readonly tokens: ReadonlyArray<string>
  readonly rounds: number
  readonly roundMs: number
}

/** To the parent: verifications per second in each round. */
export interface Verified {
  readonly session: ReadonlyArray<number>
  readonly bare: ReadonlyArray<number>
  readonly newSession: number
  readonly newBare: number
}

const [, , folder, password, count] = process.argv
const issuer = "http://localhost"

const started = await Effect.runPromise(
  Effect.gen(function* () {
    const logging = yield* Layer.build(Logging.layer({ logLevel: "Error" }))
    return yield* Effect.provide(
      start({
        environment: "development",
        host: "127.0.0.1",
        port: 0,
        folder: folder!,
        database: undefined,
        name: "Pandora Exchange",
        site: issuer,
        issuer,
        secretKeys: undefined,
        smtp: undefined,
        // Every sign-in of the bench uses a different address, because limits per address are not
        // what is measured.
        trustedProxies: Result.getOrThrow(trustedOf(["127.0.0.1"])),
        demo: true,
        flow: false,
        origins: [],
        logLevel: "Error",
        json: true
      }),
      logging
    )
  }).pipe(Effect.provideService(Scope.Scope, Scope.makeUnsafe()))
)
const services = started.users!
const sessions = Context.get(services, Sessions)
const emails = Array.from({ length: Number(count) }, (_, i) => `user${i}@pandora.example`)
await Effect.runPromise(
  Effect.forEach(
    emails,
    (email) =>
      Context.get(services, Users).create({
        email,
        name: "user",
        roles: ["user"],
        password: Redacted.make(password!)
      }),
    { discard: true }
  )
)

const { keys } = await Effect.runPromise(Context.get(services, AccessTokens).keySet)
const key = await importJWK(keys[0]!, "EdDSA")
const options = { algorithms: ["EdDSA"], issuer, audience: issuer, typ: "at+jwt" }
const bare = (token: string) => jwtVerify(token, key, options)
const session = (token: string) => sessions.authenticate(Redacted.make(token))

/** In one fiber, as a single request would. */
const sessionsFor = (token: string, ms: number) =>
  Effect.gen(function* () {
    const end = performance.now() + ms
    let count = 0
    for (; performance.now() < end; count++) yield* session(token)
    return (count * 1_000) / ms
  })

const baresFor = async (token: string, ms: number) => {
  const end = performance.now() + ms
  let count = 0
  for (; performance.now() < end; count++) await bare(token)
  return (count * 1_000) / ms
}

process.on("message", async ({ rounds, roundMs, tokens: [token, ...once] }: Verify) => {
  const rates = { session: [] as Array<number>, bare: [] as Array<number> }
  for (let i = -1; i < rounds; i++) {
    const [ofSession, ofBare] = [
      await Effect.runPromise(sessionsFor(token!, roundMs)),
      await baresFor(token!, roundMs)
    ]
    // The first round is a warm-up.
    if (i < 0) continue
    rates.session.push(ofSession)
    rates.bare.push(ofBare)
  }
  const beganAt = performance.now()
  for (const other of once) await bare(other)
  const bareAt = performance.now()
  await Effect.runPromise(Effect.forEach(once, session, { discard: true }))
  const endedAt = performance.now()
  process.send!({
    ...rates,
    newSession: (once.length * 1_000) / (endedAt - bareAt),
    newBare: (once.length * 1_000) / (bareAt - beganAt)
  } satisfies Verified)
})
process.send!({ port: started.port, emails } satisfies Ready)
process.on("disconnect", () => process.exit())
