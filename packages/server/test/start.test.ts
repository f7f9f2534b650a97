import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { createExchange } from "@pandora-exchange/sdk"
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { gunzipSync } from "node:zlib"
import { load } from "../src/Config.ts"
import { asking, emptyFolder, newFolder, runToEnd, startForPeople, startServer } from "./support.ts"

const withFolder = async <A>(use: (folder: string) => Promise<A>, make = newFolder): Promise<A> => {
  const folder = await make()
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What production requires, apart from the folder. */
const production = {
  PANDORA_ENV: "production",
  PANDORA_SITE: "https://pandora.example",
  PANDORA_SECRET_KEYS: `k1:${Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString("base64")}`,
  PANDORA_SMTP_URL: "smtps://pandora:hunter2@mail.pandora.example",
  PANDORA_MAIL_FROM: "exchange@pandora.example",
  PANDORA_TRUSTED_PROXIES: "none"
}

/** What a build with rules 1 left behind. */
const unpackRules1 = async (folder: string) => {
  const recorded = await readFile(
    new URL("../../sdk/test/folders/rules-1.json.gz", import.meta.url)
  )
  const { files }: { files: Record<string, string> } = JSON.parse(gunzipSync(recorded).toString())
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, "venue", name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Buffer.from(content, "base64"))
  }
}

/** Standard error when the server exits at once: one sentence. */
const sentence = async (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
) => {
  const { code, errors, output } = await runToEnd(args, env)
  expect(output).toBe("")
  expect(code).toBe(1)
  return errors
}

describe("starting", () => {
  it("says in one line of JSON where it is and who can use it, and nothing else", async () =>
    withFolder(async (folder) => {
      const { accounts, errors, stop, url } = await startServer(["--data", folder])
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(accounts.map(({ name }) => name)).toEqual(["alice", "bob", "carol"])
      for (const { account, balances, token } of accounts) {
        expect(account).toMatch(/^acc_\d+$/)
        expect(token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/)
        expect(balances).toEqual([
          { asset: "BTC", available: "10", held: "0" },
          { asset: "ETH", available: "100", held: "0" },
          { asset: "USDT", available: "1000000", held: "0" }
        ])
      }
      // The flow trades in both markets.
      for (const market of ["BTC-USDT", "ETH-USDT"]) {
        const { body } = await asking(url)("GET", `/v1/markets/${market}/depth`)
        expect(body.bids.length).toBeGreaterThan(3)
        expect(body.asks.length).toBeGreaterThan(3)
      }
      expect(await stop()).toBe(0)
      expect(errors()).not.toContain(accounts[0]!.token)
    }, emptyFolder))

  it("without --json tells people what to open and try", async () =>
    withFolder(async (folder) => {
      const { ended, said, stop } = startForPeople(["--data", folder, "--port", "0"])
      await said("Ctrl-C stops the exchange")
      stop()
      const { code, output } = await ended
      expect(code).toBe(0)
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output)!
      const password = (await readFile(join(folder, "demo-password"), "utf8")).trim()
      for (const part of [
        `${url}/docs`,
        `${url}/v1/markets`,
        `${url}/health/ready`,
        "curl -H",
        `-d '{"email":"alice@demo.test","password":"${password}"}' ${url}/v1/sessions`,
        folder
      ]) {
        expect(output).toContain(part)
      }
    }))

  it("keeps users, their sessions, orders, balances and history over a restart, with SIGTERM and with SIGKILL", async () =>
    withFolder(async (folder) => {
      const order = { market: "BTC-USDT", side: "buy", price: "20000", quantity: "0.01" }
      const first = await startServer(["--data", folder, "--no-flow"])
      const token = first.accounts[0]!.token
      const placed = await asking(first.url)("POST", "/v1/orders", { token, body: order })
      for (const file of ["demo-password", "secret-keys"]) {
        expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
      }
      expect(await first.stop("SIGTERM")).toBe(0)
      const second = await startServer(["--data", folder, "--no-flow"])
      expect(second.accounts.map(({ account }) => account)).toEqual(
        first.accounts.map(({ account }) => account)
      )
      const read = await asking(second.url)("GET", `/v1/orders/${placed.body.order}`, { token })
      expect(read.body).toMatchObject({
        status: "open",
        quantity: "0.01",
        sequence: placed.body.sequence
      })
      const more = await asking(second.url)("POST", "/v1/orders", { token, body: order })
      await second.stop("SIGKILL")
      const third = await startServer(["--data", folder, "--no-flow"])
      const open = await asking(third.url)("GET", "/v1/open-orders", { token })
      expect(open.body.data.map(({ order }: { order: string }) => order)).toEqual([
        placed.body.order,
        more.body.order
      ])
      // The endowment was deposited once.
      const balances = await asking(third.url)("GET", "/v1/balances", { token })
      expect(balances.body.data).toContainEqual({ asset: "USDT", available: "999600", held: "400" })
      await third.stop()
    }))

  it("a folder of the version before has users now, with accounts and balances of their own", async () =>
    withFolder(async (folder) => {
      const before = await createExchange({
        storage: { folder: join(folder, "venue") },
        assets: [{ symbol: "BTC" }, { symbol: "ETH" }, { symbol: "USDT" }]
      })
      const { account } = await before.openAccount({ reference: "demo:alice" })
      const source = { name: "demo:alice", number: 1 }
      await before.credit({ account, asset: "BTC", amount: "10", source })
      await before.close()
      const { accounts, stop } = await startServer(["--data", folder, "--no-flow"])
      const [alice] = accounts
      expect(alice!.account).not.toBe(`acc_${account}`)
      expect(alice!.balances).toEqual([
        { asset: "BTC", available: "10", held: "0" },
        { asset: "ETH", available: "100", held: "0" },
        { asset: "USDT", available: "1000000", held: "0" }
      ])
      await stop()
    }, emptyFolder))

  it("goes on from data of earlier rules, and needs no snapshot then", async () =>
    withFolder(async (folder) => {
      await unpackRules1(folder)
      const shown = async () => {
        const { stop, url } = await startServer(["--data", folder, "--no-demo"])
        const { body } = await asking(url)("GET", "/v1/markets/BTC-USDT/depth")
        expect(await stop()).toBe(0)
        return body
      }
      const first = await shown()
      expect(first.bids.length).toBeGreaterThan(0)
      await rm(join(folder, "venue", "snapshots"), { recursive: true })
      expect(await shown()).toEqual(first)
    }))

  it("--no-demo starts empty", async () =>
    withFolder(async (folder) => {
      const { accounts, stop, url } = await startServer(["--data", folder, "--no-demo"])
      expect(accounts).toEqual([])
      expect((await asking(url)("GET", "/v1/markets")).body.data).toEqual([])
      expect(await readdir(folder)).toEqual(["postgres", "postgres.lock", "secret-keys", "venue"])
      expect(await stop()).toBe(0)
    }))

  it("in production there is no demo, whatever was there before", async () =>
    withFolder(async (folder) => {
      const before = await startServer(["--data", folder])
      const { token } = before.accounts[0]!
      await before.stop()
      const { accounts, stop, url } = await startServer(["--data", folder], {
        ...production,
        HOST: "127.0.0.1"
      })
      expect(accounts).toEqual([])
      expect((await asking(url)("GET", "/v1/me", { token })).status).toBe(401)
      expect(await stop()).toBe(0)
    }))
})

describe("not starting", () => {
  it("error: a port that is taken", async () =>
    withFolder(async (folder) => {
      const { close, port } = await freePort(true)
      expect(await sentence(["--data", folder], { PORT: String(port) })).toBe(
        `Port ${port} is in use. Stop the program that uses it, or choose another port with PORT or --port.\n`
      )
      close()
    }))

  it("error: a folder that another server uses", async () =>
    withFolder(async (folder) => {
      const { stop } = await startServer(["--data", folder, "--no-flow"])
      expect(await sentence(["--data", folder, "--port", "0"])).toBe(
        `Another exchange uses ${folder}. Stop it, or choose another folder with --data or PANDORA_DATA_DIR.\n`
      )
      await stop()
    }))

  it("error: a folder that is a file", async () =>
    withFolder(async (folder) => {
      const file = join(folder, "file")
      await writeFile(file, "")
      expect(await sentence(["--data", file, "--port", "0"])).toMatch(
        /file cannot be used \(.+\)\. Allow this user to read and write it, or choose another folder with --data or PANDORA_DATA_DIR\.\n$/
      )
    }))

  it("error: data of earlier rules that was not closed names the rules of the build to start once", async () =>
    withFolder(async (folder) => {
      await unpackRules1(folder)
      await rm(join(folder, "venue", "snapshots"), { recursive: true })
      expect(await sentence(["--data", folder, "--port", "0"])).toMatch(
        /^From sequence 1 on, .+ rules version 1\. .+: start a build that has version 1 once .+; then start this build\. The data is in .+; nothing was changed\.\n$/
      )
    }))

  it("error: data of a newer version, and data that is damaged", async () =>
    withFolder(async (folder) => {
      const { stop } = await startServer(["--data", folder, "--no-flow"])
      await stop()
      const journal = join(folder, "venue", "journal")
      const segment = join(
        journal,
        (await readdir(journal)).find((name) => name.endsWith(".segment"))!
      )
      const bytes = await readFile(segment)
      const newer = Buffer.from(bytes)
      newer.writeUInt16LE(99, 4)
      newer.writeUInt32LE((await import("node:zlib")).crc32(newer.subarray(0, 72)), 72)
      await writeFile(segment, newer)
      expect(await sentence(["--data", folder, "--port", "0"])).toMatch(
        /^A newer version wrote the data in .+ \(.+\)\. Start that version, or choose another folder with --data or PANDORA_DATA_DIR\.\n$/
      )
      const damaged = Buffer.from(bytes)
      damaged[100] = damaged[100]! ^ 0xff
      await writeFile(segment, damaged)
      expect(await sentence(["--data", folder, "--port", "0"])).toMatch(
        /^The journal is damaged at .+\. Nothing was changed\. Restore .+ from a backup, or choose another folder with --data or PANDORA_DATA_DIR\.\n$/
      )
    }))

  it("error: a database that cannot be used; without it the history is made anew, and the users are gone", async () =>
    withFolder(async (folder) => {
      const { accounts, stop } = await startServer(["--data", folder, "--no-flow"])
      await stop()
      const postgres = join(folder, "postgres")
      await rm(postgres, { recursive: true })
      await writeFile(postgres, "")
      const said = await sentence(["--data", folder, "--port", "0"])
      expect(said.startsWith(`The database in ${postgres} cannot be used (`)).toBe(true)
      expect(
        said.endsWith(
          `). Restore ${folder} from a backup. Without a backup, deleting the database rebuilds the history but loses all users.\n`
        )
      ).toBe(true)
      await rm(postgres)
      const again = await startServer(["--data", folder, "--no-flow"])
      const [before] = accounts
      expect((await asking(again.url)("GET", "/v1/me", { token: before!.token })).status).toBe(401)
      const { account, token } = again.accounts[0]!
      expect(account).not.toBe(before!.account)
      const entries = await asking(again.url)("GET", "/v1/ledger-entries", { token })
      expect(entries.body.data.map(({ amount, kind }: any) => [kind, amount])).toEqual([
        ["credit", "1000000"],
        ["credit", "100"],
        ["credit", "10"]
      ])
      await again.stop()
    }))

  it("error: users of the demo that another folder made", async () =>
    withFolder(async (folder) => {
      const { stop } = await startServer(["--data", folder, "--no-flow"])
      await stop()
      const path = join(folder, "demo-password")
      await writeFile(path, "a password that they do not have")
      expect(await sentence(["--data", folder, "--port", "0"])).toBe(
        `The demo users in this database do not have the password in ${path}. Start with the folder that created them, or with --no-demo.\n`
      )
    }))

  it("error: secret keys of the folder that are none", async () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "secret-keys"), "k1:")
      expect(await sentence(["--data", folder, "--port", "0"])).toBe(
        `The folder ${folder} cannot be used (secret-keys in it has no valid key at position 1). Allow this user to read and write it, or choose another folder with --data or PANDORA_DATA_DIR.\n`
      )
    }))

  it("error: secret keys that anybody could guess", async () =>
    withFolder(async (folder) => {
      const env = { PANDORA_SECRET_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` }
      expect(await sentence(["--data", folder, "--port", "0"], env)).toBe(
        'The settings for users are invalid. The secret key "k1" is weak. Create one with `openssl rand -base64 32`.\n'
      )
    }))

  it("error: a database that is not there", async () =>
    withFolder(async (folder) => {
      const { close, port } = await freePort()
      close()
      const url = `postgres://someone:hunter2@127.0.0.1:${port}/exchange`
      const said = await sentence(["--data", folder, "--port", "0"], { PANDORA_DATABASE_URL: url })
      expect(said).toMatch(
        /^The database cannot be used \(.+\)\. Start it, correct PANDORA_DATABASE_URL, or unset that variable to keep the data in a folder\.\n$/
      )
      expect(said).not.toContain("hunter2")
    }))

  it.each([
    [["--colour"], {}, "Unknown option --colour. --help lists all options.\n"],
    [["--port"], {}, "--port needs a value. See --help.\n"],
    [["--json=1"], {}, "--json takes no value.\n"],
    [["--port", "70000"], {}, '--port is "70000": give a number from 0 to 65535.\n'],
    [[], { PORT: "http" }, 'PORT is "http": give a number from 0 to 65535.\n'],
    [
      [],
      { PANDORA_ENV: "prod" },
      'PANDORA_ENV is "prod": set it to development or production, or unset it.\n'
    ],
    [
      [],
      { PANDORA_ENV: "production" },
      "PANDORA_DATA_DIR is not set. Production requires the folder of the data.\n"
    ],
    [
      [],
      { PANDORA_ORIGINS: "*" },
      'PANDORA_ORIGINS has "*": give each origin as https://host or https://host:port. Wildcards are not supported.\n'
    ],
    [
      [],
      { PANDORA_LOG_LEVEL: "loud" },
      'PANDORA_LOG_LEVEL is "loud": give one of Debug, Info, Warn, Error.\n'
    ],
    [
      [],
      { PANDORA_DATABASE_URL: "exchange" },
      "PANDORA_DATABASE_URL is not a valid address. Give it as postgres://user:password@host:port/database.\n"
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_SITE: "" },
      "PANDORA_SITE is not set. Production requires the address of the exchange as https://host.\n"
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_SECRET_KEYS: "" },
      "PANDORA_SECRET_KEYS is not set. Production requires keys that encrypt secrets, as id:key. A key is 32 random bytes in base64; `openssl rand -base64 32` prints one.\n"
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_SMTP_URL: "" },
      "PANDORA_SMTP_URL is not set. Give the mail server as smtps://user:password@host:465.\n"
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_MAIL_FROM: "" },
      'PANDORA_MAIL_FROM is "": give the sender address of mails, as exchange@host.\n'
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_SITE: "http://localhost" },
      'PANDORA_SITE is "http://localhost": give it as https://host or https://host:port, without a path.\n'
    ],
    [
      [],
      { PANDORA_SITE: "https://pandora.example/" },
      'PANDORA_SITE is "https://pandora.example/": give it as https://host or https://host:port, without a path.\n'
    ],
    [
      [],
      { PANDORA_SITE: "http://localhost.evil.example" },
      'PANDORA_SITE is "http://localhost.evil.example": give it as https://host or https://host:port, without a path.\n'
    ],
    [
      [],
      { PANDORA_NAME: "two\nlines" },
      "PANDORA_NAME must have 1 to 60 characters on one line.\n"
    ],
    [
      [],
      { PANDORA_SECRET_KEYS: `${production.PANDORA_SECRET_KEYS},k2:c2VjcmV0` },
      "PANDORA_SECRET_KEYS has no valid key at position 2. Give each as id:key, separated by commas. A key is 32 random bytes in base64; `openssl rand -base64 32` prints one.\n"
    ],
    [
      [],
      {
        PANDORA_SMTP_URL: "https://pandora:hunter2@mail.pandora.example",
        PANDORA_MAIL_FROM: "x@y"
      },
      "PANDORA_SMTP_URL is not a valid mail server. Give it as smtps://user:password@host:465, or smtp:// with STARTTLS.\n"
    ],
    [
      [],
      { PANDORA_SMTP_URL: "smtp://mail.pandora.example", PANDORA_MAIL_FROM: "a@b, c@d" },
      'PANDORA_MAIL_FROM is "a@b, c@d": give the sender address of mails, as exchange@host.\n'
    ],
    [
      [],
      { PANDORA_MAIL_FROM: "a@b" },
      "PANDORA_SMTP_URL is not set. Give the mail server as smtps://user:password@host:465.\n"
    ],
    [
      [],
      { ...production, PANDORA_DATA_DIR: "x", PANDORA_TRUSTED_PROXIES: "" },
      "PANDORA_TRUSTED_PROXIES is not set. Production requires the addresses or networks of the proxies in front of the server, or none.\n"
    ],
    [
      [],
      { PANDORA_TRUSTED_PROXIES: "10.0.0.0/8, *" },
      'PANDORA_TRUSTED_PROXIES has "*": give addresses, or networks such as 10.0.0.0/8. Wildcards are not supported.\n'
    ]
  ])("error: %j with %j", async (args, env, said) => {
    const wrong = await Effect.runPromise(Effect.flip(load(args, env as Record<string, string>)))
    expect(`${wrong.message}\n`).toBe(said)
  })

  it("what is given in production is what it says", async () => {
    const config = await Effect.runPromise(
      load([], {
        ...production,
        PANDORA_DATA_DIR: "/data",
        PANDORA_TRUSTED_PROXIES: "10.0.0.0/8,::1"
      })
    )
    if (config === "help") throw new Error("no configuration")
    const { demo, issuer, secretKeys, site, smtp, trustedProxies } = config
    expect({ demo, issuer, site, keys: secretKeys?.map(({ id }) => id) }).toEqual({
      demo: false,
      issuer: "https://pandora.example",
      site: "https://pandora.example",
      keys: ["k1"]
    })
    expect(Redacted.value(secretKeys![0].key)).toEqual(
      Uint8Array.from({ length: 32 }, (_, i) => i * 7)
    )
    expect(smtp).toEqual({
      host: "mail.pandora.example",
      port: 465,
      from: "exchange@pandora.example",
      encryption: "tls",
      user: "pandora",
      password: Redacted.make("hunter2")
    })
    expect(Redacted.value(smtp!.password!)).toBe("hunter2")
    expect([trustedProxies.check("10.1.2.3"), trustedProxies.check("11.1.2.3")]).toEqual([
      true,
      false
    ])
    const bare = await Effect.runPromise(load([], { ...production, PANDORA_DATA_DIR: "/data" }))
    if (bare === "help") throw new Error("no configuration")
    expect(bare.trustedProxies.rules).toEqual([])
  })

  it.each([
    ["smtp://mail.pandora.example", "mail.pandora.example", 587, "startTls"],
    ["smtp://localhost:1025", "localhost", 1025, "none"],
    ["smtp://[::1]:1025", "::1", 1025, "none"],
    ["smtps://localhost", "localhost", 465, "tls"]
  ])("mails through %s", async (url, host, port, encryption) => {
    const config = await Effect.runPromise(
      load([], { PANDORA_SMTP_URL: url, PANDORA_MAIL_FROM: "x@pandora.example" })
    )
    expect(config).toMatchObject({ smtp: { host, port, encryption, from: "x@pandora.example" } })
  })

  it("error: a wrong option ends with that sentence", async () => {
    expect(await sentence(["--colour"])).toBe(
      "Unknown option --colour. --help lists all options.\n"
    )
  })

  it("--help says what there is", async () => {
    const { code, output } = await runToEnd(["--help"])
    expect(code).toBe(0)
    for (const name of [
      "--no-flow",
      "--no-demo",
      "--json",
      "PORT",
      "PANDORA_ENV",
      "PANDORA_SECRET_KEYS"
    ]) {
      expect(output).toContain(name)
    }
  })
})

const freePort = (keep = false) =>
  new Promise<{ readonly port: number; readonly close: () => void }>((resolve) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      if (keep) return resolve({ port, close: () => server.close() })
      server.close(() => resolve({ port, close: () => {} }))
    })
  })
