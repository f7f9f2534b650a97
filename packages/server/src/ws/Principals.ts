/** Binds each connection to its principal. Ends subscriptions when their permission ends. */
import { closeCodes } from "@pandora-exchange/contract/channels"
import * as WireId from "@pandora-exchange/contract/WireId"
import { type Cause, Exit, Redacted } from "effect"
import type { Fence } from "../Fence.ts"
import { type Failure, problemOf } from "../http/Failure.ts"
import type { Principal } from "../Authentication.ts"
import { type Authenticator, everybody } from "./Authenticator.ts"
import type { Connection } from "./Connection.ts"
import type { Connections } from "./Connections.ts"
import type { Problems } from "./Problems.ts"
import type { RequestOf } from "./requests.ts"
import type { Subscriptions } from "./Subscriptions.ts"

export interface PrincipalsParts {
  readonly authenticator: Authenticator
  readonly connections: Connections
  readonly subscriptions: Subscriptions
  readonly problems: Problems
  readonly fence: Fence
}

export class Principals {
  private readonly parts: PrincipalsParts

  constructor(parts: PrincipalsParts) {
    this.parts = parts
  }

  /**
   * Assigns the connection to the principal. Ends subscriptions that principal may not have;
   * returns true if any were ended.
   */
  become(connection: Connection, principal: Principal): boolean {
    this.parts.connections.assign(connection, principal)
    return this.parts.subscriptions.endForbidden(connection, principal)
  }

  /** Performs the operation `authenticate`. */
  authenticate(
    connection: Connection,
    { id, token }: RequestOf<"authenticate">,
    requestId: string
  ): void {
    const secret = Redacted.make(token)
    const message = this.parts.problems.messageOf(connection, id, requestId)
    this.parts.authenticator.authenticate(message, secret, (exit) => {
      if (!connection.isOpen) return
      if (Exit.isFailure(exit))
        return this.parts.problems.refuseCause(connection, id, exit.cause, requestId)
      const { accountIds, name } = exit.value
      this.become(connection, exit.value)
      connection.token = secret
      connection.send({
        type: "answer",
        id,
        result: { name, accounts: accountIds.map(WireId.account.write) }
      })
    })
  }

  onChanges(changed: ReadonlySet<string> | typeof everybody): void {
    this.parts.authenticator.noteChanges(changed)
    if (changed === everybody) return this.checkAgain(this.parts.connections)
    for (const id of changed) this.checkAgain(this.parts.connections.of(id))
  }

  checkAll(): void {
    this.checkAgain(this.parts.connections)
  }

  private checkAgain(connections: Iterable<Connection>): void {
    this.parts.fence.each(connections, (connection) => {
      const { token } = connection
      if (token === undefined) return
      this.parts.authenticator.authenticate(connection, token, (exit) => {
        if (connection.token === token && connection.isOpen) this.checked(connection, exit)
      })
    })
  }

  /**
   * Losing a permission ends whatever needed it. Without an answer the connection is closed, too:
   * its client may reconnect.
   */
  private checked(connection: Connection, exit: Exit.Exit<Principal, Failure>): void {
    if (Exit.isFailure(exit)) return this.letGo(connection, exit.cause)
    if (!this.become(connection, exit.value)) return
    connection.close(closeCodes.unauthorized, "the right to what was followed has ended")
  }

  private letGo(connection: Connection, cause: Cause.Cause<Failure>): void {
    const { bug, problem } = problemOf(cause, "")
    if (bug) this.parts.fence.logBug(cause, connection.about)
    if (problem.status === 401)
      connection.close(closeCodes.unauthorized, "the token is no longer valid")
    else
      connection.close(
        closeCodes.tryAgain,
        "your identity cannot be verified right now: connect again"
      )
  }
}
