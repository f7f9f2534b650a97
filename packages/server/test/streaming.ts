/** A bare WebSocket for the tests: what it received, and what it waits for. */
import { WebSocket } from "ws"
import { declaredMessage, mustBeDeclaredFor } from "./declared.ts"

export interface Bare {
  readonly socket: WebSocket
  /** Everything that came, oldest first. */
  readonly messages: Array<any>
  readonly send: (message: unknown) => void
  /**
   * The first matching message among those received and still to come; every message must be
   * declared.
   */
  readonly next: (like: (message: any) => boolean) => Promise<any>
  /** The answer or problem to the request. */
  readonly ask: (message: object) => Promise<any>
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export const openBare = async (
  url: string,
  headers: Readonly<Record<string, string>> = {}
): Promise<Bare> => {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/stream`, {
    headers,
    perMessageDeflate: true
  })
  const messages: Array<any> = []
  const waiting = new Set<() => void>()
  let undeclared: unknown
  socket.on("message", (data) => {
    const message = JSON.parse(String(data))
    try {
      declaredMessage(message)
    } catch (error) {
      undeclared = error
    }
    messages.push(message)
    for (const look of waiting) look()
  })
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) =>
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }))
  )
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve)
    socket.on("error", reject)
  })
  const next = (like: (message: any) => boolean) =>
    new Promise<any>((resolve, reject) => {
      const look = () => {
        if (undeclared !== undefined) reject(undeclared)
        const found = messages.find(like)
        if (found === undefined) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  const send = (message: unknown) =>
    socket.send(typeof message === "string" ? message : JSON.stringify(message))
  let id = 0
  const ask = async (message: object) => {
    const own = `t${++id}`
    send({ id: own, ...message })
    const answer = await next(
      (answer) => (answer.type === "answer" || answer.type === "problem") && answer.id === own
    )
    if (answer.type === "problem")
      mustBeDeclaredFor((message as { readonly op?: unknown }).op, answer.problem.code)
    return answer
  }
  return { socket, messages, send, next, ask, closed }
}

/** The status an upgrade is refused with, and the code of its problem. */
export const refusedUpgrade = (
  url: string,
  headers: Readonly<Record<string, string>>,
  path = "/v1/stream"
): Promise<{ readonly status: number; readonly code: string }> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace("http", "ws")}${path}`, { headers })
    socket.on("open", () => reject(new Error("it was accepted")))
    socket.on("error", () => {})
    socket.on("unexpected-response", (_, response) => {
      let body = ""
      response.on("data", (data) => (body += String(data)))
      response.on("end", () =>
        resolve({ status: response.statusCode!, code: JSON.parse(body).code })
      )
    })
  })
