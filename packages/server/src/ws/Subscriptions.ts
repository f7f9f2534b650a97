/** What each connection follows: begins and ends it, within its bounds and permissions. */
import type { Code } from "@pandora-exchange/contract/failures"
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
    if (subscriptions.size >= this.limits.subscriptionsMax) return new ApiFailure({ code: "TooManySubscriptions" })
    const { channel, from, id } = request
    connection.send({
      type: "answer",
      id,
      result: channel === "account" ? { channel, account: WireId.account.write(of as number) } : { channel, market: of }
    })
    const refusal = this.follow(connection, channel, of, from)
    if (refusal !== undefined) return new ApiFailure({ code: refusal, parameter: "from" })
    subscriptions.set(name, () => this.hub.unfollow(connection, channel, of))
    return undefined
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

  /** Ends what these permissions do not allow. True when something was ended. */
  endForbidden(connection: Connection, { accountIds, permissions }: Principal): boolean {
    const { size } = connection.subscriptions
    const allowed = new Set(permissions.includes("read") ? accountIds.map((account) => `account:${account}`) : [])
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
  ): Code | undefined {
    switch (channel) {
      case "depth":
        this.hub.followDepth(connection, of as string, from)
        return undefined
      case "trades":
        return this.hub.followTrades(connection, of as string, from)
      case "account":
        this.hub.followAccount(connection, of as number, from)
        return undefined
    }
  }

  /** The market that exists, or the account that is the caller's own. */
  private subjectOf(
    { principal }: Connection,
    channel: Channel,
    { account, market }: { readonly account?: number; readonly market?: string }
  ): string | number | ApiFailure {
    if (channel !== "account") {
      if (market === undefined) return new ApiFailure({ code: "MissingField", parameter: "market" })
      return this.hub.knows(market) ? market : new ApiFailure({ code: "UnknownMarket", parameter: "market" })
    }
    if (principal === undefined) return new ApiFailure({ code: "Unauthorized" })
    if (!principal.permissions.includes("read")) return new ApiFailure({ code: "NotPermitted" })
    return accountOf(principal, account)
  }
}
