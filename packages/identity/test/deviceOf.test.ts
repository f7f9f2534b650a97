import { assert, it } from "@effect/vitest"
import { deviceOf } from "../src/internal/deviceOf.ts"

const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)"

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36`,
    "Chrome on Windows"
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
    "Edge on Windows"
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${webkit} Chrome/140.0.0.0 Mobile Safari/537.36`,
    "Chrome on Android"
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Safari on a Mac"
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
    "Firefox on an iPhone"
  ],
  ["Firefox/1 Linux, confirm at https://evil.example", "Firefox on Linux"],
  ["curl/8.14.1", undefined],
  ["Your account is locked: https://evil.example", undefined],
  ["", undefined]
])("%s is %s", (agent, device) => {
  assert.strictEqual(deviceOf(agent), device)
})
