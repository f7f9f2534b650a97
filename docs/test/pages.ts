/** The pages written for people, and their contents. */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Block {
  /** The rest of the line after the fence, for instance `ts continues`. */
  readonly info: string
  readonly text: string
  /** The line number of the fence. */
  readonly line: number
}

export interface Page {
  /** Relative to the root, separated by `/`. */
  readonly path: string
  readonly blocks: ReadonlyArray<Block>
  /** The page's lines, with those of code blocks blanked. */
  readonly prose: ReadonlyArray<string>
}

/** All pages, and the files that describe how the repository is used. */
export const pages = (): ReadonlyArray<Page> =>
  [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/**/*.md",
    "packages/*/README.md",
    "examples/*/README.md"
  ]
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((path) => readPage(path.replaceAll("\\", "/")))
    .sort((a, b) => (a.path < b.path ? -1 : 1))

export const readPage = (path: string): Page => {
  const blocks: Array<Block> = []
  const prose: Array<string> = []
  let open:
    | { readonly info: string; readonly line: number; readonly lines: Array<string> }
    | undefined
  for (const [i, line] of readFileSync(join(root, path), "utf8").split("\n").entries()) {
    const fence = /^```(.*)$/.exec(line)
    prose.push(fence === null && open === undefined ? line : "")
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { info: fence[1]!.trim(), line: i + 1, lines: [] }
    else {
      blocks.push({
        info: open.info,
        line: open.line,
        text: open.lines.map((text) => `${text}\n`).join("")
      })
      open = undefined
    }
  }
  if (open !== undefined)
    throw new Error(`${path}: the code block of line ${open.line} does not end`)
  return { path, blocks, prose }
}

/** The relative links of a page, as written, with their lines. */
export const linksOf = ({
  prose
}: Page): ReadonlyArray<{ readonly target: string; readonly line: number }> =>
  prose.flatMap((text, i) =>
    [...text.replaceAll(/`[^`]*`/g, (code) => " ".repeat(code.length)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => ({ target: match[1]!, line: i + 1 }))
      .filter(({ target }) => !/^[a-z]+:/.test(target))
  )

/**
 * Paths of files and folders of this repository in code spans, except build output; in a package's
 * page also those of the package.
 */
export const pathsOf = ({
  path,
  prose
}: Page): ReadonlyArray<{ readonly path: string; readonly line: number }> => {
  const roots = /^(?:packages|examples)\//.test(path)
    ? `${repositoryRoots}|src|test|testing`
    : repositoryRoots
  const pattern = new RegExp(`^(?:${roots})/[\\w./*-]+$`)
  return prose.flatMap((text, i) =>
    [...text.matchAll(/`([^`]+)`/g)]
      .map((match) => ({ path: match[1]!, line: i + 1 }))
      .filter(({ path }) => pattern.test(path) && !path.endsWith("/dist"))
  )
}

const repositoryRoots = "packages|examples|scripts|docs|\\.ci|\\.changeset"

/** The anchors of a page: its headings, in GitHub's spelling. */
export const anchorsOf = ({ prose }: Page): ReadonlySet<string> => {
  const anchors = new Set<string>()
  for (const text of prose) {
    const heading = /^#{1,6} (.*)$/.exec(text)?.[1]
    if (heading === undefined) continue
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "")
      .trim()
      .replaceAll(" ", "-")
    let anchor = name
    for (let i = 1; anchors.has(anchor); i++) anchor = `${name}-${i}`
    anchors.add(anchor)
  }
  return anchors
}

export const relativeToRoot = (path: string): string => relative(root, path).replaceAll("\\", "/")
