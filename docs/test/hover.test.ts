/** What an editor shows of the SDK and the client: asked of the language server of TypeScript. */
import { expect, it } from "@effect/vitest"
import { isOffered, operations } from "@pandora-exchange/contract"
import * as Orders from "@pandora-exchange/contract/operations/orders"
import { fieldsOf, shapeOf } from "@pandora-exchange/contract/shape"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { onTestFinished } from "vitest"
import { root } from "./pages.ts"

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly items?: ReadonlyArray<unknown> }
  readonly result?: unknown
}

/** A language server over its standard input and output. */
const languageServer = () => {
  const child = spawn(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "--lsp", "--stdio"],
    {
      cwd: root
    }
  )
  onTestFinished(() => void child.kill())
  const waiting = new Map<number, (result: any) => void>()
  let received = Buffer.alloc(0)
  let last = 0
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const onMessage = ({ id, method, params, result }: Message) => {
    if (method === undefined) waiting.get(id!)?.(result)
    else if (id !== undefined) send({ id, result: params?.items?.map(() => null) ?? null })
  }
  child.stdout.on("data", (data: Buffer) => {
    received = Buffer.concat([received, data])
    for (;;) {
      const head = received.indexOf("\r\n\r\n")
      const length = Number(
        /Content-Length: (\d+)/i.exec(received.subarray(0, Math.max(0, head)).toString())?.[1]
      )
      if (head < 0 || received.length < head + 4 + length) return
      const text = received.subarray(head + 4, head + 4 + length).toString()
      received = received.subarray(head + 4 + length)
      onMessage(JSON.parse(text) as Message)
    }
  })
  const ask = <A>(method: string, params: object) =>
    new Promise<A>((resolve) => {
      waiting.set(++last, resolve)
      send({ id: last, method, params })
    })
  return { ask, tell: (method: string, params: object) => send({ method, params }) }
}

/** Of each line, what is shown of the last name in it. */
const shownIn = async (lines: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const { ask, tell } = languageServer()
  const uri = pathToFileURL(join(root, "packages/server/src/hover.ts")).href
  const contentFormat = ["plaintext"]
  await ask("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: { textDocument: { hover: { contentFormat } } }
  })
  tell("initialized", {})
  tell("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 1, text: lines.join("\n") }
  })
  const shown: Array<string> = []
  for (const [line, text] of lines.entries()) {
    const character = /\w+\W*$/.exec(text)!.index
    const found = await ask<{ contents: { value: string } } | null>("textDocument/hover", {
      textDocument: { uri },
      position: { line, character }
    })
    shown.push(found?.contents.value.replace(/\s+/g, " ") ?? "")
  }
  return shown
}

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
