import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Redacted, References, Tracer } from "effect"
import { inspect } from "node:util"
import {
  addTotp,
  home,
  otherPassword,
  password,
  person,
  signIn,
  tokenIn,
  world
} from "./support/exchange.ts"
import { sql } from "./support/database.ts"

describe("secrets", () => {
  it.effect(
    "no password, token, code or secret is in a log, a trace, an error or the database",
    () => {
      const seen: Array<unknown> = []
      const canaries: Array<string> = []
      const canary = (secret: Redacted.Redacted) => canaries.push(Redacted.value(secret))
      const logger = Logger.make((entry) => void seen.push(entry))
      const tracer = Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          seen.push(span)
          return span
        }
      })
      return Effect.gen(function* () {
        const here = yield* world()
        canary(password)
        canary(otherPassword)
        const ann = yield* person(here, "ann")
        canary(ann.tokens.refresh)
        canary(ann.tokens.access.token)
        const { proof, recoveryCodes, secret } = yield* addTotp(here, ann)
        canary(secret)
        for (const code of recoveryCodes) canary(code)
        const refused = { ...home, address: "192.0.2.7" }
        const attempts: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          here.sessions.signIn({ email: ann.email, password: otherPassword, caller: refused }),
          signIn(here, ann.email),
          here.sessions.refresh(ann.tokens.access.token, home),
          here.sessions.authenticate(ann.tokens.refresh),
          here.users.changePassword(ann.principal, {
            current: otherPassword,
            next: otherPassword,
            caller: home
          }),
          here.users.verify({ token: ann.tokens.refresh, password, name: "ann", caller: home })
        ]
        for (const attempt of attempts) {
          const exit = yield* Effect.exit(attempt)
          assert.strictEqual(exit._tag, "Failure")
          seen.push(exit)
        }
        const again = yield* signIn(here, ann.email, yield* proof)
        canary(again.refresh)
        yield* here.users.requestPasswordReset(ann.email, home)
        canary(tokenIn(yield* here.mail))
        const principal = yield* here.sessions.authenticate(again.access.token)
        yield* here.users.requestEmailChange(principal, "ann.new@example.com", home)
        const link = tokenIn(yield* here.mail)
        canary(link)
        yield* here.users.changeEmail({ token: link, caller: home })
        seen.push(yield* Effect.exit(here.users.changeEmail({ token: link, caller: home })))
        yield* Effect.logInfo("Everything that users are given", {
          ann,
          again,
          user: yield* here.store.user(ann.userId)
        })
        const tables = yield* sql<{ readonly name: string }>`
        SELECT tablename AS name FROM pg_tables WHERE schemaname = 'pandora'`
        for (const { name } of tables)
          seen.push(yield* sql`SELECT * FROM ${sql(`pandora.${name}`)}`)

        const text = inspect(seen, {
          depth: 20,
          maxArrayLength: null,
          maxStringLength: null,
          showHidden: true
        })
        assert.include(text, "ann@example.com")
        assert.isAbove(canaries.length, 15)
        for (const secret of canaries) assert.isFalse(text.includes(secret), `${secret} was seen`)
      }).pipe(
        Effect.scoped,
        Effect.provide(Logger.layer([logger])),
        Effect.provideService(References.MinimumLogLevel, "Trace"),
        Effect.withTracer(tracer)
      )
    }
  )
})
