/**
 * What authentication costs: verifying a session compared with merely verifying its token; signing
 * in without its hash; how much other requests notice of many sign-ins; and whether refusals can be
 * told apart by timing.
 *
 * `npm run bench -- auth [--json] [--quick] [--samples N]`. The server runs in its own process,
 * with an embedded Postgres.
 */
import { hash, verify } from "@node-rs/argon2"
import { parametersMin } from "@pandora-exchange/identity/Passwords"
import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { benchOptions } from "../../../scripts/arguments.ts"
import type { Crowd } from "./authCrowd.ts"
import type { Ready, Verified, Verify } from "./authTarget.ts"

const { json, quick, samples } = benchOptions({ samples: { usual: 100, quick: 3 } })
const warmUpSignIns = quick ? 1 : 5
const parallelSignIns = quick ? 4 : 500
/** The limit for one user, so that no further ones are verified. */
const wrongSignIns = 110
const verifications = quick ? { rounds: 1, roundMs: 20 } : { rounds: 5, roundMs: 400 }
const balancesPerSecond = 100
const idleMs = quick ? 100 : 8_000
const users = quick ? 2 : 25
const password = "umbrella stapler 42 kiwi"
const say = (text: string) => void (json || console.log(text))
const folder = mkdtempSync(join(tmpdir(), "pandora-bench-"))

const startTarget = (): Promise<Ready & { readonly child: ChildProcess }> => {
  const child = fork(
    fileURLToPath(new URL("./authTarget.ts", import.meta.url)),
    [folder, password, String(users)],
    {
      execArgv: ["--conditions=@pandora-exchange/source"]
    }
  )
  return new Promise((resolve, reject) => {
    child.once("message", (ready: Ready) => resolve({ ...ready, child }))
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

const sorted = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)
const percentile = (values: ReadonlyArray<number>, share: number) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))]!
const median = (values: ReadonlyArray<number>) => percentile(values, 0.5)
const rounded = (value: number, digits = 2) => Number(value.toFixed(digits))

const target = await startTarget()
const agent = new Agent({ keepAlive: true, maxSockets: 1_000 })
let addresses = 0

interface Answer {
  readonly status: number
  readonly body: any
  readonly ms: number
}

const ask = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const sent = request(
      { agent, host: "127.0.0.1", port: target.port, method, path, headers },
      (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk: Buffer) => chunks.push(chunk))
        response.on("end", () => {
          const ms = performance.now() - began
          resolve({
            status: response.statusCode!,
            body: JSON.parse(Buffer.concat(chunks).toString()),
            ms
          })
        })
      }
    )
    sent.on("error", reject)
    sent.end(body && JSON.stringify(body))
  })

/** From an address of its own. */
const signIn = (email: string, password: string) => {
  const n = addresses++
  const headers = {
    "content-type": "application/json",
    "x-forwarded-for": `198.18.${(n >> 8) & 255}.${n & 255}`
  }
  return ask("POST", "/v1/sessions", headers, { email, password })
}

const expected = (status: number, answer: Answer): Answer => {
  if (answer.status !== status) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return answer
}

/**
 * Requests balances at a steady rate until `until`; returns milliseconds from the time each was
 * due.
 */
const balancesUntil = async (
  token: string,
  until: Promise<unknown>
): Promise<ReadonlyArray<number>> => {
  const headers = { authorization: `Bearer ${token}` }
  const taken: Array<Promise<number>> = []
  let over = false
  void until.then(() => (over = true))
  const began = performance.now()
  for (let i = 0; !over; i++) {
    const due = began + (i * 1_000) / balancesPerSecond
    await sleep(due - performance.now())
    taken.push(
      ask("GET", "/v1/balances", headers).then(
        (answer) => (expected(200, answer), performance.now() - due)
      )
    )
  }
  return Promise.all(taken)
}

/** How many were let in, and how many were not, by status. */
const crowd = (emails: ReadonlyArray<string>): Promise<Readonly<Record<number, number>>> =>
  new Promise((resolve, reject) => {
    const workerData: Crowd = { port: target.port, emails, password, count: parallelSignIns }
    const thread = new Worker(new URL("./authCrowd.ts", import.meta.url), { workerData })
    thread.once("message", resolve)
    thread.once("error", reject)
  })

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

interface Apart {
  /**
   * The probability that one of the first took longer than one of the second: 0.5 if they are
   * alike.
   */
  readonly chance: number
  /**
   * The Mann-Whitney statistic; beyond 2.94 the two can be told apart (p < 0.01, for three pairs).
   */
  readonly z: number
}

const apart = (first: ReadonlyArray<number>, second: ReadonlyArray<number>): Apart => {
  const all = [
    ...first.map((ms) => ({ ms, one: 1 })),
    ...second.map((ms) => ({ ms, one: 0 }))
  ].sort((a, b) => a.ms - b.ms)
  const rankSum = all.reduce((sum, { one }, i) => sum + one * (i + 1), 0)
  const [n, m] = [first.length, second.length]
  const u = rankSum - (n * (n + 1)) / 2
  return {
    chance: rounded(u / (n * m)),
    z: rounded((u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12))
  }
}

try {
  const { emails } = target
  const [mine] = emails
  for (let i = 0; i < warmUpSignIns; i++) expected(201, await signIn(mine!, password))

  // One sign-in and one bare hash, alternating.
  const stored = await hash(password, parametersMin)
  const signIns: Array<Answer> = []
  const hashes: Array<number> = []
  for (let i = 0; i < samples; i++) {
    signIns.push(expected(201, await signIn(emails[i % users]!, password)))
    const began = performance.now()
    await verify(stored, password)
    hashes.push(performance.now() - began)
  }
  const signInP95 = percentile(
    signIns.map(({ ms }) => ms),
    0.95
  )
  const signing = {
    p50Ms: rounded(median(signIns.map(({ ms }) => ms))),
    p95Ms: rounded(signInP95),
    hashP50Ms: rounded(median(hashes)),
    withoutHashP50Ms: rounded(median(signIns.map(({ ms }) => ms)) - median(hashes)),
    withoutHashP95Ms: rounded(signInP95 - median(hashes))
  }
  say(
    `sign-in  p50 ${signing.p50Ms} ms, p95 ${signing.p95Ms} ms; a hash ${signing.hashP50Ms} ms; without it p50 ${signing.withoutHashP50Ms} ms, p95 ${signing.withoutHashP95Ms} ms`
  )

  const tokens = signIns.map(({ body }) => body.accessToken as string)
  const verified = await new Promise<Verified>((resolve) => {
    target.child.once("message", resolve)
    target.child.send({ tokens, ...verifications } satisfies Verify)
  })
  const verification = {
    sessionsPerSecond: Math.round(median(verified.session)),
    joseVerificationsPerSecond: Math.round(median(verified.bare)),
    ratio: rounded(median(verified.session.map((rate, i) => rate / verified.bare[i]!))),
    newTokens: {
      sessionsPerSecond: Math.round(verified.newSession),
      ratio: rounded(verified.newSession / verified.newBare)
    }
  }
  say(
    `sessions  ${verification.sessionsPerSecond}/s, jose's jwtVerify of the same token ${verification.joseVerificationsPerSecond}/s: ratio ` +
      `${verification.ratio}; of tokens never seen before ${verification.newTokens.sessionsPerSecond}/s: ratio ${verification.newTokens.ratio}`
  )

  const others = emails.slice(0, users - 1)
  const locked = emails[users - 1]!
  await Promise.all(
    Array.from({ length: wrongSignIns }, () => signIn(locked, "not the password at all"))
  )
  const kinds = {
    unknown: () => signIn(`nobody${addresses}@pandora.example`, password),
    wrong: () => signIn(others[addresses % others.length]!, "not the password at all"),
    locked: () => signIn(locked, password)
  }
  const refusals = {
    unknown: [] as Array<number>,
    wrong: [] as Array<number>,
    locked: [] as Array<number>
  }
  for (let i = 0; i < samples; i++) {
    // Each is first, second and third equally often.
    const order = [...Object.keys(kinds), ...Object.keys(kinds)].slice(i % 3, (i % 3) + 3) as Array<
      keyof typeof kinds
    >
    for (const kind of order) refusals[kind].push(expected(401, await kinds[kind]()).ms)
  }
  const refusal = {
    samples,
    mediansMs: {
      unknown: rounded(median(refusals.unknown)),
      wrong: rounded(median(refusals.wrong)),
      locked: rounded(median(refusals.locked))
    },
    unknownOrWrong: apart(refusals.unknown, refusals.wrong),
    wrongOrLocked: apart(refusals.wrong, refusals.locked),
    unknownOrLocked: apart(refusals.unknown, refusals.locked)
  }
  say(`refusals  ${JSON.stringify(refusal)}`)

  const idle = await balancesUntil(tokens[0]!, sleep(idleMs))
  const statuses = crowd(others)
  const beside = await balancesUntil(tokens[0]!, statuses)
  const balances = {
    idleP50Ms: rounded(median(idle)),
    idleP99Ms: rounded(percentile(idle, 0.99)),
    besideP50Ms: rounded(median(beside)),
    besideP99Ms: rounded(percentile(beside, 0.99)),
    ratio: rounded(percentile(beside, 0.99) / percentile(idle, 0.99)),
    signIns: await statuses
  }
  say(
    `GET /v1/balances  p99 ${balances.idleP99Ms} ms alone, ${balances.besideP99Ms} ms beside ${parallelSignIns} sign-ins at once ` +
      `(${JSON.stringify(balances.signIns)}): ratio ${balances.ratio}`
  )

  if (json)
    console.log(
      JSON.stringify({ bench: "auth", verification, signIn: signing, refusals: refusal, balances })
    )
} finally {
  agent.destroy()
  target.child.removeAllListeners("exit")
  const ended = new Promise((resolve) => target.child.once("exit", resolve))
  target.child.kill("SIGKILL")
  await ended
  rmSync(folder, { recursive: true })
}
