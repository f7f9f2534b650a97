/** Every operation of an exchange. */
import { isOperation, type Operation } from "./operation.ts"
import * as files from "./operations/index.ts"

const declared = Object.values(files)
  .flatMap((file) => Object.values(file))
  .filter(isOperation)

export const operations: ReadonlyMap<string, Operation> = new Map(
  declared
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map((operation) => [operation.name, operation])
)

const aboutUsers = new Set(
  [files.users, files.staff].flatMap((file): ReadonlyArray<unknown> => Object.values(file))
)

/**
 * The operations of a server: all of them, or those that remain when the host brings its own users.
 */
export const offered = (of: { readonly users: boolean }): ReadonlyArray<Operation> =>
  [...operations.values()].filter((operation) => of.users || !aboutUsers.has(operation))
