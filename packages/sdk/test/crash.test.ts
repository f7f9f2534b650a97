/**
 * The exchange is killed under load; everything it answered is there afterwards, once, and
 * repeating a request gives the same answer.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import { journalCrashes } from "../../adapters-file/test/support/crashes.ts"
import { createExchange } from "../src/index.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const program = fileURLToPath(new URL("./support/crashingExchange.ts", import.meta.url))

interface Told {
  account: number
  readonly asked: Array<string>
  readonly got: Map<string, { readonly order: number; readonly sequence: number }>
}

/**
 * Runs the exchange until it is killed: by itself at a crash point, or from outside after this many
 * answers.
 */
const crash = (
  folder: string,
  where: string,
  nth: number,
  told: Told,
  answersMax: number,
  thread: boolean
) =>
  new Promise<void>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        "--conditions=@pandora-exchange/source",
        program,
        folder,
        where,
        `${nth}`,
        thread ? "thread" : ""
      ],
      { stdio: ["ignore", "pipe", "pipe"] }
    )
    let rest = ""
    let errors = ""
    let answers = 0
    child.stdout.on("data", (bytes: Buffer) => {
      const lines = (rest + bytes.toString()).split("\n")
      rest = lines.pop()!
      for (const line of lines) {
        const [word, first, order, sequence] = line.split(" ")
        if (word === "account") told.account = Number(first)
        if (word === "asks") told.asked.push(first!)
        if (word !== "got") continue
        told.got.set(first!, { order: Number(order), sequence: Number(sequence) })
        if (++answers === answersMax) child.kill("SIGKILL")
      }
    })
    child.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()))
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL" && errors === "") resolve()
      else reject(new Error(`ended by ${signal}: ${errors}`))
    })
  })

/**
 * Reopens the exchange: every answer is there, and every key that was sent is executed once,
 * whether or not it was answered.
 */
const proves = async (folder: string, told: Told) => {
  const exchange = await createExchange({ storage: { folder } })
  try {
    const orders = new Map<number, string>()
    for (const key of told.asked) {
      const order = { market: "BTC-USDT", side: "buy", price: "100", quantity: "0.001" } as const
      const again = await exchange.place({
        account: told.account,
        ...order,
        clientOrderId: key.slice(-36),
        key
      })
      const first = told.got.get(key)
      if (first !== undefined)
        assert.deepStrictEqual({ order: again.order, sequence: again.sequence }, first)
      assert.isFalse(orders.has(again.order), `order ${again.order} answers two keys`)
      orders.set(again.order, key)
    }
    const open = await exchange.openOrders({ account: told.account })
    for (const { clientOrderId, order } of open)
      assert.strictEqual(orders.get(order)?.slice(-36), clientOrderId)
    const placed = new Map<number, number>()
    for await (const { events, sequence } of exchange.entries({ from: 1 })) {
      for (const event of events) {
        if (event._tag !== "OrderAccepted") continue
        assert.isFalse(placed.has(event.orderId))
        placed.set(event.orderId, sequence)
      }
      if (sequence === (await exchange.status()).durableSequence) break
    }
    assert.deepStrictEqual([...placed.keys()].sort(), [...orders.keys()].sort())
    assert.isTrue((await exchange.conservation()).every(({ conserved }) => conserved))
  } finally {
    await exchange.close()
  }
}

const inFolder = async (run: (folder: string) => Promise<void>) => {
  const folder = await mkdtemp(join(tmpdir(), "pandora-crash-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  await run(folder)
}

describe("an exchange that is killed under load", () => {
  it.each(Object.keys(journalCrashes))(
    "%s has every answer once, and asking again gives it",
    (where) =>
      inFolder(async (folder) => {
        const told: Told = { account: 0, asked: [], got: new Map() }
        // The first batches are listings and accounts; the epoch is written once per start.
        const nth = where.includes("epoch") || where.includes("folder") ? 1 : 12
        await crash(folder, where, nth, told, 3_000, false)
        if (told.account !== 0) await proves(folder, told)
      })
  )

  it.each([
    ["in this thread", false],
    ["in a thread of its own", true]
  ])("at any moment has every answer once, %s", (_, thread) =>
    inFolder(async (folder) => {
      const told: Told = { account: 0, asked: [], got: new Map() }
      for (let round = 0; round < (long ? 30 : 3); round++) {
        await crash(folder, "", 0, told, 200 + ((round * 397) % 1_000), thread)
        await proves(folder, told)
      }
      assert.isAbove(told.got.size, 200)
    })
  )
})
