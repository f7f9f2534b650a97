/**
 * Runs the code shown in the pages. Code blocks are of these kinds and no others:
 * - `ts`: a module. It runs in the folder of its page, and its types are checked.
 * - `ts continues`: continues the module of the block before it, as one program.
 * - `text output`: everything the program before it prints, verbatim.
 * - `sh`: commands of this repository, one per line: `npm start`, `npm test`, or `npm run` with a
 *   script of package.json.
 * - `text`: displayed only, not checked.
 */
import { assert, describe, it } from "@effect/vitest"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import {
  anchorsOf,
  linksOf,
  type Page,
  pages,
  pathsOf,
  readPage,
  relativeToRoot,
  root
} from "./pages.ts"

interface Program {
  readonly page: string
  readonly line: number
  readonly code: string
  /** What the program prints; `undefined` if the page does not say. */
  readonly output: string | undefined
}

const kinds = ["ts", "ts continues", "text output", "text", "sh"]

const programsOf = ({ blocks, path }: Page): Array<Program> => {
  const programs: Array<Program> = []
  for (const { info, line, text } of blocks) {
    if (info === "ts") programs.push({ page: path, line, code: text, output: undefined })
    const before = programs.at(-1)
    if (info === "ts continues") {
      if (before === undefined) throw new Error(`${path}:${line}: there is no block to continue`)
      programs.splice(-1, 1, { ...before, code: `${before.code}\n${text}` })
    }
    if (info === "text output") {
      if (before === undefined)
        throw new Error(`${path}:${line}: there is no program before this output`)
      programs.splice(-1, 1, { ...before, output: `${before.output ?? ""}${text}` })
    }
  }
  return programs
}

const run = async ({ code, page }: Program) => {
  const options = [
    "--input-type=module-typescript",
    "--conditions=@pandora-exchange/source",
    "--no-warnings",
    "-"
  ]
  const child = spawn(process.execPath, options, { cwd: dirname(join(root, page)) })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (data) => (stdout += data))
  child.stderr.on("data", (data) => (stderr += data))
  child.stdin.end(code)
  const [exitCode] = await once(child, "close")
  return { exitCode, stdout, stderr }
}

/** Words that stand for a name. */
const placeholder = /\b(?:NAME|NNNN-title)\b/g
/** In a package's page: relative to the package. */
const ownPath = /^(?:src|test|testing)\//

const all = pages()
const programs = all.flatMap(programsOf)

describe.concurrent("snippets", () => {
  for (const program of programs) {
    it(`${program.page}:${program.line} runs and prints what the page says`, async () => {
      const { exitCode, stderr, stdout } = await run(program)
      assert.deepStrictEqual({ exitCode, stderr }, { exitCode: 0, stderr: "" })
      if (program.output !== undefined) assert.strictEqual(stdout, program.output)
    })
  }

  it("every program has sound types", async () => {
    const folder = join(root, "node_modules/.cache/snippets")
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const files = programs.map(({ code, page }, i) => {
      const place = (path: string) =>
        relative(folder, resolve(dirname(join(root, page)), path)).replaceAll("\\", "/")
      writeFileSync(
        join(folder, `${i}.mts`),
        code.replaceAll(/ from "(\.[^"]+)"/g, (_, path) => ` from "${place(path)}"`)
      )
      return `${i}.mts`
    })
    const emit = {
      composite: false,
      declaration: false,
      declarationMap: false,
      emitDeclarationOnly: false
    }
    const compilerOptions = { ...emit, noEmit: true, sourceMap: false, plugins: [] }
    const project = { extends: "../../../tsconfig.base.json", compilerOptions, files }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project))
    const compiler = join(root, "node_modules/typescript/bin/tsc")
    const output = await new Promise<string>((done) =>
      execFile(
        process.execPath,
        [compiler, "--pretty", "false"],
        { cwd: folder },
        (_, stdout, stderr) => done(stdout + stderr)
      )
    )
    // Only what is wrong with the snippets: the packages are checked elsewhere.
    const problems = output.split("\n").filter((line) => /^(?!\.\.\/)\S/.test(line))
    const named = problems.map((problem) => {
      const program = programs[Number.parseInt(problem, 10)]
      return program === undefined
        ? problem
        : `${program.page}, program of line ${program.line}: ${problem}`
    })
    assert.deepStrictEqual(named, [])
  })
})

describe("pages", () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts)

  it("there are code blocks of the five kinds only", () => {
    const others = all.flatMap(({ blocks, path }) =>
      blocks.flatMap(({ info, line }) =>
        kinds.includes(info) ? [] : [`${path}:${line}: ${info || "no kind"}`]
      )
    )
    assert.deepStrictEqual(others, [])
  })

  it("commands are scripts of this repository", () => {
    const commands = all.flatMap(({ blocks, path }) =>
      blocks
        .filter(({ info }) => info === "sh")
        .flatMap(({ line, text }) =>
          text
            .trim()
            .split("\n")
            .map((command) => ({ command, place: `${path}:${line}` }))
        )
    )
    const wrong = commands.filter(({ command }) => {
      const [, script] = /^npm (?:run )?([a-z:]+)(?: -- [^;&$<>`]+)?(?: +#.*)?$/.exec(command) ?? []
      const short = script === "start" || script === "test"
      return (
        script === undefined ||
        !scripts.includes(script) ||
        (!short && !command.startsWith("npm run "))
      )
    })
    assert.deepStrictEqual(wrong, [])
    assert.isAbove(commands.length, 0)
  })

  it("every path of the repository in code spans leads to a file", () => {
    const broken = all.flatMap((page) =>
      pathsOf(page).flatMap(({ line, path }) => {
        const base = ownPath.test(path) ? dirname(join(root, page.path)) : root
        return globSync(path.replaceAll(placeholder, "*"), { cwd: base }).length > 0
          ? []
          : [`${page.path}:${line}: ${path}`]
      })
    )
    assert.deepStrictEqual(broken, [])
  })

  it("every relative link leads to a file and to a heading in it", () => {
    const broken = all.flatMap((page) =>
      linksOf(page).flatMap(({ line, target }) => {
        const [path, anchor] = target.split("#") as [string, string | undefined]
        const file =
          path === "" ? join(root, page.path) : resolve(dirname(join(root, page.path)), path)
        const place = `${page.path}:${line}: ${target}`
        if (!existsSync(file)) return [place]
        if (anchor === undefined) return []
        return file.endsWith(".md") && anchorsOf(readPage(relativeToRoot(file))).has(anchor)
          ? []
          : [place]
      })
    )
    assert.deepStrictEqual(broken, [])
  })
})
