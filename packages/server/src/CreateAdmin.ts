/** The command that creates the first administrator, who grants roles to other staff. */
import { EmbeddedDatabase, PgDatabase, PgIdentityStore } from "@pandora-exchange/adapters-pg"
import { failureOf } from "@pandora-exchange/contract/failures"
import { type Role, roles } from "@pandora-exchange/core/IdentityRecords"
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

const help = `Creates a staff user, by default an administrator.

  npm start -- create-admin --email ADDRESS [options]

  --email ADDRESS      address for signing in
  --name NAME          name of the user (default: the part before the @)
  --role ROLE          ${staffRoles.join(", ")} (default superadmin)
  --generate-password  generate a password and print it once, instead of asking for one
  --data DIR           folder of the exchange
  --help               print this text

Asks for the password twice, or reads it from standard input. Uses the same environment variables
as the server. With PANDORA_DATABASE_URL it works while the server runs; otherwise stop the server
first.

Exits with 0 if the user was created, otherwise with 1 and one line that says why.`

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
 * Returns the text to print. Calls `configured` with the configuration as soon as it is known.
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
    return yield* wrong("--email is missing. Give the address that the user signs in with.")
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
      wrong(`${email} already belongs to a user. Give another address.`)
    ),
    Effect.catchTag("Refused", ({ code, message }) =>
      wrong(
        code === "MalformedEmail"
          ? `--email is "${email}", which is not an email address. Give it as name@host.`
          : message
      )
    )
  )
  return [
    `${email} is now ${role} (${userId}) of the exchange ${config.database === undefined ? `in ${config.folder}` : "of PANDORA_DATABASE_URL"}.`,
    ...(generated ? [`The password, shown only once: ${Redacted.value(password)}`] : []),
    "Permissions over other users require a second factor: sign in, add an authenticator app (POST /v1/user/factors/totp, then its first code to /v1/user/factors/totp/confirm), and sign in again with the next code as proof."
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

/** Staff have no accounts. */
const noAccounts = Layer.succeed(VenueAccounts, {
  open: () => Effect.die(new Error("the staff have no accounts")),
  isEmpty: () => Effect.die(new Error("the staff have no accounts"))
})
