/** Generates the OpenAPI 3.1 document of the HTTP API. */
import { codesOf } from "../codes.ts"
import { failureOf } from "../failures.ts"
import { isKeyed, type Operation, placementOf, type Rest } from "../operation.ts"
import { ProblemDetails } from "../problem.ts"
import { type Field, shapeOf } from "../shape.ts"
import { exampleOf } from "./examples.ts"
import { type Json, JsonSchemas } from "./jsonSchema.ts"
import { curlOf, variablesText } from "./samples.ts"

type Offered = Operation & { readonly rest: Rest }

export interface About {
  /** The server's version, for instance `0.1.0`. */
  readonly version: string
  /** The server's address in samples. Default: `http://localhost:3000`. */
  readonly url?: string
}

/** Groups of operations by path. The first match wins. */
const tags: ReadonlyArray<{
  readonly name: string
  readonly description: string
  readonly paths: RegExp
}> = [
  { name: "Markets", description: "What is traded. Public.", paths: /^\/v1\/(markets|assets)/ },
  {
    name: "Orders",
    description: "Orders of the caller.",
    paths: /^\/v1\/(order|open-orders|cancel-after)/
  },
  {
    name: "Registration",
    description: "New users, forgotten passwords and changed addresses, by a link in a mail.",
    paths: /^\/v1\/(registrations|password-resets|email-changes)/
  },
  { name: "Sessions", description: "Signing in and out.", paths: /^\/v1\/sessions/ },
  {
    name: "Second factors",
    description:
      "Each change needs a proof from the last ten minutes: `POST /v1/sessions/step-up` gives one.",
    paths: /^\/v1\/user\/factors/
  },
  {
    name: "User",
    description:
      "The caller's own user. These requests take no idempotency key: repeated, they do the same again, or are refused with " +
      "what was done before, or open one more sub-account, which the list shows.",
    paths: /^\/v1\/user/
  },
  { name: "Administration", description: "The work of staff.", paths: /^\/v1\/admin/ },
  { name: "Accounts", description: "Balances and history of the caller.", paths: /^\/v1\// },
  { name: "Server", description: "Health and keys of the server.", paths: /^\// }
]

const tagOf = (path: string): string => tags.find(({ paths }) => paths.test(path))!.name

/** The operations offered over HTTP, by group, without empty groups. */
export const groups = (operations: ReadonlyArray<Operation>) =>
  tags.flatMap(({ description, name }) => {
    const members = operations.filter(({ rest }) => rest !== undefined && tagOf(rest.path) === name)
    return members.length === 0 ? [] : [{ name, description, operations: members }]
  })

/** The document, as an object for `JSON.stringify`. */
export const openApi = (
  operations: ReadonlyArray<Operation>,
  { url = "http://localhost:3000", version }: About
): Json => {
  const schemas = new JsonSchemas("2020-12")
  const offered = operations.filter((op): op is Offered => op.rest !== undefined)
  const paths: Record<string, Record<string, Json>> = {}
  for (const op of offered) {
    const path = op.rest.path.replace(/:(\w+)/g, "{$1}")
    paths[path] = { ...paths[path], [op.rest.method.toLowerCase()]: operationOf(op, schemas, url) }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Pandora Exchange",
      version,
      description:
        "Amounts are decimal text, times are milliseconds since 1970, and ids carry a prefix. Problems are RFC 9457 with a " +
        "stable `code`; [all codes](/docs/errors). Commands take an `Idempotency-Key` and are done once under it. Live " +
        "data and fast order entry are on the WebSocket [`/v1/stream`](/docs/stream).\n\n" +
        variablesText,
      contact: { name: "Pandora Exchange", url },
      license: { name: "MIT", identifier: "MIT" }
    },
    servers: [{ url: "/", description: "The server that this document is from." }],
    tags: groups(operations).map(({ description, name }) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An access token, from `POST /v1/sessions`."
        }
      }
    }
  }
}

const operationOf = (op: Offered, schemas: JsonSchemas, url: string): Json => {
  const { body, path, query } = placementOf(op)
  const example = exampleOf(op)
  const parameters = [
    ...path.map((field) => parameterOf(field, "path", example.path[field.wire], schemas)),
    ...query.map((field) => parameterOf(field, "query", example.query[field.wire], schemas)),
    ...(isKeyed(op) ? [idempotencyKey] : [])
  ]
  const [summary] = op.doc.split(/(?<=\.) /)
  return {
    operationId: op.name,
    tags: [tagOf(op.rest.path)],
    summary: summary!.replace(/\.$/, ""),
    description: op.doc,
    ...(parameters.length > 0 && { parameters }),
    ...(body.length > 0 && {
      requestBody: {
        required: true,
        content: json(bodyOf(op, body, schemas), example.body)
      }
    }),
    responses: responsesOf(op, schemas),
    security: op.permission === "public" ? [] : [{ bearer: [] }],
    "x-codeSamples": [{ lang: "Shell", label: "curl", source: curlOf(op, url) }]
  }
}

const json = (schema: Json, example?: Json): Json => ({
  "application/json": { schema, ...(example !== undefined && { example }) }
})

/** The fields of the body: everything in the request that is not in the path or the query. */
const bodyOf = (op: Operation, body: ReadonlyArray<Field>, schemas: JsonSchemas): Json => {
  const names = new Set(body.map(({ name }) => name))
  return schemas.of(shapeOf(op.request!), ({ name }) => names.has(name))
}

const parameterOf = (
  field: Field,
  place: "path" | "query",
  example: unknown,
  schemas: JsonSchemas
): Json => {
  const { description, ...schema } = schemas.ofField(field)
  return {
    name: field.wire,
    in: place,
    required: place === "path" || (!field.optional && field.account !== true),
    ...(description !== undefined && { description }),
    schema,
    ...(example !== undefined && { example })
  }
}

/** The time in milliseconds, and random digits. */
const keyInShell = [
  `t=$(printf %012x "$(date +%s)000"); r=$(od -An -N10 -tx1 /dev/urandom | tr -d ' \\n')`,
  'KEY="${t%????}-${t#????????}-7$(echo "$r" | cut -c1-3)-8$(echo "$r" | cut -c4-6)-$(echo "$r" | cut -c7-18)"'
].join("\n")

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "A version 7 UUID in lower case, new for each command. The same command with the same key is done once. " +
    "In a shell:\n\n```sh\n" +
    keyInShell +
    "\n```",
  schema: { type: "string", format: "uuid" }
}

const responsesOf = (op: Offered, schemas: JsonSchemas): Json => {
  const { otherwise, status = 200 } = op.rest
  const answer = (schema: Operation["answer"], description: string): Response =>
    schema === undefined
      ? { description }
      : { description, content: json(schemas.of(shapeOf(schema))) }
  const problems = problemsOf(op, schemas)
  return {
    [status]: answer(op.answer, op.answer === undefined ? "Done." : "The answer."),
    ...problems,
    ...(otherwise && {
      [otherwise.status]: either(
        answer(otherwise.answer, "The answer, or"),
        problems[otherwise.status]
      )
    })
  }
}

/** One of two responses with the same status. */
const either = (one: Response, other: Response | undefined): Response =>
  other === undefined
    ? one
    : {
        description: `${one.description}\n\n${other.description}`,
        content: { ...one.content, ...other.content }
      }

interface Response {
  readonly description: string
  readonly content?: Json
}

const problemsOf = (op: Operation, schemas: JsonSchemas): Readonly<Record<string, Response>> => {
  const byStatus = new Map<number, Array<string>>()
  for (const code of codesOf(op)) {
    const { sentence, status } = failureOf(code)
    byStatus.set(status, [...(byStatus.get(status) ?? []), `- \`${code}\`: ${sentence}`])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      status,
      {
        description: lines.join("\n"),
        content: { "application/problem+json": { schema: schemas.of(shapeOf(ProblemDetails)) } }
      }
    ])
  )
}
