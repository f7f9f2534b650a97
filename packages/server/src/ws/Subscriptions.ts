/** Starts and ends the subscriptions of each connection, within its limits and permissions. */
import * as WireId from "@pandora-exchange/contract/WireId"
import { accountOf } from "../Operations.ts"
import { ApiFailure } from "../http/Failure.ts"
import type { Principal } from "../Authentication.ts"
import type { Connection } from "./Connection.ts"
import type { Hub } from "./Hub.ts"
import type { Limits } from "./Limits.ts"
import type { RequestOf } from "./requests.ts"

type Channel = "depth" | "trades" | "account"

export class Subscriptions {
  private readonly hub: Hub
  private readonly limits: Limits

  constructor(hub: Hub, limits: Limits) {
    this.hub = hub
    this.limits = limits
  }

  subscribe(connection: Connection, request: RequestOf<"subscribe">): ApiFailure | undefined {
    const of = this.subjectOf(connection, request.channel, request)
    if (of instanceof ApiFailure) return of
    const name = `${request.channel}:${of}`
    const { subscriptions } = connection
    if (subscriptions.has(name)) return new ApiFailure({ code: "AlreadySubscribed" })
    if (subscriptions.size >= this.limits.subscriptionsMax)
      return new ApiFailure({ code: "TooManySubscriptions" })
    const { channel, from, id } = request
    if (
      channel === "trades" &&
      from !== undefined &&
      !this.hub.tellsTradesAfter(of as string, from)
    ) {
      return new ApiFailure({ code: "ResumeTooOld", parameter: "from" })
    }
    connection.send({
      type: "answer",
      id,
      result:
        channel === "account"
          ? { channel, account: WireId.account.write(of as number) }
          : { channel, market: of, ...(channel === "trades" && this.lastOf(of as string)) }
    })
    const oldest = channel === "trades" && request.oldest === true
    this.follow(connection, channel, of, from ?? (oldest ? 0 : undefined))
    subscriptions.set(name, () => this.hub.unfollow(connection, channel, of))
    return undefined
  }

  private lastOf(market: string): { readonly last?: string } {
    const trade = this.hub.lastTradeOf(market)
    return trade === 0 ? {} : { last: WireId.trade.write(trade) }
  }

  unsubscribe(connection: Connection, request: RequestOf<"unsubscribe">): ApiFailure | undefined {
    const of = this.subjectOf(connection, request.channel, request)
    if (of instanceof ApiFailure) return of
    const name = `${request.channel}:${of}`
    const end = connection.subscriptions.get(name)
    if (end === undefined) return new ApiFailure({ code: "NotSubscribed" })
    end()
    connection.subscriptions.delete(name)
    connection.send({ type: "answer", id: request.id, result: { channel: request.channel } })
    return undefined
  }

  /** Ends subscriptions these permissions do not allow. Returns true if any were ended. */
  endForbidden(connection: Connection, { accountIds, permissions }: Principal): boolean {
    const { size } = connection.subscriptions
    const allowed = new Set(
      permissions.includes("read") ? accountIds.map((account) => `account:${account}`) : []
    )
    for (const [name, end] of connection.subscriptions) {
      if (!name.startsWith("account:") || allowed.has(name)) continue
      end()
      connection.subscriptions.delete(name)
    }
    return connection.subscriptions.size < size
  }

  endAll({ subscriptions }: Connection): void {
    for (const end of subscriptions.values()) end()
    subscriptions.clear()
  }

  private follow(
    connection: Connection,
    channel: Channel,
    of: string | number,
    from: number | undefined
  ): void {
    switch (channel) {
      case "depth":
        return this.hub.followDepth(connection, of as string, from)
      case "trades":
        return this.hub.followTrades(connection, of as string, from)
      case "account":
        return this.hub.followAccount(connection, of as number, from)
    }
  }

  /** An existing market, or one of the caller's own accounts. */
  private subjectOf(
    { principal }: Connection,
    channel: Channel,
    { account, market }: { readonly account?: number; readonly market?: string }
  ): string | number | ApiFailure {
    if (channel !== "account") {
      if (market === undefined) return new ApiFailure({ code: "MissingField", parameter: "market" })
      return this.hub.knows(market)
        ? market
        : new ApiFailure({ code: "UnknownMarket", parameter: "market" })
    }
    if (principal === undefined) return new ApiFailure({ code: "Unauthorized" })
    if (!principal.permissions.includes("read")) return new ApiFailure({ code: "NotPermitted" })
    return accountOf(principal, account)
  }
}
