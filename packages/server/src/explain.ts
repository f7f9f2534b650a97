/** Explains on one line why the server, or a command beside it, did not start, and what to do. */
import { Recovery } from "@pandora-exchange/engine"
import { join } from "node:path"
import type { Config } from "./Config.ts"

interface Failure {
  readonly _tag?: string
  readonly message?: string
  readonly [field: string]: unknown
}

export const explain = (
  failure: unknown,
  config: Config | undefined,
  what: "server" | "command"
): string => {
  // Fields by name: failures from the venue's thread are plain objects.
  const fields = (failure ?? {}) as Failure
  // Messages from another thread begin with the tag.
  const message = String(fields.message ?? failure).replace(`${fields._tag}: `, "")
  const folder = config?.folder ?? "The data folder"
  switch (fields._tag) {
    case "InvalidConfig":
    case "NotTyped":
      return message
    case "PortUnusable":
      return portSentence(fields)
    case "FolderLocked":
      if (what === "command") {
        return `A running exchange uses ${folder}. Stop it first. With the data in Postgres (PANDORA_DATABASE_URL), this command also works while it runs.`
      }
      return `Another exchange uses ${folder}. Stop it, or choose another folder with --data or PANDORA_DATA_DIR.`
    case "FolderUnusable":
      return `The folder ${folder} cannot be used (${fields["problem"]}). Allow this user to read and write it, or choose another folder with --data or PANDORA_DATA_DIR.`
    case "Damaged":
      return String(fields["problem"]).includes("formatTooNew") ||
        /newer|format/i.test(String(fields["problem"]))
        ? `A newer version wrote the data in ${folder} (${fields["place"]}). Start that version, or choose another folder with --data or PANDORA_DATA_DIR.`
        : `The journal is damaged at ${fields["place"]} (${fields["problem"]}). Nothing was changed. Restore ${folder} from a backup, or choose another folder with --data or PANDORA_DATA_DIR.`
    case "Fenced":
      return `Another server started to lead this exchange at the same moment. Use that one, or stop it and start this one again.`
    case "RulesUnknown":
    case "RulesChangeUnfinished":
      return `${rulesSentence(fields)} The data is in ${folder}; nothing was changed.`
    case "DatabaseTooNew":
      if (config?.database === undefined)
        return `A newer version wrote the database in ${join(folder, "postgres")}. Start that version, or choose another folder with --data or PANDORA_DATA_DIR.`
      return `A newer version wrote the database. Start that version, or choose another database with PANDORA_DATABASE_URL.`
    case "DatabaseUnusable":
      if (config?.database === undefined)
        return embedded(`cannot be used (${fields["problem"]})`, folder)
      return `The database cannot be used (${fields["problem"]}). Start it, correct PANDORA_DATABASE_URL, or unset that variable to keep the data in a folder.`
    case "Unknown":
      return `The journal does not answer. Check ${where(config, folder)}, then start again.`
    case "SnapshotsUnavailable":
      return `The snapshots cannot be read (${message}). Nothing was changed. Check ${where(config, folder)}, then start again.`
    case "DemoRefused":
      return `The demo users in this database do not have the password in ${fields["path"]}. Start with the folder that created them, or with --no-demo.`
    case "SettingsWrong":
      return `The settings for users are invalid. ${message}`
    case "InvalidInput":
      return `${message} The exchange in ${folder} has other terms. Choose another folder with --data or PANDORA_DATA_DIR, or start with --no-demo.`
    default:
      return `${what === "server" ? "The server cannot start" : "The command failed"} (${message.replaceAll(/\s+/g, " ")}). If the reason is unclear, please report this message.`
  }
}

const where = (config: Config | undefined, folder: string): string =>
  config?.database === undefined ? `the disk of ${folder}` : "the database of PANDORA_DATABASE_URL"

/** The history would be rebuilt from the journal, but not the users. */
const embedded = (problem: string, folder: string): string =>
  `The database in ${join(folder, "postgres")} ${problem}. Restore ${folder} from a backup. Without a backup, deleting the database rebuilds the history but loses all users.`

const portSentence = ({ host, port, reason }: { readonly [field: string]: unknown }): string => {
  if (reason === "EADDRINUSE")
    return `Port ${port} is in use. Stop the program that uses it, or choose another port with PORT or --port.`
  if (reason === "EACCES")
    return `This user may not use port ${port}. Choose one of 1024 or above with PORT or --port.`
  return `The server cannot listen on ${host}:${port} (${reason}). Choose another address with HOST and PORT.`
}

/** The engine's own sentence, which a plain object has lost. */
const rulesSentence = ({ _tag, rulesVersion, sequence }: Failure): string => {
  const fields = { rulesVersion: Number(rulesVersion), sequence: Number(sequence) }
  return _tag === "RulesUnknown"
    ? new Recovery.RulesUnknown(fields).message
    : new Recovery.RulesChangeUnfinished(fields).message
}
