/** The generated files of this package, by path. */
import { operations } from "../api.ts"
import * as modules from "../operations/index.ts"
import { routesPage, streamPage } from "./pages.ts"
import { printFailures, printProblems } from "./failures.ts"
import { printMethods, printRoutes } from "./routes.ts"
import { printPort } from "./port.ts"
import { printSdkMethods } from "./sdkMethods.ts"
import { printOwn, printSdk, printServer, printWire } from "./types.ts"
import { printTypeTest } from "./typeTest.ts"

export const printedFiles = (): ReadonlyMap<string, string> => {
  const all = [...operations.values()]
  const sdk = printSdk(all)
  const server = printServer(all, sdk)
  const wire = printWire(all)
  return new Map([
    ["src/generated/sdk.ts", sdk],
    ["src/generated/own.ts", printOwn(all)],
    ["src/generated/server.ts", server],
    ["src/generated/port.ts", printPort(all, sdk, server)],
    ["src/generated/sdkMethods.ts", printSdkMethods(all)],
    ["src/generated/sdkFailures.ts", printFailures(all)],
    ["src/generated/problemCodes.ts", printProblems(all)],
    ["src/generated/wire.ts", wire],
    ["src/generated/routes.ts", printRoutes(all)],
    ["src/generated/methods.ts", printMethods(all)],
    ["../../docs/routes.md", routesPage(all)],
    ["../../docs/stream.md", streamPage(all)],
    ["test/generated/types.test-d.ts", printTypeTest(modules, sdk, wire)]
  ])
}
