/** What an editor shows on hover for the SDK and the client. */
import { expect, it } from "@effect/vitest"
import { isOffered, operations } from "@pandora-exchange/contract"
import * as Orders from "@pandora-exchange/contract/operations/orders"
import { fieldsOf, shapeOf } from "@pandora-exchange/contract/shape"
import { shownIn } from "./languageServer.ts"

it("shows the documentation of every method of the SDK and the client, and of the fields of an order", async () => {
  const offered = [...operations.values()].filter(isOffered)
  const routed = [...operations.values()].filter(({ rest }) => rest !== undefined)
  const fields = fieldsOf(shapeOf(Orders.PlaceLimit))
  const rows = [
    ...offered.flatMap(({ doc, name }) => [
      [`exchange.${name}`, doc] as const,
      [`service.${name}`, doc] as const
    ]),
    ...routed.map(({ doc, name }) => [`client.${name}`, doc] as const),
    ...["exchange.status", "service.status"].map((member) => [member, "Whether commands"] as const),
    ...fields.map(({ doc, name }) => [`order.${name}`, doc!] as const)
  ]
  const head = [
    'import { createExchange, type ExchangeService, type PlaceLimit } from "@pandora-exchange/sdk"',
    'import { createClient } from "@pandora-exchange/client"',
    "const exchange = await createExchange()",
    'const client = createClient({ url: "" })',
    "declare const service: ExchangeService",
    "declare const order: PlaceLimit"
  ]
  const shown = await shownIn([...head, ...rows.map(([expression]) => expression)])
  const missing = rows.filter(([, doc], i) => !shown[head.length + i]!.includes(doc))
  expect(missing).toEqual([])
})
