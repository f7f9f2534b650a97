/** The parts of a page, rendered as Markdown or HTML. */

export type Block =
  | { readonly heading: 1 | 2 | 3; readonly text: string }
  | { readonly text: string }
  | {
      readonly head: ReadonlyArray<string>
      readonly rows: ReadonlyArray<ReadonlyArray<string>>
    }

/** Text may contain `code` and [links](page.md). */
export const markdownOf = (blocks: ReadonlyArray<Block>): string =>
  `${blocks.map(markdown).join("\n\n")}\n`

const markdown = (block: Block): string => {
  if ("heading" in block) return `${"#".repeat(block.heading)} ${block.text}`
  if ("text" in block) return block.text
  const { head, rows } = block
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map(escapedCell).join(" | ")} |`)
    .join("\n")
}

const escapedCell = (cell: string): string => cell.replaceAll("|", "\\|").replaceAll("\n", " ")

/** Renders the body of a page. `linkTo` maps a documentation page to its URL. */
export const htmlOf = (blocks: ReadonlyArray<Block>, linkTo: (page: string) => string): string => {
  const inline = (text: string): string =>
    escaped(text)
      .replace(/`([^`]*)`/g, "<code>$1</code>")
      .replace(
        /\[([^\]]*)\]\(([^)]*)\)/g,
        (_, label: string, page: string) => `<a href="${linkTo(page)}">${label}</a>`
      )
  const cells = (tag: "td" | "th", row: ReadonlyArray<string>) =>
    `<tr>${row.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join("")}</tr>`
  return blocks
    .map((block) => {
      if ("heading" in block) {
        const { heading, text } = block
        return `<h${heading} id="${escaped(text.replaceAll(" ", "-"))}">${inline(text)}</h${heading}>`
      }
      if ("text" in block) return `<p>${inline(block.text)}</p>`
      const body = block.rows.map((row) => cells("td", row)).join("")
      return `<table><thead>${cells("th", block.head)}</thead><tbody>${body}</tbody></table>`
    })
    .join("")
}

/** Escapes text for HTML. */
export const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
