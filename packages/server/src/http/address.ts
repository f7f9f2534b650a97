/**
 * Determines a request's address. Anyone can write `x-forwarded-for`, so it is read from its end,
 * where the nearest proxy wrote, and only for as long as the writer is trusted.
 */
import { Result } from "effect"
import type { IncomingMessage } from "node:http"
import { BlockList, isIP, SocketAddress } from "node:net"

/** Parses the addresses and networks, or returns the first one that is neither. */
export const trustedOf = (proxies: ReadonlyArray<string>): Result.Result<BlockList, string> => {
  const trusted = new BlockList()
  for (const proxy of proxies) {
    const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(proxy) ?? []
    const version = isIP(address)
    const family = version === 6 ? "ipv6" : "ipv4"
    if (version === 0) return Result.fail(proxy)
    if (prefix === undefined) trusted.addAddress(address, family)
    // Trusting everyone means believing everyone.
    else if (Number(prefix) < 1 || Number(prefix) > (version === 6 ? 128 : 32))
      return Result.fail(proxy)
    else trusted.addSubnet(address, Number(prefix), family)
  }
  return Result.succeed(trusted)
}

/** In one spelling, with IPv4 not wrapped in IPv6. Among the trusted ones, the farthest away. */
export const addressOf = ({ headers, socket }: IncomingMessage, trusted: BlockList): string => {
  let address = canonical(socket.remoteAddress ?? "") ?? ""
  const forwarded = String(headers["x-forwarded-for"] ?? "").split(",")
  while (isTrusted(address, trusted)) {
    const before = canonical(withoutPort(forwarded.pop()?.trim() ?? ""))
    if (before === undefined) return address
    address = before
  }
  return address
}

const isTrusted = (address: string, trusted: BlockList): boolean =>
  address !== "" && trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4")

/** Some proxies write the port, too. */
const withoutPort = (text: string): string => {
  const [, ipv6, ipv4] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? []
  return ipv6 ?? ipv4 ?? text
}

const canonical = (text: string): string | undefined => {
  const version = isIP(text)
  if (version === 0) return undefined
  const { address } = new SocketAddress({ address: text, family: version === 6 ? "ipv6" : "ipv4" })
  return address.startsWith("::ffff:") && address.includes(".")
    ? address.slice("::ffff:".length)
    : address
}
