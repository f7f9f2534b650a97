/**
 * What a browser finds: the API reference, the table of errors, and the OpenAPI document. All
 * derived from the schemas.
 */
import type { Operation } from "@pandora-exchange/contract"
import { offered } from "@pandora-exchange/contract/api"
import { asyncApi } from "@pandora-exchange/contract/print/asyncApi"
import { escaped, htmlOf } from "@pandora-exchange/contract/print/blocks"
import { openApi } from "@pandora-exchange/contract/print/openApi"
import { streamBlocks } from "@pandora-exchange/contract/print/pages"
import { problems } from "@pandora-exchange/contract/problem"
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiScalar, OpenApi } from "effect/http-api"
import { version } from "../version.ts"
import type { Page } from "./RequestHandler.ts"

const once = (make: () => Promise<string> | string): Effect.Effect<string> => {
  let made: Promise<string> | undefined
  return Effect.promise(() => (made ??= Promise.resolve(make())))
}

const page = (make: () => Promise<string> | string): Page => ({
  contentType: "text/html; charset=utf-8",
  body: once(make)
})

const json = (make: () => object): Page => ({
  contentType: "application/json",
  body: once(() => JSON.stringify(make()))
})

export interface About {
  /** Whether the server has its own users, and the pages about them. */
  readonly users: boolean
  /** The server's address, known once it listens. */
  readonly url: () => string
}

export const pagesOf = ({ url, users }: About): Readonly<Record<string, Page>> => {
  const operations = offered({ users })
  const document = () => openApi(operations, { version, url: url() })
  return {
    "/": page(home),
    "/docs": page(() => reference(document())),
    "/docs/errors": page(errors),
    "/docs/stream": page(() => html("Stream", stream(operations))),
    "/openapi.json": json(document),
    "/asyncapi.json": json(() => asyncApi(operations, { version, url: url() })),
    ...(users ? linkPages : {})
  }
}

/** The reference page of `HttpApiScalar`, with its script inlined and without its fonts. */
async function reference(document: object): Promise<string> {
  const described = HttpApi.make("pandora-exchange").annotate(OpenApi.Transform, () => ({
    ...document
  }))
  const routes = HttpApiScalar.layer(described, {
    path: "/docs",
    // The samples are our own, which run as they are.
    scalar: { withDefaultFonts: false, telemetry: false, hiddenClients: true } as never
  })
  const { dispose, handler } = HttpRouter.toWebHandler(
    Layer.provide(routes, HttpServer.layerServices),
    {
      disableLogger: true
    }
  )
  const response = await handler(new Request("http://localhost/docs"))
  const html = await response.text()
  await dispose()
  return html
}

/**
 * The target of links in mails while the site has no pages of its own: it shows what to send, with
 * the link's token. The token is after the `#`, and so reaches no server or log before it is used.
 */
const links: Readonly<
  Record<string, { readonly title: string; readonly path: string; readonly fields: string }>
> = {
  "/register": {
    title: "Open your account",
    path: "/v1/registrations/complete",
    fields: ',"password":"YOUR PASSWORD","name":"YOUR NAME"'
  },
  "/reset": {
    title: "Choose a new password",
    path: "/v1/password-resets/complete",
    fields: ',"password":"YOUR NEW PASSWORD"'
  },
  "/email": { title: "Confirm your new address", path: "/v1/email-changes/complete", fields: "" }
}

const linkPages = Object.fromEntries(
  Object.entries(links).map(([path, link]) => [
    path,
    page(() =>
      html(
        link.title,
        "<p>Whoever runs this exchange has not put a page of their own here yet. This goes on from a terminal:</p>" +
          // The part after the # is shown as part of a command only if it can be nothing but a
          // token.
          `<pre style="white-space:pre-wrap;overflow-wrap:anywhere"></pre><script>document.querySelector("pre").textContent =` +
          `!/^#[\\w-]{1,32}\\.[\\w-]+\\.[\\w-]+$/.test(location.hash) ? "This link is not whole: open it again from the mail." : ` +
          `"curl -H 'Content-Type: application/json' -d '" + ${JSON.stringify('{"token":"')} + location.hash.slice(1) + ` +
          `${JSON.stringify(`"${link.fields}}' `)} + location.origin + ${JSON.stringify(link.path)}</script>`
      )
    )
  ])
)

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}" +
  "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}" +
  "code{font-family:ui-monospace,monospace}:target{background:#fff3c4}" +
  "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}td,th{border-color:#444}:target{background:#554800}}"

const html = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${title}</title><style>${style}</style><body><h1>${title}</h1>${body}</body></html>`

function home(): string {
  return html(
    "Pandora Exchange",
    "<ul>" +
      '<li><a href="/docs">API reference</a></li><li><a href="/docs/stream">Stream</a></li><li><a href="/docs/errors">Errors</a></li>' +
      '<li><a href="/openapi.json">OpenAPI 3.1</a></li><li><a href="/asyncapi.json">AsyncAPI 3</a></li><li><a href="/v1/markets">Markets</a></li>' +
      '<li><a href="/health/ready">Health</a></li></ul>'
  )
}

/** The URL of a documentation page on a server. */
const pageAt: Readonly<Record<string, string>> = {
  "routes.md": "/docs",
  "errors.md": "/docs/errors"
}

function stream(operations: ReadonlyArray<Operation>): string {
  const [, ...blocks] = streamBlocks(operations, "The same is at `/asyncapi.json`, as AsyncAPI 3.")
  return htmlOf(blocks, (name) => pageAt[name] ?? name)
}

function errors(): string {
  const rows = [...problems].map(
    ([code, { retry, sentence, status }]) =>
      `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${retry}<td>${escaped(sentence)}</tr>`
  )
  return html(
    "Errors",
    "<p>Compare <code>code</code>, never the text. <code>retry</code>: <b>safe</b>, it was not done and the same request may " +
      "succeed later; <b>never</b>, it was not done and the same request gets the same answer; <b>unknown</b>, it may have been " +
      "done, and the same request with the same key tells.</p>" +
      `<table><thead><tr><th>code<th>status<th>retry<th>what it says</tr></thead><tbody>${rows.join("")}</tbody></table>`
  )
}
