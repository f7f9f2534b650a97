import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { accessTokenLifeMsMax, Settings, type SettingsOptions } from "../src/Settings.ts"
import { settings } from "./support/exchange.ts"

const read = (options: Partial<SettingsOptions>) =>
  Effect.map(Layer.build(Settings.layer({ ...settings, ...options })), (context) =>
    Context.get(context, Settings)
  ).pipe(Effect.scoped)

const key = (id: string, bytes: Uint8Array) => ({ id, key: Redacted.make(bytes) })
const good = Redacted.value(settings.secretKeys[0].key)

describe("Settings", () => {
  it.effect("what is not given is EdDSA and five minutes, and the site is an origin", () =>
    Effect.gen(function* () {
      const { accessTokenLifeMs, algorithm, site } = yield* read({
        site: "https://pandora.example/pages?x"
      })
      assert.deepStrictEqual(
        [accessTokenLifeMs, algorithm, site],
        [300_000, "EdDSA", "https://pandora.example"]
      )
    })
  )

  it.effect.each([
    [
      { accessTokenLifeMs: accessTokenLifeMsMax + 1 },
      "accessTokenLifeMs is 86400001: give milliseconds from a minute to a day"
    ],
    [
      { accessTokenLifeMs: 59_999 },
      "accessTokenLifeMs is 59999: give milliseconds from a minute to a day"
    ],
    [
      { accessTokenLifeMs: Number.NaN },
      "accessTokenLifeMs is NaN: give milliseconds from a minute to a day"
    ],
    [
      { secretKeys: [key("k.1", good)] },
      'the secret key "k.1" has no id of its own: give each 1 to 32 characters of A-Z a-z 0-9 _ and -'
    ],
    [
      { secretKeys: [key("k1", good), key("k1", good)] },
      'the secret key "k1" has no id of its own: give each 1 to 32 characters of A-Z a-z 0-9 _ and -'
    ],
    [
      { secretKeys: [key("k1", new Uint8Array(32))] },
      'the secret key "k1" is weak: make one with `openssl rand -base64 32`'
    ],
    [
      { secretKeys: [key("k1", good.subarray(0, 31))] },
      'the secret key "k1" is weak: make one with `openssl rand -base64 32`'
    ],
    [{ issuer: "pandora" }, "issuer is no address: give it as https://host"],
    [{ site: "pandora" }, "site is no address: give it as https://host"],
    [
      { site: "http://pandora.example" },
      'site is "http://pandora.example": give it as https://host; only localhost may do without https'
    ]
  ] as const)("error: %j", ([options, message]) =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* Effect.flip(read(options as Partial<SettingsOptions>))).message,
        message
      )
    })
  )
})
