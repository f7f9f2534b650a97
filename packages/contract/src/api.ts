/** Every operation of an exchange. */
import { isOperation, type Operation } from "./operation.ts"
import * as files from "./operations/index.ts"

const declared = Object.values(files)
  .flatMap((file) => Object.values(file))
  .filter(isOperation)

export const operations: ReadonlyMap<string, Operation> = new Map(
  declared.sort((one, other) => (one.name < other.name ? -1 : 1)).map((operation) => [operation.name, operation])
)
