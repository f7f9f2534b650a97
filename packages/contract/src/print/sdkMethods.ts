/** Generates the SDK's methods, each with its documentation, which mapped types would lose. */
import { isAboutAccount, isOffered, type Operation, requestShapeOf } from "../operation.ts"
import { type Shape, shapeOf, type Struct } from "../shape.ts"
import { documented, headed } from "./text.ts"
import { isDeclared, partsOf, typeText } from "./types.ts"

type Wrap = (answer: string, op: Operation) => string

const plain: Wrap = (answer) => answer
const promise: Wrap = (answer) => `Promise<${answer}>`
const effect: Wrap = (answer, { name }) => `Effect.Effect<${answer}, MethodFailures["${name}"]>`
const ownEffect: Wrap = (answer, { name }) =>
  `Effect.Effect<${answer}, MethodFailures["${name}"] | E>`

/** What the SDK returns: the whole answer, one field of it, or nothing where other faces fail. */
const answerText = ({ answer, sdk }: Operation): string => {
  if (answer === undefined) return "void"
  const shape = shapeOf(answer)
  if (sdk === "data")
    return typeText((shape as Struct).fields.find(({ name }) => name === "data")!.shape, "sdk")
  return typeText(shape, "sdk") + (sdk === "optional" ? " | undefined" : "")
}

const argumentText = (op: Operation): string =>
  op.request === undefined ? "" : `request: ${typeText(shapeOf(op.request), "sdk")}`

/** Without the account, the request may be empty. */
const ownArgumentText = (op: Operation): string => {
  const shape = requestShapeOf(op)
  const fields = (shape.kind === "struct" ? shape.fields : []).filter(
    ({ account }) => account !== true
  )
  if (shape.kind === "struct" && fields.length === 0) return ""
  const mayLack =
    shape.kind === "struct" &&
    fields.every(({ client, optional }) => optional && client === undefined)
  return `request${mayLack ? "?" : ""}: own.${shape.name!}`
}

const face = (
  name: string,
  doc: string,
  operations: ReadonlyArray<Operation>,
  argument: (op: Operation) => string,
  wrap: Wrap
): string => {
  const methods = operations.map((op) =>
    documented(
      op.doc,
      `readonly ${op.name}: (${argument(op)}) => ${wrap(answerText(op), op)}`
    ).replace(/^/gm, "  ")
  )
  return documented(doc, `export interface ${name} {\n${methods.join("\n")}\n}`)
}

const isCommand = ({ movesMoney }: Operation): boolean => movesMoney === true

export const printSdkMethods = (all: ReadonlyArray<Operation>): string => {
  const commands = all.filter((op) => isOffered(op) && isCommand(op))
  const queries = all.filter((op) => isOffered(op) && !isCommand(op))
  const own = (operations: ReadonlyArray<Operation>) => operations.filter(isAboutAccount)
  const faces = [
    face("Commands", "Everything that changes the exchange.", commands, argumentText, plain),
    face("Queries", "Everything that looks at the exchange.", queries, argumentText, plain),
    face(
      "OwnCommands",
      "The commands of a user about one account.",
      own(commands),
      ownArgumentText,
      plain
    ),
    face("OwnQueries", "What a user sees of one account.", own(queries), ownArgumentText, plain),
    face(
      "PromiseMethods",
      "Everything that can be asked of an exchange. A command answers when it is durable, a query when what it saw is.",
      [...commands, ...queries],
      argumentText,
      promise
    ),
    face(
      "EffectMethods",
      "The same with effects.",
      [...commands, ...queries],
      argumentText,
      effect
    ),
    face(
      "OwnPromiseMethods",
      "What a user can do with one account.",
      own([...commands, ...queries]),
      ownArgumentText,
      promise
    ),
    face(
      "OwnEffectMethods<E>",
      "The same with effects, which also fail with what keeps a user out.",
      own([...commands, ...queries]),
      ownArgumentText,
      ownEffect
    )
  ]
  const text = faces.join("\n")
  const shapes = [...commands, ...queries].flatMap((op) =>
    [op.request, op.answer].flatMap((schema) =>
      schema === undefined ? [] : partsOf(shapeOf(schema), () => true)
    )
  )
  return headed("The methods of the SDK.", [
    `import type { Effect } from "effect"\nimport type * as own from "./own.ts"\nimport type { MethodFailures } from "./sdkFailures.ts"\nimport type {\n${namesIn(
      text,
      shapes
    )
      .map((name) => `  ${name}`)
      .join(",\n")}\n} from "./sdk.ts"`,
    ...faces
  ])
}

const namesIn = (text: string, shapes: ReadonlyArray<Shape>): ReadonlyArray<string> =>
  [...new Set(shapes.filter((shape) => isDeclared("sdk", shape)).map(({ name }) => name!))]
    .filter((name) => new RegExp(`(?<!\\.)\\b${name}\\b`).test(text))
    .sort()
