/**
 * One sentence about why the server did not start, or a command beside it was not done, and what to
 * do.
 */
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
  // Fields by name: what comes from the venue's thread is a plain object.
  const fields = (failure ?? {}) as Failure
  const message = String(fields.message ?? failure)
  const folder = config?.folder ?? "The data folder"
  switch (fields._tag) {
    case "InvalidConfig":
    case "NotTyped":
      return message
    case "PortUnusable":
      return portSentence(fields)
    case "FolderLocked":
      if (what === "command") {
        return `${folder} is in use by an exchange that runs: stop it first, or keep its data in Postgres with PANDORA_DATABASE_URL, where this works beside it.`
      }
      return `${folder} is in use by another exchange: stop that one, or give this one another folder with --data or PANDORA_DATA_DIR.`
    case "FolderUnusable":
      return `${folder} cannot be used (${fields["problem"]}): allow this user to read and write it, or give another one with --data or PANDORA_DATA_DIR.`
    case "Damaged":
      return String(fields["problem"]).includes("formatTooNew") ||
        /newer|format/i.test(String(fields["problem"]))
        ? `The data in ${folder} was written by a newer version (${fields["place"]}): start that version, or give another folder with --data or PANDORA_DATA_DIR.`
        : `The journal is damaged at ${fields["place"]} (${fields["problem"]}): restore ${folder} from a copy, or give another folder with --data or PANDORA_DATA_DIR; nothing was changed.`
    case "Fenced":
      return `Another server began to lead this exchange at the same moment: use that one, or stop it and start again.`
    case "RulesUnknown":
    case "RulesChangeUnfinished":
      return `${rulesSentence(fields)} The data is in ${folder}; nothing was changed.`
    case "DatabaseTooNew":
      if (config?.database === undefined)
        return `The database in ${join(folder, "postgres")} was written by a newer version: start that version, or give another folder with --data or PANDORA_DATA_DIR.`
      return `The database was written by a newer version: start that version, or give another one with PANDORA_DATABASE_URL.`
    case "DatabaseUnusable":
      if (config?.database === undefined)
        return embedded(`cannot be used (${fields["problem"]})`, folder)
      return `The database cannot be used (${fields["problem"]}): start it, or correct PANDORA_DATABASE_URL, or leave that out to keep the data in a folder.`
    case "Unknown":
      return `The journal does not answer: look at ${where(config, folder)}, and start again.`
    case "SnapshotsUnavailable":
      return `The snapshots of the exchange cannot be read (${message}): look at ${where(config, folder)}, and start again; nothing was changed.`
    case "DemoRefused":
      return `The demo's users have another password in this database than ${fields["path"]} says: start with the folder that made them, or with --no-demo.`
    case "SettingsWrong":
      return `The settings of the users are wrong: ${message}.`
    case "InvalidInput":
      return `${message}: ${folder} holds an exchange with other terms; give another folder with --data or PANDORA_DATA_DIR, or --no-demo.`
    default:
      return `${what === "server" ? "The server cannot start" : "It was not done"} (${message.replaceAll(/\s+/g, " ")}): if you cannot tell why, report this sentence.`
  }
}

const where = (config: Config | undefined, folder: string): string =>
  config?.database === undefined ? `the disk of ${folder}` : "the database of PANDORA_DATABASE_URL"

/** The history would be made anew out of the journal, and the users would not. */
const embedded = (problem: string, folder: string): string =>
  `The database in ${join(folder, "postgres")} ${problem}: restore ${folder} from a copy; without that, removing it makes the history anew, and loses the users.`

const portSentence = ({ host, port, reason }: { readonly [field: string]: unknown }): string => {
  if (reason === "EADDRINUSE")
    return `Port ${port} is taken: stop what uses it, or choose another one with PORT or --port.`
  if (reason === "EACCES")
    return `Port ${port} may not be used by this user: choose one from 1024 with PORT or --port.`
  return `${host}:${port} cannot be listened on (${reason}): choose another address with HOST and PORT.`
}

/** The engine's own sentence, which a plain object has lost. */
const rulesSentence = ({ _tag, rulesVersion, sequence }: Failure): string => {
  const fields = { rulesVersion: Number(rulesVersion), sequence: Number(sequence) }
  return _tag === "RulesUnknown"
    ? new Recovery.RulesUnknown(fields).message
    : new Recovery.RulesChangeUnfinished(fields).message
}
