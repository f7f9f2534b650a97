/** The command that makes the first of the staff, who makes the others. */
import { EmbeddedDatabase, PgDatabase, PgIdentityStore } from "@pandora-exchange/adapters-pg"
import { failureOf } from "@pandora-exchange/contract/failures"
import { type Role, roles } from "@pandora-exchange/core/Identity"
import { isName } from "@pandora-exchange/identity/Name"
import { Users } from "@pandora-exchange/identity/Users"
import { VenueAccounts } from "@pandora-exchange/identity/VenueAccounts"
import { Effect, Layer, Redacted } from "effect"
import { randomBytes } from "node:crypto"
import { type Config, InvalidConfig, flagsOf, load } from "./Config.ts"
import * as Logging from "./Logging.ts"
import { typedPassword } from "./typedPassword.ts"
import * as IdentityServices from "./IdentityServices.ts"

const staffRoles = roles.filter((role) => role !== "user")

const help = `Makes a user of the staff: an administrator, unless another role is given.

  npm start -- create-admin --email ADDRESS [options]

  --email ADDRESS      with which they sign in
  --name NAME          how they are called; the part before the @ unless given
  --role ROLE          superadmin unless given, or ${staffRoles.filter((role) => role !== "superadmin").join(", ")}
  --generate-password  makes a password and prints it once, instead of asking for one
  --data DIR           folder of the exchange
  --help               this text

The password is asked for twice, or read from what is piped in. Where the exchange is, is said by the same environment as the
server's. With PANDORA_DATABASE_URL this works beside a server that runs; without, the server must be stopped.

Ends with 0 when the user is there, and with 1 and one sentence when not.`

interface Flags {
  readonly email?: string
  readonly name?: string
  readonly role?: string
  readonly "generate-password"?: boolean
  readonly data?: string
  readonly help?: boolean
}

const options = {
  email: { type: "string" },
  name: { type: "string" },
  role: { type: "string" },
  "generate-password": { type: "boolean" },
  data: { type: "string" },
  help: { type: "boolean" }
} as const

/**
 * What is to be said when it is done. `configured` is told where the exchange is, as soon as that
 * is known.
 */
export const createAdmin = Effect.fnUntraced(function* (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>,
  configured: (config: Config) => void
) {
  const flags = yield* flagsOf<Flags>(args, options)
  if (flags.help === true) return help
  const { email, role = "superadmin" } = flags
  if (email === undefined)
    return yield* wrong("--email is missing: say with which address the user signs in.")
  if (!isStaffRole(role))
    return yield* wrong(`--role is "${role}": give one of ${staffRoles.join(", ")}.`)
  const name = flags.name ?? email.split("@")[0]!
  if (!isName(name))
    return yield* wrong(`--name is ${JSON.stringify(name)}. ${failureOf("MalformedName").sentence}`)
  const config = yield* load(flags.data === undefined ? [] : ["--data", flags.data], env)
  if (config === "help") return help
  configured(config)

  const generated = flags["generate-password"] === true
  const password = generated
    ? Redacted.make(randomBytes(24).toString("base64url"))
    : yield* typedPassword
  const userId = yield* Effect.provide(
    Users.use((users) => users.create({ email, name, password, roles: [role] })),
    Layer.provide(
      Layer.provide(IdentityServices.layer(config), storeOf(config)),
      Logging.layer(config)
    )
  ).pipe(
    Effect.catchTag("EmailTaken", () =>
      wrong(`${email} has a user already: take another address.`)
    ),
    Effect.catchTag("Refused", ({ code, message }) =>
      wrong(
        code === "MalformedEmail"
          ? `--email is "${email}", which is no address: give it as name@host.`
          : message
      )
    )
  )
  return [
    `${email} is ${role} now, as ${userId}, in the exchange ${config.database === undefined ? `of the folder ${config.folder}` : "of PANDORA_DATABASE_URL"}.`,
    ...(generated ? [`The password, which is shown only here: ${Redacted.value(password)}`] : []),
    "Rights over others take a second factor: sign in, add an authenticator app (POST /v1/user/factors/totp, then its first code to /v1/user/factors/totp/confirm), and sign in again with the next code as proof."
  ].join("\n")
})

const wrong = (message: string) => Effect.fail(new InvalidConfig({ message }))

const isStaffRole = (role: string): role is Role => staffRoles.some((known) => known === role)

const storeOf = (config: Config) =>
  Layer.mergeAll(PgIdentityStore.layer(), noAccounts).pipe(Layer.provide(databaseOf(config)))

const databaseOf = ({
  database,
  folder
}: Config): Layer.Layer<
  PgDatabase.PgDatabase,
  PgDatabase.DatabaseError | EmbeddedDatabase.EmbeddedError
> =>
  database === undefined ? EmbeddedDatabase.layer({ folder }) : PgDatabase.layer({ url: database })

/** Staff have none. */
const noAccounts = Layer.succeed(VenueAccounts, {
  open: () => Effect.die(new Error("the staff have no accounts")),
  isEmpty: () => Effect.die(new Error("the staff have no accounts"))
})
