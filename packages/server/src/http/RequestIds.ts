/** Numbers requests: `req_`, letters of this process, and a counter. */
import { randomBytes } from "node:crypto"

export class RequestIds {
  private readonly prefix = randomBytes(5)
    .toString("base64url")
    .replace(/[^A-Za-z0-9]/g, "x")
  private count = 0

  next(): string {
    return `req_${this.prefix}${(this.count++).toString(36).padStart(4, "0")}`
  }
}
