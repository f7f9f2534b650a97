/**
 * Many simultaneous sign-ins, in their own thread, so that they do not hold up the measurement of
 * other requests.
 */
import { Agent, request } from "node:http"
import { parentPort, workerData } from "node:worker_threads"

/** From whoever starts the thread. */
export interface Crowd {
  readonly port: number
  readonly emails: ReadonlyArray<string>
  readonly password: string
  readonly count: number
}

const { count, emails, password, port } = workerData as Crowd
const agent = new Agent({ keepAlive: true, maxSockets: count })

/** The status. */
const signIn = (i: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      "x-forwarded-for": `198.19.${i >> 8}.${i & 255}`
    }
    const sent = request(
      { agent, host: "127.0.0.1", port, method: "POST", path: "/v1/sessions", headers },
      (response) => {
        response.resume()
        response.on("end", () => resolve(response.statusCode!))
      }
    )
    sent.on("error", reject)
    sent.end(JSON.stringify({ email: emails[i % emails.length], password }))
  })

const statuses: Record<number, number> = {}
for (const status of await Promise.all(Array.from({ length: count }, (_, i) => signIn(i)))) {
  statuses[status] = (statuses[status] ?? 0) + 1
}
agent.destroy()
parentPort!.postMessage(statuses)
