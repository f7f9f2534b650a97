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
      "accessTokenLifeMs must be between 60000 (a minute) and 86400000 (a day), but is 86400001."
    ],
    [
      { accessTokenLifeMs: 59_999 },
      "accessTokenLifeMs must be between 60000 (a minute) and 86400000 (a day), but is 59999."
    ],
    [
      { accessTokenLifeMs: Number.NaN },
      "accessTokenLifeMs must be between 60000 (a minute) and 86400000 (a day), but is NaN."
    ],
    [
      { secretKeys: [key("k.1", good)] },
      'The id of the secret key "k.1" is invalid or used twice. Use 1 to 32 characters of A-Z a-z 0-9 _ and -.'
    ],
    [
      { secretKeys: [key("k1", good), key("k1", good)] },
      'The id of the secret key "k1" is invalid or used twice. Use 1 to 32 characters of A-Z a-z 0-9 _ and -.'
    ],
    [
      { secretKeys: [key("k1", new Uint8Array(32))] },
      'The secret key "k1" is weak. Create one with `openssl rand -base64 32`.'
    ],
    [
      { secretKeys: [key("k1", good.subarray(0, 31))] },
      'The secret key "k1" is weak. Create one with `openssl rand -base64 32`.'
    ],
    [{ issuer: "pandora" }, 'issuer must be an address such as https://host, but is "pandora".'],
    [{ site: "pandora" }, 'site must be an address such as https://host, but is "pandora".'],
    [
      { site: "http://pandora.example" },
      'site must start with https:// unless it is localhost, but is "http://pandora.example".'
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
