/** Where a program must not generate code, Effect's coders check, read and write. */
import { expect, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const program = `
import { checkOf, httpReaderOf, messageReaderOf, operations, writerOf } from "${new URL("../src/index.ts", import.meta.url).href}"
const place = operations.get("place")
const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" }
const says = (fault) => fault === undefined ? "right" : [fault.code, fault.field]
console.log(JSON.stringify([
  says(checkOf(place)({ account: 1000, ...order, key: "k", clientOrderId: undefined })),
  says(checkOf(place)({ account: 1000, ...order, prise: "1" })),
  says(checkOf(place)(undefined)),
  httpReaderOf(place)({}, { account: "acc_1000" }, order),
  httpReaderOf(operations.get("cancel"))({ order: "client:mine" }, {}, {}),
  httpReaderOf(operations.get("orders"))({}, { limit: "7" }, {}),
  messageReaderOf(place)({ op: "place", id: "1", order }),
  says(messageReaderOf(place)({ op: "place", id: "1", order: { ...order, trigger: {} } })),
  writerOf(operations.get("cancelAfter").answer)({ sequence: 1, deadline: undefined })
]))
`

it("does the same without generated code", async () => {
  const args = [
    "--disallow-code-generation-from-strings",
    "--no-warnings",
    "--conditions=@pandora-exchange/source"
  ]
  const run = promisify(execFile)(
    process.execPath,
    [...args, "--input-type=module", "--eval", program],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url))
    }
  )
  const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" }
  expect(JSON.parse((await run).stdout)).toEqual([
    "right",
    ["UnknownField", "prise"],
    ["NotAnObject", "request"],
    { account: 1000, ...order },
    { clientOrderId: "mine" },
    { limit: 7 },
    order,
    ["MissingField", "trigger.kind"],
    '{"sequence":1}'
  ])
})
