/** The language server of the installed TypeScript: what an editor shows and completes. */
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

/** A language server spoken to over standard input and output. */
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

const contentFormat = ["plaintext"]

/** A server with this module open, in the folder of a package that may import everything. */
const opened = async (text: string) => {
  const { ask, tell } = languageServer()
  const uri = pathToFileURL(join(root, "packages/server/src/opened.ts")).href
  await ask("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: { textDocument: { hover: { contentFormat } } }
  })
  tell("initialized", {})
  tell("textDocument/didOpen", {
    textDocument: { uri, languageId: "typescript", version: 1, text }
  })
  return { ask, uri }
}

/** For each line, what is shown for its last name. */
export const shownIn = async (lines: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const { ask, uri } = await opened(lines.join("\n"))
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

/** The completions in a module, each time after the first occurrence of `before`. */
export const completing = async (text: string) => {
  const { ask, uri } = await opened(text)
  return async (before: string): Promise<ReadonlySet<string>> => {
    const lines = text.slice(0, text.indexOf(before) + before.length).split("\n")
    const { items } = await ask<{ readonly items: ReadonlyArray<{ readonly label: string }> }>(
      "textDocument/completion",
      {
        textDocument: { uri },
        position: { line: lines.length - 1, character: lines.at(-1)!.length }
      }
    )
    return new Set(items.map(({ label }) => label.replace(/\?$/, "")))
  }
}
