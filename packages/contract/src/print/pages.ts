/** Generates the documentation pages that list routes and messages. */
import { Authenticate, channels, closeCodes, Message, path, Unsubscribe } from "../channels.ts"
import { codesOf } from "../codes.ts"
import { isKeyed, type Operation, placementOf } from "../operation.ts"
import { type Field, fieldsOf, type Shape, shapeOf } from "../shape.ts"
import { type Block, markdownOf } from "./blocks.ts"
import { groups } from "./openApi.ts"
import { nameOn, typeText, wireDocOf } from "./types.ts"

const printed = "Printed from the declarations of `packages/contract` by `npm run contract`."

const codeList = (codes: ReadonlyArray<string>): string =>
  codes.map((code) => `\`${code}\``).join(", ")

/** Every route of the HTTP API, by group. */
export const routesPage = (operations: ReadonlyArray<Operation>): string =>
  markdownOf([
    { heading: 1, text: "Routes" },
    {
      text: `${printed} The same as OpenAPI 3.1 is at \`/openapi.json\` of a server, and its reference at \`/docs\`.`
    },
    {
      text: "`permission`: `public` needs no token, `signedIn` any. A key is an `Idempotency-Key`: the command is done once under it."
    },
    ...groups(operations).flatMap(
      ({ description, name, operations }): ReadonlyArray<Block> => [
        { heading: 2, text: name },
        { text: description },
        {
          head: ["route", "operation", "permission", "key", "what it does"],
          rows: operations.map((op) => [
            `\`${op.rest!.method} ${op.rest!.path}\``,
            op.name,
            op.permission,
            isKeyed(op) ? "yes" : op.keyPerItem === true ? "each item" : "",
            op.doc
          ])
        }
      ]
    ),
    { heading: 2, text: "Codes of each operation" },
    { text: "[Errors](errors.md) says what each code means and what to do." },
    {
      head: ["operation", "codes"],
      rows: groups(operations).flatMap(({ operations }) =>
        operations.map((op) => [op.name, codeList(codesOf(op))])
      )
    }
  ])

const fieldRows = (fields: ReadonlyArray<Field>): ReadonlyArray<ReadonlyArray<string>> =>
  fields
    .filter(({ inside }) => inside === undefined)
    .map((field) => [
      `\`${field.wire}\`${mayBeLeftOut(field) ? " (optional)" : ""}`,
      `\`${typeText(field.shape, "wire").replace(/\s+/g, " ")}\``,
      wireDocOf(field) ?? ""
    ])

const mayBeLeftOut = ({ absent, account, client, optional }: Field): boolean =>
  client === undefined && (optional || absent || account === true)

const message = (shape: Shape): ReadonlyArray<Block> => [
  { heading: 3, text: nameOn("wire", shape)! },
  { text: shape.doc ?? "" },
  { head: ["field", "type", "meaning"], rows: fieldRows(fieldsOf(shape)) }
]

const command = (op: Operation): ReadonlyArray<Block> => {
  const { body, path, query } = placementOf(op)
  const under = op.stream?.body
  const beside = [...path, ...query, ...(under === undefined ? body : [])]
  return [
    { heading: 3, text: op.name },
    { text: op.doc },
    {
      head: ["field", "type", "meaning"],
      rows: [
        ["`op`", `\`"${op.name}"\``, ""],
        ["`id`", "`string`", "Your own id for this message."],
        ...(isKeyed(op) ? [["`key` (optional)", "`string`", "The idempotency key."]] : []),
        ...fieldRows(beside),
        ...(under === undefined
          ? []
          : [[`\`${under}\``, "object", `The body of \`${op.rest!.method} ${op.rest!.path}\`.`]])
      ]
    }
  ]
}

/** Every stream message, for a page that begins with `introduction`. */
export const streamBlocks = (
  operations: ReadonlyArray<Operation>,
  introduction: string
): ReadonlyArray<Block> => {
  const byChannel = new Set(
    Object.values(channels).flatMap(({ messages }) => messages.map((schema) => shapeOf(schema)))
  )
  const all = shapeOf(Message)
  const controls = all.kind === "union" ? all.members.filter((shape) => !byChannel.has(shape)) : []
  return [
    { heading: 1, text: "Stream" },
    { text: introduction },
    {
      text:
        `The WebSocket \`${path}\` carries one JSON object a message. Send \`op\` and an \`id\` of your own choice; one \`answer\` or ` +
        "`problem` with that id comes back. A subscription then sends by itself, in order and without gaps."
    },
    {
      text:
        "Public channels need no token. For the others connect with `Authorization: Bearer TOKEN`, or send `authenticate` as the " +
        "first message: that is the way for browsers, which cannot set the header. Send it again with the next token before one expires."
    },
    ...message(shapeOf(Authenticate)),
    { heading: 2, text: "Channels" },
    {
      head: ["channel", "version", "permission", "what it carries", "messages", "codes"],
      rows: Object.entries(channels).map(
        ([name, { doc, fails, messages, permission, version }]) => [
          name,
          String(version),
          permission,
          doc,
          messages.map((schema) => shapeOf(schema).name!).join(", "),
          codeList(fails)
        ]
      )
    },
    ...Object.values(channels).flatMap(({ messages, subscribe }) =>
      [subscribe, ...messages].flatMap((schema) => message(shapeOf(schema)))
    ),
    ...message(shapeOf(Unsubscribe)),
    { heading: 2, text: "Other messages of the server" },
    ...controls.flatMap(message),
    { heading: 2, text: "Commands" },
    {
      text: "The answer has the same fields as over HTTP. [Routes](routes.md) lists the codes of each."
    },
    ...operations.filter(({ stream }) => stream !== undefined).flatMap(command),
    { heading: 2, text: "Close codes" },
    {
      head: ["code", "name"],
      rows: Object.entries(closeCodes).map(([name, code]) => [String(code), name])
    }
  ]
}

/** Every stream message, as a documentation page. */
export const streamPage = (operations: ReadonlyArray<Operation>): string =>
  markdownOf(
    streamBlocks(
      operations,
      `${printed} The same is at \`/docs/stream\` of a server, and as AsyncAPI 3 at \`/asyncapi.json\`.`
    )
  )
