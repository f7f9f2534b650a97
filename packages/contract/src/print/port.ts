/** Generates the port: one function per operation, from a principal and a request to an answer. */
import { isOffered, type Operation } from "../operation.ts"
import { shapeOf } from "../shape.ts"
import { documented, headed } from "./text.ts"
import { typeText } from "./types.ts"

const methodText = (op: Operation): string => {
  const request = op.request === undefined ? "undefined" : typeText(shapeOf(op.request), "sdk")
  const answer = op.answer === undefined ? "void" : typeText(shapeOf(op.answer), "sdk")
  const method = `readonly ${op.name}: (principal: Principal, request: ${request}) => Effect.Effect<${answer}, E>`
  return documented(op.doc, method).replace(/^/gm, "  ")
}

/** The declarations of a generated file that a text uses, as an import. */
const importOf = (text: string, file: string, path: string): string => {
  const declared = [...file.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name!)
  const used = declared.filter((name) => new RegExp(`\\b${name}\\b(?!:)`).test(text)).sort()
  return `import type {\n${used.map((name) => `  ${name}`).join(",\n")}\n} from "${path}"`
}

const port = (name: string, doc: string, operations: ReadonlyArray<Operation>): string =>
  documented(doc, `export interface ${name}<E> {\n${operations.map(methodText).join("\n")}\n}`)

export const printPort = (
  operations: ReadonlyArray<Operation>,
  sdk: string,
  server: string
): string => {
  const ports = [
    port("ExchangeOperations", "What an exchange can do by itself.", operations.filter(isOffered)),
    port(
      "ServerOperations",
      "What only a server can do: it has users, a history and an address.",
      operations.filter((op) => !isOffered(op))
    )
  ]
  const text = ports.join("\n").replace(/^ *(\/\*)?\*.*$/gm, "")
  return headed("The port: what every face of an exchange calls.", [
    'import type { Effect } from "effect"\nimport type { Principal } from "../Principal.ts"\n' +
      `${importOf(text, sdk, "./sdk.ts")}\n${importOf(text, server, "./server.ts")}`,
    ...ports,
    "/** Everything that can be asked. */\nexport interface Operations<E> extends ExchangeOperations<E>, ServerOperations<E> {}"
  ])
}
