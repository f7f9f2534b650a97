import { describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import type { IncomingMessage } from "node:http"
import { addressOf, trustedOf } from "../src/http/address.ts"

const trusted = Result.getOrThrow(trustedOf(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48", "::1"]))

const seen = (remoteAddress: string, forwarded?: string): string =>
  addressOf(
    {
      socket: { remoteAddress },
      headers: { "x-forwarded-for": forwarded }
    } as unknown as IncomingMessage,
    trusted
  )

describe("addressOf", () => {
  it("is the connection's own without a trusted proxy, whatever the header says", () => {
    expect(seen("203.0.113.9")).toBe("203.0.113.9")
    expect(seen("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9")
    expect(seen("203.0.113.9", "10.0.0.1, 192.0.2.7")).toBe("203.0.113.9")
    expect(seen("192.0.2.8", "198.51.100.1")).toBe("192.0.2.8")
  })

  it("is what the nearest trusted proxy wrote, and not what a client wrote before it", () => {
    expect(seen("10.1.2.3", "203.0.113.9")).toBe("203.0.113.9")
    expect(seen("10.1.2.3", "127.0.0.1, 198.51.100.1, 203.0.113.9")).toBe("203.0.113.9")
    expect(seen("10.1.2.3", "10.9.9.9, 203.0.113.9")).toBe("203.0.113.9")
  })

  it("goes through a row of trusted proxies", () => {
    expect(seen("10.1.2.3", "198.51.100.1, 203.0.113.9, 192.0.2.7, 10.4.5.6")).toBe("203.0.113.9")
    expect(seen("::1", "203.0.113.9, 2001:db8:1::5")).toBe("203.0.113.9")
  })

  it("is the farthest trusted one where nobody else is named", () => {
    expect(seen("10.1.2.3")).toBe("10.1.2.3")
    expect(seen("10.1.2.3", "")).toBe("10.1.2.3")
    expect(seen("10.1.2.3", "10.4.5.6")).toBe("10.4.5.6")
  })

  it("error: what is no address is not believed, nor what stands before it", () => {
    for (const forwarded of [
      "unknown",
      "_hidden",
      "203.0.113.9.1",
      "010.0.0.1",
      "http://203.0.113.9",
      "203.0.113.9:x"
    ]) {
      expect(seen("10.1.2.3", `198.51.100.1, ${forwarded}`)).toBe("10.1.2.3")
    }
  })

  it("has one spelling", () => {
    expect(seen("::ffff:203.0.113.9")).toBe("203.0.113.9")
    expect(seen("::ffff:10.1.2.3", "::FFFF:cb00:7109")).toBe("203.0.113.9")
    expect(seen("2001:DB8:0:0:0:0:0:5")).toBe("2001:db8::5")
    expect(seen("fe80::1%eth0")).toBe("fe80::1")
  })

  it("leaves out ports", () => {
    expect(seen("10.1.2.3", "203.0.113.9:4711")).toBe("203.0.113.9")
    expect(seen("10.1.2.3", "[2001:db8::5]:4711")).toBe("2001:db8::5")
    expect(seen("10.1.2.3", "[2001:db8::5]")).toBe("2001:db8::5")
  })

  it("a network of IPv4 contains its addresses in IPv6 clothes", () => {
    expect(seen("::ffff:a01:203", "203.0.113.9")).toBe("203.0.113.9")
  })
})

describe("trustedOf", () => {
  it.each([
    "",
    "proxy.example",
    "10.0.0.0/33",
    "10.0.0.0/0",
    "::/0",
    "::1/129",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "10.0.0/8"
  ])("error: %s is neither an address nor a network", (proxy) => {
    expect(trustedOf(["10.0.0.1", proxy])).toStrictEqual(Result.fail(proxy))
  })
})
