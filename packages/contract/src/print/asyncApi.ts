/** Generates the AsyncAPI 3 document of the WebSocket. */
import { Authenticate, channels, Message, path, Unsubscribe } from "../channels.ts"
import { isKeyed, type Operation, placementOf } from "../operation.ts"
import { type Field, type Shape, shapeOf } from "../shape.ts"
import { type Json, JsonSchemas } from "./jsonSchema.ts"
import type { About } from "./openApi.ts"

/** The document, as an object for `JSON.stringify`. */
export const asyncApi = (
  operations: ReadonlyArray<Operation>,
  { url = "http://localhost:3000", version }: About
): Json => {
  const schemas = new JsonSchemas("draft-07")
  const { host, protocol } = new URL(url)
  const received = sentByCallers(operations, schemas)
  const sent = membersOf(shapeOf(Message)).map(
    (shape) => [shape.name!, messageOf(schemas.of(shape), shape)] as const
  )
  const reference = (name: string) => ({ $ref: `#/channels/stream/messages/${name}` })
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Pandora Exchange stream",
      version,
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
      description:
        "One JSON object a message. The caller sends `op` and an `id` of its own choice and gets one `answer` or `problem` " +
        "with that id. A subscription then sends by itself, in order and without gaps. Public channels need no token. For " +
        "the others connect with `Authorization: Bearer TOKEN`, or send `Authenticate` as the first message: that is the " +
        "way for browsers, which cannot set the header."
    },
    servers: {
      exchange: { host, protocol: protocol === "https:" ? "wss" : "ws" }
    },
    channels: {
      stream: {
        address: path,
        messages: Object.fromEntries([...received, ...sent])
      }
    },
    operations: {
      ask: {
        action: "receive",
        summary: "Messages of the caller.",
        security: [bearer],
        channel: { $ref: "#/channels/stream" },
        messages: received.map(([name]) => reference(name))
      },
      follow: {
        action: "send",
        summary: "Messages of the server.",
        security: [bearer],
        channel: { $ref: "#/channels/stream" },
        messages: sent.map(([name]) => reference(name))
      }
    },
    components: {
      schemas: schemas.components,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An access token, from `POST /v1/sessions`. Public channels need none."
        }
      }
    }
  }
}

const bearer: Json = { $ref: "#/components/securitySchemes/bearer" }

const membersOf = (shape: Shape): ReadonlyArray<Shape> =>
  shape.kind === "union" ? shape.members : [shape]

const messageOf = (
  payload: Json,
  { doc, name }: { readonly doc?: string; readonly name?: string }
): Json => ({
  name,
  ...(doc !== undefined && { summary: doc }),
  contentType: "application/json",
  payload
})

const sentByCallers = (operations: ReadonlyArray<Operation>, schemas: JsonSchemas) => {
  const controls = [
    Authenticate,
    ...Object.values(channels).map(({ subscribe }) => subscribe),
    Unsubscribe
  ]
  return [
    ...controls.map((schema) => {
      const shape = shapeOf(schema)
      return [shape.name!, messageOf(schemas.of(shape), shape)] as const
    }),
    ...operations.flatMap((op) =>
      op.stream === undefined ? [] : [commandOf(op, op.stream.body, schemas)]
    )
  ]
}

/** A command: `op`, `id` and `key`, the fields of path and query, and the body under its name. */
const commandOf = (op: Operation, under: string | undefined, schemas: JsonSchemas) => {
  const { body, path, query } = placementOf(op)
  const names = new Set(body.map(({ name }) => name))
  const inside = (field: Field) => names.has(field.name)
  const beside = [...path, ...query, ...(under === undefined ? body : [])]
  const properties = {
    op: { type: "string", const: op.name },
    id: {
      type: "string",
      minLength: 1,
      maxLength: 64,
      description: "Your own id for this message."
    },
    ...(isKeyed(op) && {
      key: { type: "string", format: "uuid", description: "The idempotency key." }
    }),
    ...Object.fromEntries(beside.map((field) => [field.wire, schemas.ofField(field)])),
    ...(under !== undefined && { [under]: schemas.of(shapeOf(op.request!), inside) })
  }
  const required = beside
    .filter(({ account, optional }) => !optional && account !== true)
    .map(({ wire }) => wire)
  const payload = {
    type: "object",
    properties,
    required: [
      "op",
      "id",
      ...new Set([...path.map(({ wire }) => wire), ...required, ...(under ? [under] : [])])
    ],
    additionalProperties: false
  }
  return [op.name, messageOf(payload, { name: op.name, doc: op.doc })] as const
}
