/**
 * Lists lines wider than 100 columns that could have been broken: comments in sources, and prose in
 * pages. Code is the formatter's business; generated pages, tables, and long links and words are
 * ignored.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./workspace.mjs"

const columnsMax = 100

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8"
})
  .split("\n")
  .filter((file) => /\.(ts|mjs|md)$/.test(file) && !/generated|fixtures|vectors/.test(file))
  .filter((file) => existsSync(join(root, file)))

const wide = files.flatMap((file) => {
  const lines = readFileSync(join(root, file), "utf8").split("\n")
  if (lines[2]?.startsWith("Printed from")) return []
  const inProse = file.endsWith(".md") ? prose() : comment
  return lines.flatMap((line, at) =>
    inProse(line) && line.length > columnsMax && breakable(line)
      ? [`${file}:${at + 1}: ${line.length} columns`]
      : []
  )
})

if (wide.length > 0) {
  console.log(wide.join("\n"))
  process.exitCode = 1
}

/** Whether the line could be broken at a space before the limit. */
function breakable(line) {
  const text = line.replaceAll(/`[^`]*`|\[[^\]]*\]\([^)]*\)/g, (span) => "x".repeat(span.length))
  return /\S\s+\S/.test(
    text
      .trimStart()
      .slice(0, columnsMax)
      .replace(/^(\/?\*+|\/\/|-|\d+\.)\s+/, "")
  )
}

function comment(line) {
  return /^\s*(\/\/|\*|\/\*)/.test(line)
}

/** For the successive lines of a page: whether each one is prose. */
function prose() {
  let inCode = false
  return (line) => {
    const fence = line.trimStart().startsWith("```")
    if (fence) inCode = !inCode
    return !fence && !inCode && !/^\s*[|<#]/.test(line)
  }
}
