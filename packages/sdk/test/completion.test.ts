/** What an editor completes, asked of the language server of the TypeScript that is installed. */
import { assert, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const file = new URL("./support/completed.ts", import.meta.url)
const text = readFileSync(file, "utf8")
const root = new URL("../../../", import.meta.url)

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
}

/** A language server that has the file open. */
const serving = async () => {
  const bin = fileURLToPath(new URL("node_modules/typescript/bin/tsc", root))
  const child = spawn(process.execPath, [bin, "--lsp", "--stdio"], { cwd: fileURLToPath(root) })
  onTestFinished(() => void child.kill())
  const waiting = new Map<number, (result: unknown) => void>()
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  let received = Buffer.alloc(0)
  child.stdout.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    for (;;) {
      const head = received.indexOf("\r\n\r\n")
      if (head < 0) return
      const end =
        head + 4 + Number(/Content-Length: (\d+)/i.exec(received.toString("utf8", 0, head))![1])
      if (received.length < end) return
      const message = JSON.parse(received.toString("utf8", head + 4, end)) as Message
      received = received.subarray(end)
      // What the server asks for itself gets an empty answer.
      if (message.method !== undefined && message.id !== undefined)
        send({ id: message.id, result: null })
      else if (message.id !== undefined) waiting.get(message.id)?.(message.result)
    }
  })
  let last = 0
  const ask = (method: string, params: object) =>
    new Promise<unknown>((resolve) => {
      waiting.set(++last, resolve)
      send({ id: last, method, params })
    })
  await ask("initialize", { processId: process.pid, rootUri: root.href, capabilities: {} })
  send({ method: "initialized", params: {} })
  const document = { uri: file.href, languageId: "typescript", version: 1, text }
  send({ method: "textDocument/didOpen", params: { textDocument: document } })
  return async (before: string): Promise<ReadonlySet<string>> => {
    const lines = text.slice(0, text.indexOf(before) + before.length).split("\n")
    const position = { line: lines.length - 1, character: lines.at(-1)!.length }
    const answer = await ask("textDocument/completion", {
      textDocument: { uri: file.href },
      position
    })
    const { items } = answer as { readonly items: ReadonlyArray<{ readonly label: string }> }
    return new Set(items.map(({ label }) => label.replace(/\?$/, "")))
  }
}

it("completes the methods, the fields of a request and the codes of one method", async () => {
  const completedAfter = await serving()
  const methods = await completedAfter("await exchange.")
  for (const name of ["place", "openAccount", "status", "balances", "close"])
    assert.isTrue(methods.has(name), name)
  const fields = await completedAfter("exchange.place({ account, ")
  for (const name of ["type", "trigger", "timeInForce", "clientOrderId", "key"])
    assert.isTrue(fields.has(name), name)
  const codes = await completedAfter('error.code === "')
  for (const code of ["InsufficientFunds", "OffTick", "GuardRefused"])
    assert.isTrue(codes.has(code), code)
  assert.isFalse(codes.has("MalformedUrl"))
  const reasons = await completedAfter('"Refused",\n    "')
  for (const code of ["InsufficientFunds", "UnknownMarket"]) assert.isTrue(reasons.has(code), code)
  assert.isFalse(reasons.has("SymbolTaken"))
})
