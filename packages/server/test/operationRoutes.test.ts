/** Every declared operation has a handler, or the server does not start. */
import { expect, it } from "@effect/vitest"
import { operations } from "@pandora-exchange/contract"
import { operationRoutes } from "../src/http/operationRoutes.ts"

it("error: an operation without a handler gets no routes", () => {
  const [place, openAccount] = [operations.get("place")!, operations.get("openAccount")!]
  expect(() => operationRoutes([place], new Map())).toThrow("POST /v1/orders has no handler")
  // Only the embedding program opens accounts: there is no route to answer.
  expect(operationRoutes([openAccount], new Map())).toEqual([])
})
