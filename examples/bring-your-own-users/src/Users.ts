/** The application's own users and sessions. Nothing here knows about the exchange. */
import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto"
import { DatabaseSync } from "node:sqlite"

export interface User {
  /** Never reused for another user, and reveals nothing about the person. */
  readonly id: string
  readonly name: string
}

export class Users {
  private readonly database = new DatabaseSync(":memory:")
  private readonly sessions = new Map<string, User>()

  constructor() {
    this.database.exec(
      "CREATE TABLE user (id TEXT PRIMARY KEY, name TEXT UNIQUE NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL)"
    )
  }

  add(name: string, password: string): void {
    const salt = randomBytes(16)
    const row = this.database.prepare("INSERT INTO user VALUES (?, ?, ?, ?)")
    row.run(randomUUID(), name, salt, scryptSync(password, salt, 32))
  }

  /** The value of the session cookie, or `undefined` if the password is wrong. */
  signIn(name: string, password: string): string | undefined {
    const row = this.database.prepare("SELECT * FROM user WHERE name = ?").get(name)
    if (row === undefined) return undefined
    const hash = scryptSync(password, row["salt"] as Uint8Array, 32)
    if (!timingSafeEqual(hash, row["hash"] as Uint8Array)) return undefined
    const session = randomBytes(32).toString("base64url")
    this.sessions.set(session, { id: String(row["id"]), name: String(row["name"]) })
    return session
  }

  /** The user a session belongs to. */
  of(session: string | undefined): User | undefined {
    return session === undefined ? undefined : this.sessions.get(session)
  }
}
