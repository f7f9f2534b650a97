/** All connections: how many come from each address, and which belong to each principal. */
import type { Principal } from "../Authentication.ts"
import type { Connection } from "./Connection.ts"

export class Connections {
  private readonly all = new Set<Connection>()
  /** So that a change of one principal's permissions costs the others nothing. */
  private readonly byPrincipal = new Map<string, Set<Connection>>()
  private readonly perAddress = new Map<string, number>()

  get count(): number {
    return this.all.size
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.all.values()
  }

  countFrom(address: string): number {
    return this.perAddress.get(address) ?? 0
  }

  add(connection: Connection): void {
    this.all.add(connection)
    this.perAddress.set(connection.address, this.countFrom(connection.address) + 1)
  }

  remove(connection: Connection): void {
    this.all.delete(connection)
    this.disown(connection)
    const left = (this.perAddress.get(connection.address) ?? 1) - 1
    if (left === 0) this.perAddress.delete(connection.address)
    else this.perAddress.set(connection.address, left)
  }

  of(principalId: string): Iterable<Connection> {
    return this.byPrincipal.get(principalId) ?? []
  }

  /** Assigns the connection to the principal. */
  assign(connection: Connection, principal: Principal): void {
    this.disown(connection)
    connection.principal = principal
    const own = this.byPrincipal.get(principal.userId) ?? new Set()
    this.byPrincipal.set(principal.userId, own.add(connection))
  }

  private disown(connection: Connection): void {
    const id = connection.principal?.userId
    const own = id === undefined ? undefined : this.byPrincipal.get(id)
    if (own?.delete(connection) === true && own.size === 0) this.byPrincipal.delete(id!)
  }
}
