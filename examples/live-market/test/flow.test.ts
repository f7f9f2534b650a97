import { assert, describe, it } from "@effect/vitest"
import { Flow, instruments, type Request } from "../src/flow.ts"

const makers = [1000, 1001]
const takers = [1002, 1003]
const steps = 5_000

const requests = (seed: number, prices: Record<string, number> = {}): Array<Request> => {
  const flow = new Flow({ seed, makers, takers, prices })
  return Array.from({ length: steps }, () => flow.next()).flat()
}

describe("Flow", () => {
  it("one seed and the same prices give the same requests; another seed or price gives others", () => {
    assert.deepStrictEqual(requests(7), requests(7))
    assert.notDeepEqual(requests(7), requests(8))
    assert.notDeepEqual(requests(7), requests(7, { "BTC-USDT": 5_000_000 }))
  })

  it("makers have as many orders as they have names for, and cancel each before they place it again", () => {
    const open = new Set<string>()
    for (const { kind, request } of requests(1)) {
      if (request.clientOrderId === undefined) continue
      const name = `${request.account} ${request.clientOrderId}`
      if (kind === "cancel") open.delete(name)
      else {
        assert.isFalse(open.has(name))
        open.add(name)
      }
    }
    assert.strictEqual(open.size, makers.length * instruments.length * 16)
  })

  it("takers ask for what ends at once", () => {
    const taken = requests(1).flatMap(({ kind, request }) =>
      kind === "place" && takers.includes(request.account) ? [request] : []
    )
    assert.isAbove(taken.length, steps / 5)
    for (const order of taken) assert.isTrue(order.type === "market" || order.timeInForce === "IOC")
  })
})
