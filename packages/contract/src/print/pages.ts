/** Prints the pages of the documentation that list routes and messages. */
import { channels, closeCodes, Message, path } from "../channels.ts"
import { codesOf } from "../codes.ts"
import { isKeyed, type Operation, placementOf } from "../operation.ts"
import { type Field, fieldsOf, type Shape, shapeOf } from "../shape.ts"
import { groups } from "./openApi.ts"
import { nameOn, typeText, wireDocOf } from "./types.ts"

const printed = "Printed from the declarations of `packages/contract` by `npm run contract`."

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(escaped).join(" | ")} |`)
    .join("\n")
const escaped = (cell: string): string => cell.replaceAll("|", "\\|").replaceAll("\n", " ")

const codeList = (codes: ReadonlyArray<string>): string =>
  codes.map((code) => `\`${code}\``).join(", ")

/** Every route of the HTTP API, by group. */
export const routesPage = (operations: ReadonlyArray<Operation>): string =>
  [
    "# Routes",
    `${printed} The same as OpenAPI 3.1 is at \`/openapi.json\` of a server, and its reference at \`/docs\`.`,
    "`permission`: `public` needs no token, `signedIn` any. A key is an `Idempotency-Key`: the command is done once under it.",
    ...groups(operations).flatMap(({ description, name, operations }) => [
      `## ${name}`,
      description,
      table(
        ["route", "operation", "permission", "key", "what it does"],
        operations.map((op) => [
          `\`${op.rest!.method} ${op.rest!.path}\``,
          op.name,
          op.permission,
          isKeyed(op) ? "yes" : op.keyPerItem === true ? "each item" : "",
          op.doc
        ])
      )
    ]),
    "## Codes of each operation",
    "[Errors](errors.md) says what each code means and what to do.",
    table(
      ["operation", "codes"],
      groups(operations).flatMap(({ operations }) =>
        operations.map((op) => [op.name, codeList(codesOf(op))])
      )
    )
  ].join("\n\n") + "\n"

const fieldRows = (fields: ReadonlyArray<Field>): ReadonlyArray<ReadonlyArray<string>> =>
  fields
    .filter(({ inside }) => inside === undefined)
    .map((field) => [
      `\`${field.wire}\`${field.optional || field.absent || field.account === true ? " (optional)" : ""}`,
      `\`${typeText(field.shape, "wire").replace(/\s+/g, " ")}\``,
      wireDocOf(field) ?? ""
    ])

const message = (shape: Shape): ReadonlyArray<string> => [
  `### ${nameOn("wire", shape)}`,
  shape.doc ?? "",
  table(["field", "type", "meaning"], fieldRows(fieldsOf(shape)))
]

const command = (op: Operation): ReadonlyArray<string> => {
  const { body, path, query } = placementOf(op)
  const under = op.stream?.body
  const beside = [...path, ...query, ...(under === undefined ? body : [])]
  return [
    `### ${op.name}`,
    op.doc,
    table(
      ["field", "type", "meaning"],
      [
        ["`op`", `\`"${op.name}"\``, ""],
        ["`id`", "`string`", "Your own id for this message."],
        ...(isKeyed(op) ? [["`key` (optional)", "`string`", "The idempotency key."]] : []),
        ...fieldRows(beside),
        ...(under === undefined
          ? []
          : [[`\`${under}\``, "object", `The body of \`${op.rest!.method} ${op.rest!.path}\`.`]])
      ]
    )
  ]
}

/** Every message of the stream. */
export const streamPage = (operations: ReadonlyArray<Operation>): string => {
  const byChannel = new Set(
    Object.values(channels).flatMap(({ messages }) => messages.map((schema) => shapeOf(schema)))
  )
  const all = shapeOf(Message)
  const controls = all.kind === "union" ? all.members.filter((shape) => !byChannel.has(shape)) : []
  return (
    [
      "# Stream",
      `${printed} The same as AsyncAPI 3 is at \`/asyncapi.json\` of a server.`,
      `The WebSocket \`${path}\` carries one JSON object a message. Send \`op\` and an \`id\` of your own choice; one \`answer\` or ` +
        "`problem` with that id comes back. A subscription then sends by itself, in order and without gaps.",
      "## Channels",
      table(
        ["channel", "version", "permission", "what it carries", "messages", "codes"],
        Object.entries(channels).map(([name, { doc, fails, messages, permission, version }]) => [
          name,
          String(version),
          permission,
          doc,
          messages.map((schema) => shapeOf(schema).name!).join(", "),
          codeList(fails)
        ])
      ),
      ...Object.values(channels).flatMap(({ messages, subscribe }) =>
        [subscribe, ...messages].flatMap((schema) => message(shapeOf(schema)))
      ),
      "## Other messages of the server",
      ...controls.flatMap(message),
      "## Commands",
      "The answer has the same fields as over HTTP. [Routes](routes.md) lists the codes of each.",
      ...operations.filter(({ stream }) => stream !== undefined).flatMap(command),
      "## Close codes",
      table(
        ["code", "name"],
        Object.entries(closeCodes).map(([name, code]) => [String(code), name])
      )
    ].join("\n\n") + "\n"
  )
}
