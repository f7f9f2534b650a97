import { expect, it } from "@effect/vitest"
import { renewing } from "../src/index.ts"

const tokensUntil = (expiresAt: number, name: string) =>
  ({ accessToken: `access ${name}`, refreshToken: `refresh ${name}`, expiresAt }) as any

it("a token is refreshed before it ends, once for all who ask together", async () => {
  const asked: Array<string> = []
  const kept: Array<string> = []
  const token = renewing({
    tokens: tokensUntil(Date.now() + 29_000, "1"),
    refresh: async (refreshToken) => {
      asked.push(refreshToken)
      return tokensUntil(Date.now() + 600_000, "2")
    },
    onTokens: ({ accessToken }) => kept.push(accessToken)
  })
  expect(await Promise.all([token(), token(), token()])).toEqual(
    Array.from({ length: 3 }, () => "access 2")
  )
  expect(await token()).toBe("access 2")
  expect([asked, kept]).toEqual([["refresh 1"], ["access 2"]])
})

it("error: a refresh that fails is tried again by the next who asks", async () => {
  let isDown = true
  const token = renewing({
    tokens: tokensUntil(0, "1"),
    refresh: async (refreshToken) => {
      if (isDown) throw new Error("down")
      expect(refreshToken).toBe("refresh 1")
      return tokensUntil(Date.now() + 600_000, "2")
    }
  })
  await expect(token()).rejects.toThrow("down")
  isDown = false
  expect(await token()).toBe("access 2")
})
